package labels

import (
	"github.com/assay-iot/assay"
)

func schemes(chosen []assay.Conclusion) []Scheme {
	var list []Scheme
	for _, c := range chosen {
		s := Scheme{ID: c.Scheme, Edition: c.Edition, Title: c.Title, Level: c.Level, Requirements: []Requirement{}}
		for _, r := range c.Requirements {
			s.Requirements = append(s.Requirements, Requirement{r.ID, r.Mandatory, r.Outcome, r.Proof})
		}
		list = append(list, s)
	}
	return list
}

// alsoAssessed says which schemes were assessed and are not claimed, with the
// truth about them: a reader shall not think that nobody looked.
func alsoAssessed(others []assay.Conclusion) []Unclaimed {
	var list []Unclaimed
	for _, c := range others {
		outcome, _ := outcomeOf(c)
		list = append(list, Unclaimed{ID: c.Scheme, Edition: c.Edition, Title: c.Title, Outcome: outcome})
	}
	return list
}

// principles says for each of the nine what the chosen schemes say about it.
func principles(chosen []assay.Conclusion) []Principle {
	var list []Principle
	for _, p := range assay.Principles() {
		var mandatory, recommended []assay.RequirementOutcome
		for _, c := range chosen {
			for _, r := range c.Requirements {
				switch {
				case r.Principle != p:
				case r.Mandatory:
					mandatory = append(mandatory, r)
				default:
					recommended = append(recommended, r)
				}
			}
		}
		list = append(list, principle(p, mandatory, recommended))
	}
	return list
}

// principle takes the mandatory requirements that apply; where none does, the
// recommended ones. Its proof is the least among those that carry the outcome.
func principle(p assay.Principle, mandatory, recommended []assay.RequirementOutcome) Principle {
	for _, rs := range [][]assay.RequirementOutcome{mandatory, recommended} {
		if outcome, proof := together(rs); outcome != assay.DoesNotApply {
			return Principle{p, outcome, proof}
		}
	}
	if len(mandatory)+len(recommended) > 0 {
		return Principle{p, assay.DoesNotApply, assay.NotAssessed}
	}
	return Principle{p, assay.Undecided, assay.NotAssessed}
}

// together is not met if any is not met, else undecided if any is undecided,
// else met if any is met, else not applicable.
func together(rs []assay.RequirementOutcome) (assay.Outcome, assay.Proof) {
	rank := map[assay.Outcome]int{assay.DoesNotApply: 0, assay.Met: 1, assay.Undecided: 2, assay.NotMet: 3}
	outcome, proof := assay.DoesNotApply, assay.NotAssessed
	for _, r := range rs {
		switch {
		case rank[r.Outcome] > rank[outcome]:
			outcome, proof = r.Outcome, r.Proof
		case r.Outcome == outcome:
			proof = min(proof, r.Proof)
		}
	}
	if outcome != assay.Met && outcome != assay.NotMet {
		proof = assay.NotAssessed
	}
	return outcome, proof
}
