package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/verify"
)

// maxLabelFile is the size in bytes of the largest label that is read.
const maxLabelFile = 16 << 20

func (p *program) verifyCommand() *cobra.Command {
	var keys, formats []string
	var image, asOf, policy string
	var allowDemo bool
	c := &cobra.Command{
		Use:   "verify LABEL",
		Short: "Verify a label, offline: a bundle or a PDF",
		Long: `Verify says whether a label (label.sigstore.json or label.pdf) is genuine and valid. It
needs nothing but the issuer's public key, or a trust policy, and no network. With --firmware it also
says whether an image is the labelled one.

Exit codes: 0 authentic and valid · 2 not a label · 3 not authentic, or another
firmware · 5 authentic, but not valid on that day.`,
		Example: "  assay verify label.pdf --key issuer.pub\n  assay verify label.sigstore.json --key issuer.pub --firmware router.bin",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json"})
			if err != nil {
				return err
			}
			day, err := p.asOf(asOf)
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
			held, err := digestOf(c, image)
			if err != nil {
				return err
			}
			data, err := readLimited(args[0], maxLabelFile)
			if err != nil {
				return err
			}
			options := verify.Options{AsOf: day.Format("2006-01-02"), Image: held, AllowDemo: allowDemo, Render: pdf.Render}
			if t != nil {
				trusted = append(trusted, t.policy.Keys()...)
				options.Trust, options.Witness = t.judge(), t.witness()
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
			if len(keys) == 0 && t == nil && !answer.Demo {
				return badInput("give the public key of the issuer that you trust: --key issuer.pub, or a trust policy: --trust trust.hcl", "no key was given to verify %s with", args[0])
			}
			for _, o := range outputs {
				if err := p.write(o, func(w io.Writer) error {
					if o.kind == "json" {
						return report.JSON(w, answer)
					}
					return answer.Text(w)
				}); err != nil {
					return err
				}
			}
			return answered(answer.Status.ExitCode())
		},
	}
	c.Flags().StringArrayVar(&keys, "key", nil, "public key `FILE` of an issuer that you trust; repeatable")
	c.Flags().StringVar(&policy, "trust", "", "trust policy `FILE` (trust.hcl), or a signed trust list: whose labels count, and for what (default: the list of assay issuer trust update, if no key is given)")
	c.Flags().StringVar(&image, "firmware", "", "firmware image `FILE` to hold against the label")
	c.Flags().StringVar(&asOf, "as-of", "", "verify as on this `DATE` (default: today)")
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

// digestOf names the image that is held against the label.
func digestOf(c *cobra.Command, image string) (*verify.Image, error) {
	if image == "" {
		return nil, nil
	}
	src, closer, err := firmware.SourceFile(image)
	if err != nil {
		return nil, sourceError(err)
	}
	defer closer.Close()
	if src.Reader != nil {
		h := sha256.New()
		if _, err := io.Copy(h, io.NewSectionReader(src.Reader, 0, src.Size)); err != nil {
			return nil, fmt.Errorf("read %s: %w", image, err)
		}
		return &verify.Image{Name: filepath.Base(image), Digest: assay.SHA256([32]byte(h.Sum(nil)))}, nil
	}
	img, err := firmware.Open(c.Context(), src, firmware.Options{})
	if err != nil {
		return nil, sourceError(err)
	}
	return &verify.Image{Name: filepath.Base(image), Digest: assay.SHA256(img.Digest)}, nil
}
