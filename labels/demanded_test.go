package labels_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

// byRules is a label by the rules of uk-psti, with the digest that they have.
func byRules(t *testing.T) *labels.Statement {
	t.Helper()
	data, err := os.ReadFile("demanded.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		ID     string
		Digest assay.Digest
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	a, o := labeltest.Assessment(), labeltest.Options()
	o.Schemes = []string{"uk-psti"}
	for _, known := range list {
		if known.ID == "uk-psti" {
			a.Rules[0] = assay.RuleSet{Kind: "scheme", Name: "uk-psti", Version: labeltest.PSTI, Digest: known.Digest}
		}
	}
	s, err := labels.New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A label holds the requirements of its scheme, all of them and no other; of rules that are
// not known nobody says that they are forged.
func TestRequirementsAreTheSchemes(t *testing.T) {
	if s := byRules(t); s.Validate() != nil {
		t.Fatalf("a label by the rules: %v", s.Validate())
	}
	for name, c := range map[string]struct {
		change func(s *labels.Scheme)
		want   string
	}{
		"one that the scheme does not have": {func(s *labels.Scheme) {
			s.Requirements = append(s.Requirements, labels.Requirement{ID: "47", Principle: assay.Communication, Outcome: assay.Met, Proof: assay.Verified})
		}, `no requirement "47"`},
		"one is left out":        {func(s *labels.Scheme) { s.Requirements = s.Requirements[1:] }, "3 requirements, and 2"},
		"another principle":      {func(s *labels.Scheme) { s.Requirements[1].Principle = assay.Storage }, "is about disclosure"},
		"no longer mandatory":    {func(s *labels.Scheme) { s.Requirements[1].Mandatory = false }, "mandatory is not as the label says"},
		"one that always counts": {func(s *labels.Scheme) { s.Requirements[2].Outcome, s.Requirements[2].Proof = assay.DoesNotApply, 0 }, "applies to every product"},
		"one for some does not apply": {func(s *labels.Scheme) {
			s.Requirements[0].Outcome, s.Requirements[0].Proof = assay.DoesNotApply, 0
		}, ""},
		"another edition": {func(s *labels.Scheme) { s.Edition, s.Requirements[0].ID = "2031", "9" }, ""},
	} {
		s := byRules(t)
		c.change(&s.Predicate.Schemes[0])
		if got := s.Validate(); c.want == "" {
			if got != nil && strings.Contains(got.Error(), "does not hold the requirements") {
				t.Errorf("%s: %v", name, got)
			}
		} else {
			check(t, name, got, c.want)
		}
		newer := func(s string) bool { return strings.Contains(s, "does not know the edition 2031 of UK PSTI") }
		if why := s.Predicate.NotCompared(); slices.ContainsFunc(why, newer) != (name == "another edition") {
			t.Errorf("%s: %q", name, why)
		}

		s.Predicate.Rules[0].Digest = labeltest.Digest("mended rules")
		if err := s.Validate(); err != nil && strings.Contains(err.Error(), "does not hold the requirements") {
			t.Errorf("%s, by other rules: %v", name, err)
		}
		if why := s.Predicate.NotCompared(); (c.want != "") != slices.ContainsFunc(why, func(s string) bool {
			return strings.Contains(s, c.want) && strings.Contains(s, "rules that the label names are not known to this program")
		}) {
			t.Errorf("%s, by other rules: %q", name, why)
		}
	}
}
