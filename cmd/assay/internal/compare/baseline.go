package compare

import (
	"strconv"

	"github.com/assay-iot/assay"
)

func decimal(n int) string { return strconv.Itoa(n) }

// Since says what of an assessment is not in an earlier one of the same product.
type Since struct {
	New  []string // findings that decide and were not there
	Old  int      // findings that decide and were there
	Gone int      // findings that decided and are there no more
	// Outcome is what follows if what was not met, or not known, for the same
	// reasons before is left aside. It stands in no assessment and on no label.
	Outcome assay.Outcome
}

// SinceBaseline holds an assessment against an earlier one.
func SinceBaseline(baseline, now *assay.Assessment) Since {
	s := Since{Outcome: assay.Met}
	before := deciding(baseline.Results)
	fresh := map[assay.CheckID]bool{} // checks with a finding that is new
	for _, r := range now.Results {
		for _, f := range r.Findings {
			switch name := nameOf(r, f); {
			case f.Severity < assay.Medium:
			case before[name]:
				s.Old++
			default:
				s.New, fresh[r.Check] = append(s.New, name), true
			}
		}
	}
	present := deciding(now.Results)
	for name := range before {
		if !present[name] {
			s.Gone++
		}
	}
	for _, c := range now.Conclusions {
		s.Outcome = graver(s.Outcome, conclusionSince(earlier(baseline, c), c, fresh))
	}
	if len(now.Conclusions) == 0 {
		s.Outcome = assay.Undecided
	}
	return s
}

// deciding names the findings that make a check fail.
func deciding(results []assay.Result) map[string]bool {
	names := map[string]bool{}
	for _, r := range results {
		for _, f := range r.Findings {
			if f.Severity >= assay.Medium {
				names[nameOf(r, f)] = true
			}
		}
	}
	return names
}

// earlier finds the conclusion by the same scheme, edition and level.
func earlier(baseline *assay.Assessment, c assay.Conclusion) *assay.Conclusion {
	for i := range baseline.Conclusions {
		b := &baseline.Conclusions[i]
		if b.Scheme == c.Scheme && b.Edition == c.Edition && b.Level == c.Level {
			return b
		}
	}
	return nil
}

// conclusionSince concludes by the requirements that are not as they were. By a
// scheme that the baseline did not conclude by, all of them count.
func conclusionSince(before *assay.Conclusion, c assay.Conclusion, fresh map[assay.CheckID]bool) assay.Outcome {
	if before == nil || c.Outcome == assay.Met {
		return c.Outcome
	}
	was := map[string]assay.Outcome{}
	for _, r := range before.Requirements {
		was[r.ID] = r.Outcome
	}
	outcome := assay.Met
	for _, r := range c.Requirements {
		old, known := was[r.ID]
		if r.Mandatory && !(known && asBefore(old, r, fresh)) {
			outcome = graver(outcome, r.Outcome)
		}
	}
	return outcome
}

// asBefore reports a requirement that is not met, or not known to be, for no
// reason that is new.
func asBefore(old assay.Outcome, r assay.RequirementOutcome, fresh map[assay.CheckID]bool) bool {
	for _, id := range r.Checks {
		if fresh[id] {
			return false
		}
	}
	switch r.Outcome {
	case assay.NotMet:
		return old == assay.NotMet
	case assay.Undecided:
		return old == assay.NotMet || old == assay.Undecided
	}
	return true
}

// graver gives the outcome that weighs more.
func graver(a, b assay.Outcome) assay.Outcome {
	if outcomeRank[b.String()] > outcomeRank[a.String()] {
		return b
	}
	return a
}
