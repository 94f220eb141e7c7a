package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/verify"
)

// predicateOf is the type of what a bundle says it signs; empty if it is no bundle.
// It verifies nothing.
func predicateOf(data []byte) string {
	var bundle struct {
		Envelope struct {
			Payload []byte `json:"payload"`
		} `json:"dsseEnvelope"`
	}
	var statement struct {
		Type string `json:"predicateType"`
	}
	if json.Unmarshal(data, &bundle) != nil || json.Unmarshal(bundle.Envelope.Payload, &statement) != nil {
		return ""
	}
	return statement.Type
}

func isLabel(data []byte) bool { return predicateOf(data) == labels.PredicateType }

func isAssessment(data []byte) bool { return predicateOf(data) == labels.AssessmentType }

// explainAssessment says of which issuers' labels a signed assessment can be the
// ground, and why not of others'.
func (p *program) explainAssessment(name string, data []byte, t *trustPolicy, day string) error {
	keys := append(t.policy.Keys(), t.policy.AssessorKeys()...)
	a, by, digest, err := verify.Attestation(data, keys, t.witness())
	switch {
	case errors.Is(err, labels.ErrNotAssessment), errors.Is(err, labels.ErrNotLabel):
		return badInput("give what assay check --sign has written", "%s: %w", name, err)
	case err != nil:
		return &codedError{code: exitNo, err: fmt.Errorf("%s: this assessment does NOT count: %w", name, err), fix: "name its assessor in the trust policy, if you rely on it"}
	}
	fmt.Fprintf(p.out, "This is a signed assessment, not a label, by %s: %s\n", report.Clean(a.Predicate.Assessor.Name), digest)
	for _, c := range a.Predicate.Assessment.Conclusions {
		fmt.Fprintf(p.out, "  %s: %s\n", report.Clean(c.Scheme), c.Outcome)
	}
	code := exitNo
	for _, i := range t.policy.Issuers {
		by, refused := t.policy.Assessor(i.ID, a, by, day)
		if refused == "" {
			code = exitYes
			fmt.Fprintf(p.out, "It counts for labels of %s: %s signed it, and may assess it.\n", report.Clean(i.Display), report.Clean(by))
			continue
		}
		fmt.Fprintf(p.out, "It does NOT count for labels of %s: %s.\n", report.Clean(i.Display), report.Clean(refused))
	}
	return answered(code)
}
