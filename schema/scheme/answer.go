package scheme

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay"
)

// answer is what the results of one check, or of an any_of, come to.
type answer struct {
	checks  []assay.CheckID
	verdict assay.Verdict
	proof   assay.Proof
	reason  string
	seen    bool // a failure rests on something that was observed in the product
	against bool // a failure shows a contradiction between declared and observed
}

func (a answer) passed() bool { return a.verdict == assay.Pass }

// rank orders verdicts: the higher is worse. What did not apply to one image
// says nothing about another.
func rank(v assay.Verdict) int {
	switch v {
	case assay.Fail:
		return 3
	case assay.NotApplicable:
		return 0
	case assay.Pass:
		return 1
	}
	return 2
}

// answer gives the worst of a check's results; a check without a result is
// inconclusive.
func (b *Basis) answer(id assay.CheckID) answer {
	worst := answer{checks: []assay.CheckID{id}, reason: string(id) + " was not run"}
	first := true
	for i := range b.Results {
		r := &b.Results[i]
		if r.Check != id {
			continue
		}
		a := answerOf(r)
		seen, against := worst.seen || a.seen, worst.against || a.against
		if d := rank(a.verdict) - rank(worst.verdict); first || d > 0 || d == 0 && a.proof < worst.proof {
			worst = a
		}
		worst.seen, worst.against, first = seen, against, false
	}
	return worst
}

func answerOf(r *assay.Result) answer {
	a := answer{checks: []assay.CheckID{r.Check}, verdict: r.Verdict, proof: r.Proof, reason: r.Reason}
	if a.verdict == assay.Pass && a.proof == assay.NotAssessed {
		a.verdict, a.reason = assay.Inconclusive, "passed without proof"
	}
	if a.verdict == assay.Fail {
		gravest := -1
		for i, f := range r.Findings {
			if !f.Severity.Fails() {
				continue
			}
			declared, observed := sources(f)
			a.seen = a.seen || observed
			a.against = a.against || declared && observed
			if gravest < 0 || f.Severity > r.Findings[gravest].Severity {
				gravest, a.reason = i, f.Message
			}
		}
	}
	a.reason = string(r.Check) + ": " + cmp.Or(a.reason, a.verdict.String())
	return a
}

// sources says where a finding's evidence comes from.
func sources(f assay.Finding) (declared, observed bool) {
	for _, e := range f.Evidence {
		declared = declared || e.Kind == assay.KindDeclared
		observed = observed || e.Kind == assay.KindObserved
	}
	return declared, observed
}

// anyOf makes one answer of alternatives: a contradiction is never outvoted; else
// the best proven pass carries; else one that is open keeps it open; else one that
// failed fails it; else none applies.
func (b *Basis) anyOf(ids []assay.CheckID) answer {
	var all []answer
	for _, id := range ids {
		a := b.answer(id)
		if a.verdict == assay.Fail && a.against {
			return a
		}
		all = append(all, a)
	}
	weight := func(a answer) int {
		switch a.verdict {
		case assay.Pass:
			return 3
		case assay.Inconclusive:
			return 2
		case assay.Fail:
			return 1
		}
		return 0
	}
	return slices.MaxFunc(all, func(x, y answer) int {
		return cmp.Or(cmp.Compare(weight(x), weight(y)), cmp.Compare(x.proof, y.proof))
	})
}
