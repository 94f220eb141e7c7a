package labels_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

func attestation(t testing.TB) *labels.Attestation {
	t.Helper()
	s, err := labels.NewAttestation(labeltest.Assessment(), "Example  Lab", false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A failed assessment can be signed too, and none is a label.
func TestAttestation(t *testing.T) {
	a := labeltest.Assessment()
	a.Conclusions[0].Outcome = assay.NotMet
	s, err := labels.NewAttestation(a, "", false)
	if err != nil {
		t.Fatal(err)
	}
	if s.Predicate.Assessor.Name != a.Product.Manufacturer.Name {
		t.Errorf("assessor %q", s.Predicate.Assessor.Name)
	}
	payload, err := s.Payload()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := labels.ParseAttestation(payload); err != nil || again.Predicate.Assessment.Conclusions[0].Outcome != assay.NotMet {
		t.Error(err)
	}
	if _, err := labels.ParseStatement(payload); !errors.Is(err, labels.ErrNotLabel) {
		t.Errorf("taken for a label: %v", err)
	}
	label, err := labeltest.Statement(t).Payload()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := labels.ParseAttestation(label); !errors.Is(err, labels.ErrNotAssessment) {
		t.Errorf("a label is taken for an assessment: %v", err)
	}
}

func TestAttestationRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*labels.Attestation)
		want   string
	}{
		"no name":         {func(s *labels.Attestation) { s.Predicate.Assessor.Name = " " }, "1 to 120 characters"},
		"long name":       {func(s *labels.Attestation) { s.Predicate.Assessor.Name = strings.Repeat("a", 121) }, "1 to 120 characters"},
		"turned name":     {func(s *labels.Attestation) { s.Predicate.Assessor.Name = "a\u202eb" }, "cannot be printed"},
		"other format":    {func(s *labels.Attestation) { s.Predicate.Assessment.Format = "x" }, "format"},
		"no image":        {func(s *labels.Attestation) { s.Subject, s.Predicate.Assessment.Images = nil, nil }, "examined no image"},
		"another subject": {func(s *labels.Attestation) { s.Subject[0].Name = "x" }, "is not image"},
		"subjects":        {func(s *labels.Attestation) { s.Subject = append(s.Subject, s.Subject[0]) }, "2 subjects for 1 images"},
	} {
		s := attestation(t)
		c.change(s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// What is read is what was written, byte for byte.
func FuzzAttestation(f *testing.F) {
	payload, err := attestation(f).Payload()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload)
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://assay-iot.github.io/assessment/v1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		labels.Certified(data)
		s, err := labels.ParseAttestation(data)
		if err != nil {
			return
		}
		if again, err := s.Payload(); err != nil || string(again) != string(data) {
			t.Errorf("%q gives %q", data, again)
		}
	})
}
