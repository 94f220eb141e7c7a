package scheme

import (
	"errors"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
)

// ErrDoesNotFollow says that a conclusion is not what its results allow.
var ErrDoesNotFollow = errors.New("the conclusion does not follow from the results")

// Follows holds a conclusion that somebody else has written against the scheme and
// the results that it names: it must answer every requirement of its level, and
// none may be better than what the checks said. What rests on the declaration or on
// an assessor cannot be seen from the results, and is left to who signs.
func Follows(s *Scheme, c assay.Conclusion, results []assay.Result) error {
	b := &Basis{Level: c.Level, Results: results}
	n := 0
	for i := range s.Requirements {
		q := &s.Requirements[i]
		if q.Level > max(c.Level, s.lowest()) {
			continue
		}
		n++
		at := slices.IndexFunc(c.Requirements, func(o assay.RequirementOutcome) bool { return o.ID == q.ID })
		if at < 0 {
			return fmt.Errorf("%w: requirement %s of %s is missing", ErrDoesNotFollow, q.ID, s.ID)
		}
		if why := b.tooGood(s, q, c.Requirements[at]); why != "" {
			return fmt.Errorf("%w: requirement %s of %s %s", ErrDoesNotFollow, q.ID, s.ID, why)
		}
	}
	if n != len(c.Requirements) {
		return fmt.Errorf("%w: it answers %d requirements of %s, which has %d", ErrDoesNotFollow, len(c.Requirements), s.ID, n)
	}
	if got := overall(c.Requirements); c.Outcome != got {
		return fmt.Errorf("%w: %s is said to be %s, and its requirements come to %s", ErrDoesNotFollow, s.ID, c.Outcome, got)
	}
	return nil
}

// lowest is the level of whoever applies for none.
func (s *Scheme) lowest() int { return min(len(s.Levels), 1) }

// tooGood says in what an outcome is better than its checks allow.
func (b *Basis) tooGood(s *Scheme, q *Requirement, o assay.RequirementOutcome) string {
	if o.Mandatory != q.Status.Mandatory() || o.Principle != q.Principle || o.Needs != q.Proof {
		return "is another than the scheme's"
	}
	c := b.collect(s, q)
	of := func(verdict assay.Verdict) bool {
		return slices.ContainsFunc(c.answers, func(a answer) bool { return a.verdict == verdict })
	}
	seen := slices.ContainsFunc(c.answers, func(a answer) bool { return a.verdict == assay.Fail && a.seen })
	switch proof, _ := c.proof(); {
	case o.Outcome == assay.NotMet:
		return ""
	case seen, o.Outcome == assay.Met && of(assay.Fail):
		return fmt.Sprintf("is %s, and a check of it failed", o.Outcome)
	case o.Outcome == assay.Undecided || o.Assessed != nil || q.UnmetReasons:
		return ""
	case of(assay.Inconclusive):
		return fmt.Sprintf("is %s, and a check of it is inconclusive", o.Outcome)
	case o.Outcome == assay.Met && (q.Assessor || len(c.answers) > 0 && !of(assay.Pass)):
		return "is met, and nothing carries that"
	case o.Outcome == assay.Met && (o.Proof > proof || o.Proof < q.Proof):
		return fmt.Sprintf("is met as %s, and its checks passed as %s", o.Proof, proof)
	}
	return ""
}
