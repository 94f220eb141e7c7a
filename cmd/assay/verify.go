package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/verify"
)

// maxLabelFile is the size in bytes of the largest label that is read.
const maxLabelFile = 16 << 20

func (p *program) verifyCommand() *cobra.Command {
	var keys, formats, proofs []string
	var image, asOf, on, policy string
	var lists listFlags
	var allowDemo bool
	c := &cobra.Command{
		Use:   "verify LABEL",
		Short: "Verify a label, offline: a bundle, a PDF, a QR code or a photo of one",
		Long: `Verify says whether a label is genuine and valid. LABEL is label.sigstore.json or
label.pdf; label.cose or label.txt, which the QR code holds; the code's text itself; a photo
of it (PNG, JPEG); an https address to fetch it from (--online); or "-" for standard input.
It needs nothing but the issuer's public key, or a trust policy, and no network. With
--firmware it also says whether an image is the labelled one.

A label that names a status list can have been withdrawn. Give the list (--status FILE)
or let it be fetched (--online); without a fresh one the answer is that nobody knows.
A list that was signed after a day also tells what was valid on that day (--on DATE).

A proof that a transparency log holds the label is read from label.tlog-proof beside it,
and checked with the key of that log in the trust policy, which may demand it.

An image that is not the labelled one is opened, and what it says of itself (os-release,
update containers) is compared: newer than the labelled one, so not yet assessed (4);
older, and still supported (4); older than the lowest supported version (3); another
product's, or changed (3); not to be told (4).

Exit codes: 0 authentic and valid · 2 not a label · 3 not authentic, or another
firmware · 4 authentic, but whether it was withdrawn is not known · 5 authentic, but not
valid on that day: revoked, suspended, superseded, expired, support ended.`,
		Example: "  assay verify label.pdf --key issuer.pub\n  assay verify label.sigstore.json --key issuer.pub --firmware router.bin\n  assay verify photo.jpg --trust trust.hcl --online",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json"})
			if err != nil {
				return err
			}
			if on != "" && asOf != "" {
				return badInput("give one of them", "--on and --as-of say the same")
			}
			if err := lists.read(); err != nil {
				return err
			}
			day, err := p.asOf(cmp.Or(on, asOf))
			if err != nil {
				return err
			}
			trusted, err := trustedKeys(keys)
			if err != nil {
				return err
			}
			t, err := p.reliedOn(policy, len(keys))
			if err != nil {
				return err
			}
			writes := outputFolders(outputs)
			if lists.cache != "" {
				writes = append(writes, existing(lists.cache))
			}
			held, err := p.heldImage(c, image, writes)
			if err != nil {
				return err
			}
			data, picture, err := p.labelGiven(c.Context(), args[0], lists.online)
			if err != nil {
				return err
			}
			beside, err := logProofs(args[0], proofs)
			if err != nil {
				return err
			}
			options := verify.Options{
				AsOf: day.Format("2006-01-02"), Image: held, AllowDemo: allowDemo, Render: pdf.Again,
				Status: lists.source(c.Context(), listClient()), NoStatus: lists.none, Now: p.now,
				Proofs: beside, Proven: len(proofs) > 0, Picture: picture,
			}
			if t != nil {
				trusted = append(trusted, t.policy.Keys()...)
				options.Trust, options.Witness, options.Logs = t.judge(), t.witness(), t.policy.LogKeys()
			}
			answer, err := verify.File(data, trusted, options)
			if err != nil {
				if errors.Is(err, labels.ErrReadable) {
					return badInput("give label.sigstore.json or label.pdf, which lie beside it and are signed", "%s: %w", args[0], err)
				}
				if errors.Is(err, labels.ErrNotLabel) {
					return badInput("give a label.sigstore.json or label.pdf", "%s: %w", args[0], err)
				}
				if errors.Is(err, verify.ErrNeedsWitness) {
					return badInput("give the trust policy by which you rely on labels: --trust trust.hcl", "%s: %w", args[0], err)
				}
				return err
			}
			if len(keys) == 0 && t == nil && !answer.Demo && answer.Points == "" {
				return badInput("give the public key of the issuer that you trust: --key issuer.pub, or a trust policy: --trust trust.hcl", "no key was given to verify %s with", args[0])
			}
			if err := p.show(outputs, answer, answer.Text); err != nil {
				return err
			}
			if err := lists.keep(answer); err != nil && answer.Status.ExitCode() == 0 {
				return err
			} else if err != nil { // which must not hide the answer
				fmt.Fprintf(p.err, "the status list could not be kept: %s\n", cleanLines(err.Error()))
			}
			return answered(answer.Status.ExitCode())
		},
	}
	c.Flags().StringArrayVar(&keys, "key", nil, "public key `FILE` of an issuer that you trust; repeatable")
	c.Flags().StringVar(&policy, "trust", "", "trust policy `FILE` (trust.hcl), or a signed trust list: whose labels count, and for what (default: the list of assay issuer trust update, if no key is given)")
	c.Flags().StringVar(&image, "firmware", "", "firmware image `FILE` to hold against the label")
	c.Flags().StringVar(&asOf, "as-of", "", "verify as on this `DATE` (default: today)")
	c.Flags().StringVar(&on, "on", "", "was it valid on this `DATE`? The same as --as-of")
	c.Flags().StringVar(&lists.file, "status", "", "signed status list `FILE` of the issuer")
	c.Flags().BoolVar(&lists.online, "online", false, "fetch the status list that the label names, once the label is authentic; and LABEL, if that is an address")
	c.Flags().StringVar(&lists.cache, "status-cache", "", "keep the newest list of each address in this `FOLDER`: it serves when offline, and an older list is noticed")
	c.Flags().BoolVar(&lists.none, "no-status", false, "do not ask whether the label was withdrawn")
	c.Flags().StringArrayVar(&proofs, "log-proof", nil, "proof `FILE` that a transparency log holds the label, which must hold; repeatable (default: label.tlog-proof beside it, if it is there)")
	c.Flags().BoolVar(&allowDemo, "allow-demo", false, "accept a label that is signed with the published demo key")
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json; repeatable")
	return c
}

// trustedKeys reads the issuers' keys. The demo key is always among them, so
// that a demo label is told from a forged one; verify rejects it all the same.
func trustedKeys(files []string) ([]verify.Key, error) {
	published, err := verify.ParseKey(demo.PublicKey)
	if err != nil {
		return nil, err
	}
	trusted := []verify.Key{}
	for _, name := range files {
		data, err := readLimited(name, 64<<10)
		if err != nil {
			return nil, err
		}
		k, err := verify.ParseKey(data)
		if err != nil {
			return nil, badInput("give the issuer's public key (NAME.pub)", "--key %s: %w", name, err)
		}
		trusted = append(trusted, k)
	}
	return append(trusted, published), nil
}

// heldImage names the image that is held against the label. If it is another than the
// labelled one it is opened, to tell what it is: then the process gives its rights
// away first, but for what the answer still needs.
func (p *program) heldImage(c *cobra.Command, image string, writes []string) (*verify.Image, error) {
	if image == "" {
		return nil, nil
	}
	src, closer, err := firmware.SourceFile(image)
	if err != nil {
		return nil, sourceError(err)
	}
	held := &verify.Image{Name: filepath.Base(image)}
	held.Read = func() verify.Stated {
		defer closer.Close()
		p.dropRights(sandbox.Rights{Read: []string{image}, Write: writes})
		return statedBy(c.Context(), src)
	}
	if src.Reader == nil { // a folder
		img, err := firmware.Open(c.Context(), src, firmware.Options{})
		if err != nil {
			return nil, sourceError(err)
		}
		held.Digest = assay.SHA256(img.Digest)
		return held, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(src.Reader, 0, src.Size)); err != nil {
		return nil, fmt.Errorf("read %s: %w", image, err)
	}
	held.Digest = assay.SHA256([32]byte(h.Sum(nil)))
	return held, nil
}
