package compare

import (
	"cmp"
	"slices"
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
	before, present := findingsOf(baseline.Results, baseline.AsOf), findingsOf(now.Results, now.AsOf)
	before = align(before, present, func(key string) string { return cmp.Or(before[key].loose, present[key].loose) })
	fresh := map[assay.CheckID]bool{} // checks with a finding that is new, or graver
	for key, f := range present {
		switch {
		case f.severity < assay.Medium:
		case before[key].severity >= f.severity:
			s.Old++
		default:
			s.New, fresh[f.check] = append(s.New, f.words), true
		}
	}
	slices.Sort(s.New)
	for key, f := range before {
		if f.severity >= assay.Medium && present[key].severity < assay.Medium {
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
