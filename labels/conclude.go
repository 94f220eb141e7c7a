package labels

import (
	"errors"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
)

// conclude reports every scheme that stands in the way: first what is not met,
// then what is not decided. What an issuer decided on stands in no way.
func conclude(chosen []assay.Conclusion, decided []Decision) error {
	var no, open []error
	for _, c := range chosen {
		outcome, why := outcomeOf(c, decided)
		switch outcome {
		case assay.Met:
		case assay.NotMet:
			no = append(no, fmt.Errorf("%s %s is %w%s", c.Scheme, c.Edition, ErrNotMet, why))
		default:
			open = append(open, fmt.Errorf("%s %s is %w%s", c.Scheme, c.Edition, ErrInconclusive, why))
		}
	}
	if len(no) > 0 {
		return errors.Join(no...)
	}
	return errors.Join(open...)
}

// outcomeOf trusts no summary: a mandatory requirement that is not met or not
// decided stands in the way whatever the conclusion says, and a conclusion that is
// worse than its requirements counts. What an issuer decided on is left out.
func outcomeOf(c assay.Conclusion, decided []Decision) (outcome assay.Outcome, why string) {
	all, rest := assay.Met, assay.Met
	for _, r := range c.Requirements {
		o := obstacle(r)
		all = graver(all, o)
		isDecided := slices.ContainsFunc(decided, func(d Decision) bool { return d.Requirement == c.Scheme+":"+r.ID })
		if !isDecided && graver(rest, o) != rest {
			rest, why = o, ": requirement "+r.ID
		}
	}
	if c.Outcome == assay.DoesNotApply || graver(all, c.Outcome) != all {
		return c.Outcome, why
	}
	return rest, why
}

// graver gives the one of two outcomes that weighs more.
func graver(a, b assay.Outcome) assay.Outcome {
	rank := map[assay.Outcome]int{assay.DoesNotApply: 0, assay.Met: 1, assay.Undecided: 2, assay.NotMet: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// obstacle says how a requirement stands in the way of a label: not met or
// undecided, or Met if it does not.
func obstacle(r assay.RequirementOutcome) assay.Outcome {
	switch {
	case !r.Mandatory:
	case r.Outcome == assay.NotMet:
		return assay.NotMet
	case r.Outcome == assay.Undecided, r.Outcome == assay.Met && r.Proof == assay.NotAssessed:
		return assay.Undecided
	}
	return assay.Met
}

// decisions completes what an issuer decided with the true outcomes and the principles. Each must
// name a requirement that stands in the way, a person and a reason.
func decisions(chosen []assay.Conclusion, wanted []Decision) ([]Decision, error) {
	var decided []Decision
	for _, d := range wanted {
		if oneLine(d.By) == "" || oneLine(d.Reason) == "" {
			return nil, fmt.Errorf("%w: the decision on %s needs the name of who decided and a reason", ErrRefused, d.Requirement)
		}
		found := false
		for _, c := range chosen {
			for _, r := range c.Requirements {
				if outcome := obstacle(r); outcome != assay.Met && c.Scheme+":"+r.ID == d.Requirement {
					found, d.Outcome, d.Principle = true, outcome, r.Principle
				}
			}
		}
		if !found {
			return nil, fmt.Errorf("%w: %s is no requirement that stands in the way of a label", ErrRefused, d.Requirement)
		}
		if slices.ContainsFunc(decided, func(e Decision) bool { return e.Requirement == d.Requirement }) {
			return nil, fmt.Errorf("%w: %s is decided twice", ErrRefused, d.Requirement)
		}
		d.By, d.Reason = oneLine(d.By), oneLine(d.Reason)
		decided = append(decided, d)
	}
	return decided, nil
}
