package labels

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assay-iot/assay"
)

// AssessmentType is the predicate type of a signed assessment. It is an
// attestation of what was found, whatever the verdict, and never a label.
const AssessmentType = "https://assay-iot.github.io/assessment/v1"

// MaxAttestation is the size of the largest bundle of a signed assessment that is
// read, in bytes. It holds every finding, and facts if they were stored.
const MaxAttestation = 64 << 20

// ErrNotAssessment says that something is not a signed assessment.
var ErrNotAssessment = errors.New("not a signed assessment")

// Attestation is an in-toto Statement v1 whose predicate is an assessment and who
// made it.
type Attestation struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Assessed  `json:"predicate"`
}

// Assessed is an assessment and who stands for it.
type Assessed struct {
	Assessor   Assessor         `json:"assessor"`
	Demo       bool             `json:"demo,omitempty"` // signed with a published key; proves nothing
	Assessment assay.Assessment `json:"assessment"`
}

// Assessor is who assessed: the maker, a laboratory, a certification body.
type Assessor struct {
	Name string `json:"name"`
}

// NewAttestation says that an assessor found this. It takes every verdict.
func NewAttestation(a *assay.Assessment, assessor string, demo bool) (*Attestation, error) {
	name := oneLine(assessor)
	if name == "" {
		name = a.Product.Manufacturer.Name
	}
	s := &Attestation{
		Type: StatementType, Subject: subjects(firmware(a.Images)), PredicateType: AssessmentType,
		Predicate: Assessed{Assessor: Assessor{name}, Demo: demo, Assessment: *a},
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// Validate reports what an attestation says wrongly.
func (s *Attestation) Validate() error {
	name := s.Predicate.Assessor.Name
	switch n := utf8.RuneCountInString(name); {
	case strings.TrimSpace(name) == "" || n > MaxName:
		return fmt.Errorf("an assessor's name must have 1 to %d characters, this has %d", MaxName, n)
	case s.Predicate.Assessment.Format != assay.AssessmentFormat:
		return fmt.Errorf("an assessment of the format %q, want %q", s.Predicate.Assessment.Format, assay.AssessmentFormat)
	case len(s.Subject) == 0:
		return errors.New("an assessment that examined no image cannot be signed: there is nothing that it is about")
	}
	want := subjects(firmware(s.Predicate.Assessment.Images))
	if len(want) != len(s.Subject) {
		return fmt.Errorf("%d subjects for %d images", len(s.Subject), len(want))
	}
	for i, w := range want {
		if s.Subject[i] != w {
			return fmt.Errorf("subject %q is not image %q", s.Subject[i].Name, w.Name)
		}
	}
	return checkText(name)
}

// Payload gives the bytes that are signed: the statement in canonical JSON.
func (s *Attestation) Payload() ([]byte, error) { return Canonical(s) }

// ParseAttestationBundle reads the bundle of a signed assessment, as [ParseBundle]
// reads a label's. It does not verify.
func ParseAttestationBundle(data []byte) (*Bundle, error) { return parseBundle(data, MaxAttestation) }

// ParseAttestation reads the payload of a signed assessment. Like
// [ParseStatement] it accepts one form only: ErrNotAssessment if it is another.
func ParseAttestation(payload []byte) (*Attestation, error) {
	var head struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
	}
	if err := json.Unmarshal(payload, &head); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAssessment, err)
	}
	if head.Type != StatementType || head.PredicateType != AssessmentType {
		return nil, fmt.Errorf("%w: a %q with predicate %q", ErrNotAssessment, head.Type, head.PredicateType)
	}
	s := new(Attestation)
	if err := decodeCanonical("statement", payload, s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAssessment, err)
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAssessment, err)
	}
	return s, nil
}
