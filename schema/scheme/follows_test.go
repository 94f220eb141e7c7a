package scheme_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/scheme"
)

const twoRequirements = `requirement "1" {
  principle = "credentials"
  title     = "A title"
  status    = "M"
  required  = ["credentials/empty-password", "credentials/weak-hash"]
}
requirement "2" {
  principle = "credentials"
  title     = "Another"
  status    = "R"
  assessor  = true
}`

// What Conclude says follows; whatever is then made better than the checks allow
// does not.
func TestFollows(t *testing.T) {
	s := parse(t, twoRequirements)
	good := []assay.Result{pass(emptyPassword, assay.Observed), pass(weakHash, assay.Observed)}
	bad := []assay.Result{fail(emptyPassword, assay.KindObserved), pass(weakHash, assay.Observed)}
	open := []assay.Result{{Check: emptyPassword, Verdict: assay.Inconclusive}, pass(weakHash, assay.Observed)}
	for _, results := range [][]assay.Result{good, bad, open, nil} {
		if err := scheme.Follows(s, scheme.Conclude(s, scheme.Basis{Results: results, AsOf: day}), results); err != nil {
			t.Errorf("what was concluded: %v", err)
		}
	}
	for name, c := range map[string]struct {
		results []assay.Result
		change  func(*assay.Conclusion)
		want    string
	}{
		"a failure called met":         {bad, func(c *assay.Conclusion) { c.Requirements[0].Outcome, c.Outcome = assay.Met, assay.Met }, "is met, and a check of it failed"},
		"a failure called undecided":   {bad, func(c *assay.Conclusion) { c.Requirements[0].Outcome, c.Outcome = assay.Undecided, assay.Undecided }, "a check of it failed"},
		"a failure called irrelevant":  {bad, func(c *assay.Conclusion) { c.Requirements[0].Outcome = assay.DoesNotApply }, "a check of it failed"},
		"nobody knows, called met":     {open, func(c *assay.Conclusion) { c.Requirements[0].Outcome, c.Outcome = assay.Met, assay.Met }, "a check of it is inconclusive"},
		"a check that was never run":   {good[:1], func(c *assay.Conclusion) { c.Requirements[0].Outcome, c.Outcome = assay.Met, assay.Met }, "a check of it is inconclusive"},
		"known better than it is":      {good, func(c *assay.Conclusion) { c.Requirements[0].Proof = assay.Verified }, "is met as verified"},
		"mandatory no more":            {bad, func(c *assay.Conclusion) { c.Requirements[0].Mandatory = false }, "is another than the scheme's"},
		"for people, by nobody":        {good, func(c *assay.Conclusion) { c.Requirements[1].Outcome = assay.Met }, "nothing carries that"},
		"a requirement left out":       {bad, func(c *assay.Conclusion) { c.Requirements = c.Requirements[1:] }, "requirement 1 of test is missing"},
		"no requirement at all":        {bad, func(c *assay.Conclusion) { c.Requirements, c.Outcome = nil, assay.Met }, "is missing"},
		"a requirement of its own":     {good, func(c *assay.Conclusion) { c.Requirements = append(c.Requirements, assay.RequirementOutcome{ID: "3"}) }, "answers 3 requirements"},
		"a sum that is no sum of them": {bad, func(c *assay.Conclusion) { c.Outcome = assay.Met }, "come to not-met"},
	} {
		conclusion := scheme.Conclude(s, scheme.Basis{Results: c.results, AsOf: day})
		conclusion.Requirements = slices.Clone(conclusion.Requirements)
		c.change(&conclusion)
		if err := scheme.Follows(s, conclusion, c.results); !errors.Is(err, scheme.ErrDoesNotFollow) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
