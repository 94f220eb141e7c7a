package labels_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

// notMet is an assessment by which the platform statement is not met, and what an
// issuer says of that.
func notMet() (*assay.Assessment, labels.IssueOptions) {
	a, o := labeltest.Assessment(), labeltest.Options()
	a.Conclusions[0].Outcome = assay.NotMet
	a.Conclusions[0].Requirements[6].Outcome = assay.NotMet
	o.Issuer, o.Address = "Example Body", "https://body.example/labels"
	o.Despite = []labels.Decision{{Requirement: "platform-statement:credentials", By: "J. Roe", Reason: "a recall is under way"}}
	return a, o
}

func TestDespite(t *testing.T) {
	a, o := notMet()
	s, err := labels.New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Predicate.Despite; len(d) != 1 || d[0].Outcome != assay.NotMet || d[0].By != "J. Roe" || d[0].Reason != "a recall is under way" {
		t.Errorf("%+v", d)
	}
	if r := s.Predicate.Schemes[0].Requirements[6]; r.Outcome != assay.NotMet {
		t.Errorf("the requirement is %s on the label", r.Outcome)
	}
}

func TestDespiteRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*assay.Assessment, *labels.IssueOptions)
		want   error
	}{
		{"the maker itself", func(a *assay.Assessment, o *labels.IssueOptions) { o.Issuer = a.Product.Manufacturer.Name }, labels.ErrRefused},
		{"no name", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Despite[0].By = " " }, labels.ErrRefused},
		{"no reason", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Despite[0].Reason = "" }, labels.ErrRefused},
		{"one that is met", func(_ *assay.Assessment, o *labels.IssueOptions) {
			o.Despite[0].Requirement = "platform-statement:lifecycle"
		}, labels.ErrRefused},
		{"one that is not there", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Despite[0].Requirement = "platform-statement:99" }, labels.ErrRefused},
		{"twice", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Despite = append(o.Despite, o.Despite[0]) }, labels.ErrRefused},
		{"another one is not met either", func(a *assay.Assessment, _ *labels.IssueOptions) {
			a.Conclusions[1].Requirements[0].Outcome = assay.NotMet
		}, labels.ErrNotMet},
		{"the scheme is not met for another reason", func(a *assay.Assessment, _ *labels.IssueOptions) {
			a.Conclusions[0].Requirements[6].Outcome = assay.Undecided
		}, labels.ErrNotMet},
	} {
		a, o := notMet()
		c.change(a, &o)
		if _, err := labels.New(a, o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// A statement cannot pretend what New would refuse.
func TestDespiteValidate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*labels.Label)
		says   string
	}{
		"no decision":    {func(l *labels.Label) { l.Despite = nil }, "mandatory requirement credentials is not-met"},
		"of the maker":   {func(l *labels.Label) { l.Issuer.Name, l.Issuer.Standing = l.Product.Maker.Name, labels.IsMaker }, "maker itself"},
		"made better":    {func(l *labels.Label) { l.Despite[0].Outcome = assay.Undecided }, "mandatory requirement credentials is not-met"},
		"on nothing":     {func(l *labels.Label) { l.Despite[0].Requirement = "uk-psti:1" }, "no mandatory requirement"},
		"without reason": {func(l *labels.Label) { l.Despite[0].Reason = " " }, "a reason"},
		"hostile text":   {func(l *labels.Label) { l.Despite[0].By = "J.\u202eRoe" }, "cannot be printed"},
	} {
		a, o := notMet()
		s, err := labels.New(a, o)
		if err != nil {
			t.Fatal(err)
		}
		c.change(&s.Predicate)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// A decision cannot name a principle that the label shows as followed.
func TestDespitePrinciple(t *testing.T) {
	for _, p := range []assay.Principle{"", "luck", assay.Updates} {
		a, o := notMet()
		s, err := labels.New(a, o)
		if err != nil {
			t.Fatal(err)
		}
		if s.Predicate.Despite[0].Principle != assay.Credentials {
			t.Errorf("it names the principle %q", s.Predicate.Despite[0].Principle)
		}
		s.Predicate.Despite[0].Principle = p
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "the principle") {
			t.Errorf("the principle %q: %v", p, err)
		}
	}
}
