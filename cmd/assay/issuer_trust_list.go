package main

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
)

func (p *program) trustListCommand() *cobra.Command {
	var policy, expires, out, add string
	var version int64
	var threshold int
	var roots []string
	var who signerFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "Make a signed trust list of a trust policy, or add a signature to one",
		Long: `List writes a trust policy as a trust list, numbered and dated, and signs it with one
root key. The list counts when enough root keys have signed it, at least two: each
holder adds a signature with --add. A list says who may sign the next one.`,
		Example: "  assay issuer trust list --trust trust.hcl --version 7 --expires 2027-06-01 --root a.pub --root b.pub --signer a.key --out list.json\n" +
			"  assay issuer trust list --add list.json --signer b.key --out list.json",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := p.openSigner(c.Context(), who, true)
			if err != nil {
				return err
			}
			defer s.close()
			if s.key == nil {
				return badInput("sign with a root key", "a trust list is signed with a key, not keyless")
			}
			var data []byte
			if add != "" {
				if data, err = readLimited(add, trust.MaxListBytes); err == nil {
					data, err = trust.AddSignature(data, func(message []byte) ([]byte, error) { return sign.Message(s.key, message) })
				}
			} else {
				data, err = p.newTrustList(policy, version, expires, roots, threshold, s)
			}
			if errors.Is(err, trust.ErrNotList) {
				return badInput("see assay issuer trust list --help", "%w", err)
			} else if err != nil {
				return err
			}
			return writeFile(out, data, 0o644)
		},
	}
	who.add(c)
	c.Flags().StringVar(&policy, "trust", "trust.hcl", "trust policy `FILE`")
	c.Flags().Int64Var(&version, "version", 0, "`NUMBER` of the list, higher than all before")
	c.Flags().StringVar(&expires, "expires", "", "last `DATE` of the list")
	c.Flags().StringArrayVar(&roots, "root", nil, "public key `FILE` of one who may sign the next list; repeatable, at least two")
	c.Flags().IntVar(&threshold, "threshold", trust.MinThreshold, "`NUMBER` of root keys that must sign")
	c.Flags().StringVar(&add, "add", "", "add a signature to this `LIST` instead of making one")
	c.Flags().StringVar(&out, "out", "trust-list.json", "write the list to this `FILE`")
	return c
}

func (p *program) newTrustList(policy string, version int64, expires string, roots []string, threshold int, s *signer) ([]byte, error) {
	t, err := p.loadTrust(policy)
	if err != nil {
		return nil, err
	}
	last, err := assay.Date(expires)
	if err != nil {
		return nil, badInput("write it as 2027-06-01", "--expires %q is not a date", expires)
	}
	if version > trust.MaxFirst {
		return nil, badInput("count on from the last list, or write the day as 20261127", "--version %d is so high that hardly a list could follow it", version)
	}
	issued, err := assay.Date(p.today)
	if err != nil {
		return nil, err
	}
	l := &trust.List{
		Format: trust.ListFormat, Version: version, Issued: issued, Expires: last.AddDate(0, 0, 1), Threshold: threshold, Policy: *t.policy,
	}
	keys, err := publicKeys("--root", roots)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		der, err := x509.MarshalPKIXPublicKey(k.Public)
		if err != nil {
			return nil, err
		}
		l.Roots = append(l.Roots, der)
	}
	message, err := l.Message()
	if err != nil {
		return nil, err
	}
	sig, err := sign.Message(s.key, message)
	if err != nil {
		return nil, err
	}
	return l.Sealed(sig)
}

func publicKeys(flag string, files []string) ([]verify.Key, error) {
	var keys []verify.Key
	for _, name := range files {
		data, err := readLimited(name, 64<<10)
		if err != nil {
			return nil, err
		}
		k, err := verify.ParseKey(data)
		if err != nil {
			return nil, badInput("give a public key (NAME.pub)", "%s %s: %w", flag, name, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (p *program) trustUpdateCommand() *cobra.Command {
	var roots []string
	c := &cobra.Command{
		Use:   "update LIST",
		Short: "Put a signed trust list in place, if it may follow the one there",
		Long: `Update checks a signed trust list and puts it in place for assay verify. The first one
needs --root, the public keys of those who may sign it, from a source that you trust. A
later one must be signed by the root keys of the list that is there; an older one and an
expired one are refused.`,
		Args: oneArg,
		RunE: func(_ *cobra.Command, args []string) error {
			place := p.trustPlace()
			if place == "" {
				return badInput("set HOME or XDG_CONFIG_HOME", "there is no place for a trust list")
			}
			keys, err := publicKeys("--root", roots)
			if err != nil {
				return err
			}
			var installed *trust.List
			switch old, err := readLimited(place, trust.MaxListBytes); {
			case err == nil:
				if installed, err = trust.OpenList(old); err != nil {
					return badInput("move it away, and give --root again", "the list in place, %s, is damaged: %w", place, err)
				}
				if len(keys) > 0 {
					return badInput("leave --root out", "a list is in place, and says itself who signs the next")
				}
			case !errors.Is(err, fs.ErrNotExist):
				return err
			}
			data, err := readLimited(args[0], trust.MaxListBytes)
			if err != nil {
				return err
			}
			l, err := trust.Update(installed, keys, data, p.now)
			if err != nil {
				return p.refusedList(args[0], err)
			}
			if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
				return err
			}
			if err := writeFile(place, bytes.Clone(data), 0o644); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s trust list %d, %s, until %s\n", p.paint(green, "✓"), l.Version, count(len(l.Policy.Issuers), "issuer"), l.LastDay())
			return err
		},
	}
	c.Flags().StringArrayVar(&roots, "root", nil, "for the first list: public key `FILE` of a root; repeatable, at least two")
	return c
}

// refusedList gives the exit code for a list that is not taken.
func (p *program) refusedList(name string, err error) error {
	code, fix := exitNo, "ask those who publish the list"
	switch {
	case errors.Is(err, trust.ErrNotList):
		code, fix = exitInput, "give a signed trust list"
	case errors.Is(err, trust.ErrExpired):
		code, fix = exitNotValidNow, "fetch a newer list"
	case errors.Is(err, trust.ErrClock):
		code, fix = exitCannotTell, "correct the clock"
	}
	return &codedError{code: code, err: fmt.Errorf("%s is not taken: %w", name, err), fix: fix}
}
