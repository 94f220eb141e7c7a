package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// attestFlags say whether and by whom an assessment is signed.
type attestFlags struct {
	signerFlags
	to       string // file that the signed assessment goes to; empty for none
	assessor string
}

// defaultAttestation is where --sign alone writes to.
const defaultAttestation = "assessment.sigstore.json"

func (f *attestFlags) add(c *cobra.Command) {
	f.signerFlags.add(c)
	c.Flags().StringVar(&f.to, "sign", "", "sign the assessment, whatever the verdict, into this `FILE` (default: "+defaultAttestation+")")
	c.Flags().Lookup("sign").NoOptDefVal = defaultAttestation
	c.Flags().BoolVar(&f.demo, "demo", false, "with --sign: sign with the published demo key; the assessment proves nothing")
	c.Flags().StringVar(&f.assessor, "assessor", "", "with --sign: `NAME` of who assesses (default: the maker)")
}

// openAttester opens the signer of an assessment; nil if none is wanted.
func (p *program) openAttester(c *cobra.Command, f attestFlags, q *question) (*signer, error) {
	if f.to == "" {
		for _, name := range []string{"signer", "key", "demo", "tsa", "assessor", "passphrase-file", "passphrase-fd"} {
			if c.Flags().Changed(name) {
				return nil, badInput("add --sign", "--%s says who signs, but nothing is to be signed", name)
			}
		}
		return nil, nil
	}
	q.writes = append(q.writes, existing(filepath.Dir(f.to)))
	return p.openSigner(c.Context(), f.signerFlags, q.online)
}

// attest signs an assessment into its file.
func (p *program) attest(s *signer, f attestFlags, a *assay.Assessment) error {
	if s == nil {
		return nil
	}
	attestation, err := labels.NewAttestation(a, f.assessor, f.demo)
	if err != nil {
		return &codedError{code: exitInput, err: fmt.Errorf("--sign: %w", err)}
	}
	data, err := s.assessment(attestation)
	if err != nil {
		return err
	}
	if len(data) > labels.MaxAttestation {
		return badInput("leave --store-facts out", "--sign: the signed assessment would have %d bytes, more than %d", len(data), labels.MaxAttestation)
	}
	return writeFile(f.to, data, 0o644)
}
