package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/verify"
	"github.com/assay-iot/assay/schema/scheme"
)

// basis is what a label is made of.
type basis struct {
	assessment assay.Assessment
	targets    []target
	evidence   []labels.Evidence
}

// assessed assesses the product, or takes an assessment that was made before.
func (p *program) assessed(c *cobra.Command, q question, f labelFlags, t *trustPolicy, issuerID string) (*basis, error) {
	if f.from == "" {
		j, err := p.assess(c.Context(), q)
		if err != nil {
			return nil, err
		}
		return &basis{assessment: j.assessment, targets: j.targets}, nil
	}
	for _, other := range []string{"var", "store-facts"} {
		if c.Flags().Changed(other) {
			return nil, badInput("leave one of them out", "--from and --%s exclude each other: nothing is assessed", other)
		}
	}
	if len(c.Flags().Args()) > 0 {
		return nil, badInput("leave one of them out", "--from and a folder exclude each other: nothing is assessed")
	}
	all, err := scheme.Bundled()
	if err != nil {
		return nil, err
	}
	return p.madeBefore(f, t, issuerID, all)
}

// madeBefore reads the assessment of --from.
func (p *program) madeBefore(f labelFlags, t *trustPolicy, issuerID string, all scheme.Catalogue) (*basis, error) {
	old, err := p.fromFile(f, t, issuerID)
	if err != nil {
		return nil, err
	}
	if err := f.addressedTo(old.assessment.Product.Manufacturer.Name); err != nil {
		return nil, err
	}
	b := &basis{assessment: old.assessment, evidence: old.evidence}
	if b.targets, err = schemesOf(&old.assessment, all); err != nil {
		return nil, err
	}
	for i, t := range b.targets {
		if err := scheme.Follows(t.scheme, old.assessment.Conclusions[i], old.assessment.Results); err != nil {
			return nil, &codedError{code: exitNo, err: fmt.Errorf("no label of --from %s: %w", f.from, err), fix: "assess again: it was changed, or made by another version"}
		}
	}
	return b, nil
}

// issuing finds who issues in the trust policy: by the key, or, without one, by
// --issuer. Name and address are then the policy's, never the caller's.
func (p *program) issuing(f *labelFlags, s *signer) (t *trustPolicy, issuerID string, err error) {
	if f.trust == "" {
		return nil, "", nil
	}
	if t, err = p.loadTrust(f.trust); err != nil || f.demo {
		return t, "", err
	}
	keyID := ""
	if s.key != nil {
		if keyID, err = labels.KeyID(s.key.Public()); err != nil {
			return nil, "", err
		}
	}
	i, err := t.find(keyID, f.issuer)
	if err != nil {
		return nil, "", err
	}
	if f.issuer != "" && f.issuer != i.ID && !labels.SameName(f.issuer, i.Display) {
		return nil, "", badInput("leave --issuer out", "the key is that of %q in the trust policy, not of %q", i.Display, f.issuer)
	}
	if f.policy, err = t.digest(); err != nil {
		return nil, "", err
	}
	f.issuer, f.address, f.held = i.Display, cmp.Or(i.Address, f.address), i.Schemes
	return t, i.ID, nil
}

// unloggedYet judges a label before it is put into a log.
type unloggedYet struct{ verify.Trust }

func (t unloggedYet) Judge(s *labels.Statement, by verify.Signer, day string) verify.Ruling {
	r := t.Trust.Judge(s, by, day)
	r.Unlogged = ""
	return r
}

// wouldCount verifies a label as its readers will, before it is written.
func (p *program) wouldCount(bundle []byte, s *labels.Statement, t *trustPolicy) error {
	r, err := verify.Bundle(bundle, t.policy.Keys(), verify.Options{AsOf: s.Predicate.Issued, Trust: unloggedYet{t.judge()}, Witness: t.witness()})
	if err != nil {
		return err
	}
	if r.Label == nil {
		return badInput("issue what the policy allows, or correct the policy", "no label: %s", r.Summary)
	}
	if len(r.Unsure) > 0 {
		return badInput("", "no label: %s", fmt.Sprint(r.Unsure[0]))
	}
	return nil
}
