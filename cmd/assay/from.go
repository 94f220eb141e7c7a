package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/verify"
	"github.com/assay-iot/assay/schema/scheme"
)

// found is an assessment that was made before, and who signed it, if anybody did.
type found struct {
	assessment assay.Assessment
	evidence   []labels.Evidence
}

// fromFile reads an assessment for "assay label --from": as "assay check --format
// json" writes it, or a signed one. A signed one must be by somebody whose
// assessments count.
func (p *program) fromFile(f labelFlags, t *trustPolicy, issuerID string) (*found, error) {
	data, err := readLimited(f.from, maxAssessment)
	if err != nil {
		return nil, err
	}
	var head struct {
		Format    string `json:"format"`
		MediaType string `json:"mediaType"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, badInput("give what assay check --format json, or assay check --sign, has written", "--from %s: not an assessment", f.from)
	}
	if head.MediaType != "" {
		return p.signedAssessment(f, data, t, issuerID)
	}
	var a assay.Assessment
	if err := json.Unmarshal(data, &a); err != nil || a.Format != assay.AssessmentFormat {
		return nil, badInput("give what assay check --format json, or assay check --sign, has written", "--from %s: not an assessment (%s)", f.from, assay.AssessmentFormat)
	}
	if t != nil {
		if i, ok := t.policy.Issuer(issuerID); ok && len(i.Assessors) > 0 {
			return nil, &codedError{code: exitNo, err: fmt.Errorf("--from %s: this assessment is not signed, and the trust policy names the assessors of %s", f.from, i.Display), fix: "give what assay check --sign has written"}
		}
	}
	return &found{assessment: a}, nil
}

func (p *program) signedAssessment(f labelFlags, data []byte, t *trustPolicy, issuerID string) (*found, error) {
	if isLabel(data) { // of a batch
		return nil, badInput("give the assessment that it was made of, as assay check --sign, or --format json, has written it", "--from %s: this is a label, and labels are made of assessments", f.from)
	}
	keys, err := trustedKeys(f.assessmentKeys)
	if err != nil {
		return nil, err
	}
	var witness verify.Witness
	if t != nil {
		keys = append(keys, append(t.policy.Keys(), t.policy.AssessorKeys()...)...)
		witness = t.witness()
	}
	a, by, digest, err := verify.Attestation(data, keys, witness)
	switch {
	case errors.Is(err, labels.ErrNotAssessment), errors.Is(err, labels.ErrNotLabel):
		return nil, badInput("give what assay check --sign has written", "--from %s: %w", f.from, err)
	case errors.Is(err, verify.ErrNeedsWitness):
		return nil, badInput("give --trust trust.hcl", "--from %s: %w", f.from, err)
	case err != nil:
		return nil, &codedError{code: exitNo, err: fmt.Errorf("--from %s: this assessment is NOT genuine: %w", f.from, err), fix: "give --trust trust.hcl, or --assessment-key with the assessor's public key"}
	}
	if a.Predicate.Demo != f.demo {
		return nil, badInput("assess and label both with --demo, or neither", "--from %s: a demo assessment makes demo labels only, and no other does", f.from)
	}
	assessor := a.Predicate.Assessor.Name
	if t != nil && len(f.assessmentKeys) == 0 && !f.demo {
		name, refused := t.policy.Assessor(issuerID, a, by, p.today)
		if refused != "" {
			return nil, &codedError{code: exitNo, err: fmt.Errorf("--from %s: this assessment does not count: %s", f.from, refused), fix: "name its assessor in the trust policy: assessors = [\"…\"]"}
		}
		assessor = name
	}
	return &found{assessment: a.Predicate.Assessment, evidence: []labels.Evidence{{Type: labels.AssessmentType, By: assessor, Digest: digest}}}, nil
}

// schemesOf finds the schemes of an assessment's conclusions, for what they say of
// labels.
func schemesOf(a *assay.Assessment, all scheme.Catalogue) ([]target, error) {
	var list []target
	for _, c := range a.Conclusions {
		s, err := all.Find(c.Scheme, c.Edition)
		if err != nil {
			return nil, badInput("assess again with this version", "the assessment concludes by a scheme that this version does not know: %w", err)
		}
		list = append(list, target{s, c.Level})
	}
	return list, nil
}
