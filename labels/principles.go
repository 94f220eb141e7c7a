package labels

import (
	"slices"

	"github.com/assay-iot/assay"
)

func schemes(chosen []assay.Conclusion) []Scheme {
	var list []Scheme
	for _, c := range chosen {
		s := Scheme{ID: c.Scheme, Edition: c.Edition, Title: c.Title, Level: c.Level, Requirements: []Requirement{}}
		for _, r := range c.Requirements {
			s.Requirements = append(s.Requirements, Requirement{r.ID, r.Principle, r.Mandatory, r.Outcome, r.Proof})
		}
		list = append(list, s)
	}
	return list
}

// alsoAssessed says which schemes were assessed and are not claimed, with the
// truth about them: a reader shall not think that nobody looked. That one is met is
// for those to say who hold it; nil holds all.
func alsoAssessed(others []assay.Conclusion, held []string) []Unclaimed {
	var list []Unclaimed
	for _, c := range others {
		outcome, _ := outcomeOf(c, nil)
		if outcome == assay.Met && held != nil && !slices.Contains(held, c.Scheme) {
			continue
		}
		list = append(list, Unclaimed{ID: c.Scheme, Edition: c.Edition, Title: c.Title, Outcome: outcome})
	}
	return list
}

// principles says for each of the nine what the chosen schemes say about it.
func principles(chosen []assay.Conclusion, results []assay.Result) []Principle {
	var list []Principle
	for _, p := range assay.Principles() {
		var about []assay.RequirementOutcome
		for _, c := range chosen {
			for _, r := range c.Requirements {
				if r.Principle == p {
					about = append(about, r)
				}
			}
		}
		said := conclusion(p, about)
		said.Examined = examined(about, results)
		list = append(list, said)
	}
	return list
}

// conclusion says what follows for a principle from the requirements about it.
func conclusion(p assay.Principle, about []assay.RequirementOutcome) Principle {
	var mandatory, recommended []assay.RequirementOutcome
	for _, r := range about {
		if r.Mandatory {
			mandatory = append(mandatory, r)
		} else {
			recommended = append(recommended, r)
		}
	}
	said := principle(p, mandatory, recommended)
	said.Requirements, said.Decided = len(about), decided(about)
	return said
}

// principle takes the mandatory requirements that apply; where none does, the
// recommended ones. Its proof is the least among those that carry the outcome.
func principle(p assay.Principle, mandatory, recommended []assay.RequirementOutcome) Principle {
	for _, rs := range [][]assay.RequirementOutcome{mandatory, recommended} {
		if outcome, proof := together(rs); outcome != assay.DoesNotApply {
			return Principle{Principle: p, Outcome: outcome, Proof: proof}
		}
	}
	if len(mandatory)+len(recommended) > 0 {
		return Principle{Principle: p, Outcome: assay.DoesNotApply}
	}
	return Principle{Principle: p}
}

// examined lists the firmware whose image gave an answer to one of the checks that
// decided. None means that the declaration or documents did.
func examined(rs []assay.RequirementOutcome, results []assay.Result) []string {
	var names []string
	for _, r := range rs {
		for _, result := range results {
			seen := result.Verdict == assay.Pass || result.Verdict == assay.Fail
			if seen && result.Firmware != "" && slices.Contains(r.Checks, result.Check) {
				names = append(names, result.Firmware)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func decided(rs []assay.RequirementOutcome) int {
	n := 0
	for _, r := range rs {
		if r.Outcome != assay.Undecided {
			n++
		}
	}
	return n
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
