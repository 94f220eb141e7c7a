package main

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/verify"
)

func (p *program) renderCommand() *cobra.Command {
	var format, language, out, code string
	var who signerFlags
	var online bool
	c := &cobra.Command{
		Use:   "render LABEL",
		Short: "Draw a label that exists once more: in another size, language or kind of file",
		Long: `Render draws the label of a bundle or of a PDF label. It needs no key, and verifies
nothing: what it draws says what the label says. "assay verify" accepts such a PDF as it
does the first. With --signer, the key that signed the label, a PDF is signed itself too,
with --certificate and --tsa as by "assay label".

The QR code holds the compact label of the PDF, or of --compact; without one it holds the
label's digest.`,
		Example: "  assay issuer render label/label.sigstore.json --compact label/label.cose --language de --label-format a6 --out sticker.pdf\n  assay issuer render label/label.pdf --out qr.svg",
		Args:    func(c *cobra.Command, args []string) error { return asUsage(cobra.ExactArgs(1)(c, args)) },
		RunE: func(c *cobra.Command, args []string) error {
			kind, codeOnly, err := kindOf(out)
			if err != nil {
				return err
			}
			chosen, err := pictureFlags{formats: []string{format}, languages: []string{language}}.variants()
			if err != nil {
				return err
			}
			l, err := readLabel(args[0], code)
			if err != nil {
				return err
			}
			s, err := p.resigner(c.Context(), &l, who, online, kind)
			if err != nil {
				return err
			}
			defer s.close()
			var data []byte
			if codeOnly {
				data, err = l.qr(kind)
			} else {
				data, err = l.picture(chosen[0], kind)
			}
			if err != nil {
				return err
			}
			return writeFile(out, data, 0o644)
		},
	}
	c.Flags().StringVar(&format, "label-format", string(picture.Default.Format), "`SIZE`: a5, a4 (data sheet with all details), a6 (sticker), mark (for the box)")
	c.Flags().StringVar(&language, "language", string(picture.Default.Language), "`LANGUAGE`: en, de, fr, ja, ar")
	c.Flags().StringVar(&out, "out", "", "write to this `FILE`; its ending says what it is: .pdf, .svg, .png or .html (qr.svg, qr.png: the code alone)")
	c.Flags().StringVar(&code, "compact", "", "compact label `FILE` (label.cose) for the QR code")
	c.MarkFlagRequired("out")
	who.addKey(c)
	who.addCertificate(c)
	c.Flags().BoolVar(&online, "online", false, "let a signer and --tsa use the network")
	return c
}

// resigner opens the key that shall sign a PDF once more; nil if none is named.
func (p *program) resigner(ctx context.Context, l *labelled, who signerFlags, online bool, kind string) (*signer, error) {
	if who.key+who.signer == "" {
		if who.tsa+who.certificate != "" {
			return nil, badInput("add --signer FILE", "--tsa and --certificate are for the signature of a PDF, and nobody signs")
		}
		return nil, nil
	}
	if kind != "pdf" || who.signer == keylessSigner {
		return nil, badInput("leave --signer out, or let --out end in .pdf and name a key", "only PDFs are signed, and only with a key")
	}
	who.rekorVersion = 1
	s, err := p.openSigner(ctx, who, online)
	if err != nil {
		return nil, err
	}
	if err = l.signedBy(s.key); err == nil {
		l.key = s.key
		l.seal, err = who.seal(s, l.statement.Predicate.Issued)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// signedBy demands that the key is the one that signed the label: a PDF by any
// other is not genuine.
func (l *labelled) signedBy(key crypto.Signer) error {
	id, err := labels.KeyID(key.Public())
	if err != nil {
		return err
	}
	b, err := labels.ParseBundle(l.bundle)
	if err != nil || b.Material.PublicKey.Hint != id {
		return badInput("sign with the key that signed the label, or leave --signer out", "the label is signed with another key")
	}
	return nil
}

// readLabel reads a bundle, or a PDF with one. A compact label must be of the
// same label.
func readLabel(name, codeName string) (l labelled, err error) {
	data, err := readLimited(name, maxLabelFile)
	if err != nil {
		return l, err
	}
	l.bundle = data
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		if l.bundle, l.compact, err = verify.Extract(data); err != nil {
			return l, badInput("give a label.sigstore.json or label.pdf", "%s: %w", name, err)
		}
	}
	if l.statement, err = labels.Unverified(l.bundle); err != nil {
		return l, badInput("give a label.sigstore.json or label.pdf", "%s: %w", name, err)
	}
	if codeName != "" {
		if l.compact, err = readLimited(codeName, compact.MaxMessage); err != nil {
			return l, err
		}
	}
	if err := sameLabel(l.statement, l.compact); err != nil {
		return l, badInput("give the label.cose that was made with it", "%w", err)
	}
	return l, nil
}

func sameLabel(s *labels.Statement, message []byte) error {
	if message == nil {
		return nil
	}
	m, err := compact.Parse(message)
	if err != nil {
		return fmt.Errorf("compact label: %w", err)
	}
	short, err := m.Unverified()
	if err != nil {
		return fmt.Errorf("compact label: %w", err)
	}
	digest, err := s.Digest()
	if err != nil {
		return err
	}
	if short.Statement != digest {
		return errors.New("the compact label is of another label")
	}
	return nil
}
