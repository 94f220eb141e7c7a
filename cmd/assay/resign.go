package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/verify"
)

// issuedBefore reports whether --from names a label, and gives its bytes.
func (f *labelFlags) issuedBefore() ([]byte, bool) {
	if f.from == "" {
		return nil, false
	}
	data, err := readLimited(f.from, maxLabelFile)
	return data, err == nil && isLabel(data)
}

// signAgain signs a label that is there once more, with another key of its issuer:
// the statement, and with it the label's identity, number and place in a status
// list, stays as it is. So a label that was signed in a workflow gets a code that
// verifies offline, and one of an old key a signature by the new.
func (p *program) signAgain(c *cobra.Command, f labelFlags, bundle []byte) error {
	if err := f.changesNothing(); err != nil {
		return err
	}
	s, err := p.openSigner(c.Context(), f.signerFlags, f.online)
	if err != nil {
		return err
	}
	defer s.close()
	if s.key == nil {
		return badInput("give --signer FILE, a key of its issuer", "--from %s: a label is signed again to give it a long-lived key, and --signer keyless has none", f.from)
	}
	t, _, err := p.issuing(&f, s)
	if err != nil {
		return err
	}
	r, err := verify.Bundle(bundle, t.policy.Keys(), verify.Options{
		AsOf: p.today, Trust: unloggedYet{t.judge()}, Witness: t.witness(), NoStatus: true,
	})
	switch {
	case err != nil:
		return badInput("give a label.sigstore.json", "--from %s: %w", f.from, err)
	case r.Label == nil || r.Status != verify.Valid:
		return &codedError{code: r.Status.ExitCode(), err: fmt.Errorf("--from %s: %s", f.from, r.Summary), fix: "a label that counts and is valid can be signed again; make a new one of an assessment"}
	case r.Issuer != f.issuer:
		return &codedError{code: exitNo, err: fmt.Errorf("--from %s: this is a label of %s, and the key is that of %s", f.from, r.Issuer, f.issuer), fix: "sign with a key of " + r.Issuer}
	}
	return p.writeAgain(c.Context(), f, s, t, bundle)
}

func (p *program) writeAgain(ctx context.Context, f labelFlags, s *signer, t *trustPolicy, old []byte) error {
	statement, err := labels.Unverified(old)
	if err != nil {
		return err
	}
	seal, err := f.seal(s, statement.Predicate.Issued)
	if err != nil {
		return err
	}
	logged, err := p.openLogOf(ctx, f.logFlags, f.online)
	if err != nil {
		return err
	}
	defer logged.close()
	if _, err := p.suits(s, logged); err != nil {
		return err
	}
	files, err := p.issue(ctx, s, seal, statement, t, logged, &f)
	if err != nil {
		return err
	}
	return p.publish(f.out, statement, files)
}

// changesNothing refuses what would make another label of it.
func (f *labelFlags) changesNothing() error {
	for _, flag := range []struct {
		name  string
		given bool
	}{
		{"--issued", f.issued != ""},
		{"--valid-until", f.validUntil != ""},
		{"--address", f.address != ""},
		{"--scheme", len(f.claim) > 0},
		{"--despite", len(f.despite) > 0},
		{"--status", f.status != ""},
		{"--demo", f.demo},
		{"--assessment-key", len(f.assessmentKeys) > 0},
		{"--store-facts", f.facts},
	} {
		if flag.given {
			return badInput("leave it out, or make a new label of the assessment", "%s: a label that is signed again stays as it is", flag.name)
		}
	}
	if f.trust == "" {
		return badInput("give --trust trust.hcl, or make a label of the assessment that it was made of",
			"--from %s: this is a label; that it may be signed again with this key, a trust policy says", f.from)
	}
	return nil
}
