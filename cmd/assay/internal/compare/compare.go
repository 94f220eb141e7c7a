// Package compare says what changed between two products, images or assessments,
// and what of that is better or worse.
package compare

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay"
)

// Format is the format id of a Diff in JSON.
const Format = "assay.diff/v1"

// The effects of a change. A change without one is neither.
const (
	Better  = "better"
	Worse   = "worse"
	Unclear = "unclear" // an answer became inconclusive
)

// Side is one of the two, as far as it is known. A part that is not known has
// its reason in Unknown, by the name of the part.
type Side struct {
	Name        string             `json:"name"`
	Kind        string             `json:"kind"` // image, product, assessment, inspection, label
	AsOf        string             `json:"as_of"`
	Tool        assay.Tool         `json:"tool"`
	Digests     []assay.Digest     `json:"digests"` // of the images
	Unknown     map[string]string  `json:"-"`
	Files       map[string]string  `json:"-"` // what a file is, by its path
	Components  map[string]string  `json:"-"` // versions, by name and kind
	Services    map[string]string  `json:"-"` // state, by name
	Results     []assay.Result     `json:"-"`
	Conclusions []assay.Conclusion `json:"-"`
	Claims      map[string]Claim   `json:"-"` // what a label says, by its name; of labels only
}

// Change is one thing that is not as it was. Old is empty for what is new, New
// for what is gone.
type Change struct {
	What   string `json:"what"`
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
	Effect string `json:"effect,omitempty"`
}

// Section holds the changes of one kind, or says why they are not known.
type Section struct {
	Name        string   `json:"name"`
	NotCompared string   `json:"not_compared,omitempty"`
	Changes     []Change `json:"changes"`
}

// Diff is the answer.
type Diff struct {
	Format   string    `json:"format"`
	Old      Side      `json:"old"`
	New      Side      `json:"new"`
	Worse    int       `json:"worse"`
	Better   int       `json:"better"`
	Unclear  int       `json:"unclear"`
	Sections []Section `json:"sections"`
}

// Sides compares two of them.
func Sides(before, after Side) Diff {
	d := Diff{Format: Format, Old: before, New: after}
	if before.Claims != nil && after.Claims != nil {
		d.add(Section{Name: "label", NotCompared: "whether the labels are genuine; ask assay verify", Changes: claims(before.Claims, after.Claims)})
		return d
	}
	maps := func(name string, a, b map[string]string) {
		s := Section{Name: name, NotCompared: cmp.Or(before.Unknown[name], after.Unknown[name])}
		if s.NotCompared == "" {
			s.Changes = values(a, b)
		}
		d.add(s)
	}
	maps("files", sameOwners(align(before.Files, after.Files, looseFile), after.Files), after.Files)
	maps("components", before.Components, after.Components)
	maps("services", before.Services, after.Services)
	d.add(Section{Name: "rules", Changes: rules(before.Results, after.Results)})
	d.add(Section{Name: "checks", NotCompared: cmp.Or(before.Unknown["checks"], after.Unknown["checks"]), Changes: verdicts(before.Results, after.Results)})
	d.add(Section{Name: "findings", Changes: findings(before, after)})
	conclusions := Section{Name: "conclusions", NotCompared: cmp.Or(before.Unknown["conclusions"], after.Unknown["conclusions"])}
	if conclusions.NotCompared == "" {
		conclusions.Changes = outcomes(before.Conclusions, after.Conclusions)
	}
	d.add(conclusions)
	return d
}

func (d *Diff) add(s Section) {
	if s.Changes == nil {
		s.Changes = []Change{}
	}
	for _, c := range s.Changes {
		switch c.Effect {
		case Worse:
			d.Worse++
		case Better:
			d.Better++
		case Unclear:
			d.Unclear++
		}
	}
	d.Sections = append(d.Sections, s)
}

// values gives what differs between two tables, by key.
func values(a, b map[string]string) []Change {
	var changes []Change
	for key, v := range a {
		if w := b[key]; v != w {
			changes = append(changes, Change{What: key, Old: v, New: w})
		}
	}
	for key, w := range b {
		if _, ok := a[key]; !ok {
			changes = append(changes, Change{What: key, New: w})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.What, b.What) })
	return changes
}

// keyOf names the result of a check about one firmware.
func keyOf(r assay.Result) string {
	if r.Firmware == "" {
		return string(r.Check)
	}
	return string(r.Check) + " (" + r.Firmware + ")"
}

// each gives a word on each result, by its check and firmware.
func each(results []assay.Result, word func(assay.Result) string) map[string]string {
	words := map[string]string{}
	for _, r := range results {
		words[keyOf(r)] = word(r)
	}
	return words
}

// rules names the checks that judged by other rules.
func rules(before, after []assay.Result) []Change {
	version := func(r assay.Result) string { return "version " + decimal(r.Version) }
	return slices.DeleteFunc(values(each(before, version), each(after, version)), func(c Change) bool { return c.Old == "" || c.New == "" })
}

var verdictRank = map[string]int{"pass": 1, "not-applicable": 1, "inconclusive": 2, "fail": 3}

func verdicts(before, after []assay.Result) []Change {
	verdict := func(r assay.Result) string { return r.Verdict.String() }
	return withEffect(values(each(before, verdict), each(after, verdict)), verdictRank)
}

var outcomeRank = map[string]int{"met": 1, "not-applicable": 1, "inconclusive": 2, "not-met": 3}

func outcomes(before, after []assay.Conclusion) []Change {
	table := func(list []assay.Conclusion) map[string]string {
		words := map[string]string{}
		for _, c := range list {
			name := c.Scheme
			if c.Level > 0 {
				name += " level " + decimal(c.Level)
			}
			words[name] = c.Outcome.String()
		}
		return words
	}
	return withEffect(values(table(before), table(after)), outcomeRank)
}

// withEffect says of answers what their change is. That an answer was not there
// before, or is there no more, is no effect.
func withEffect(changes []Change, rank map[string]int) []Change {
	for i := range changes {
		c := &changes[i]
		from, to := rank[c.Old], rank[c.New]
		switch {
		case from == 0 || to == 0 || from == to:
		case to == 2:
			c.Effect = Unclear
		case to > from:
			c.Effect = Worse
		default:
			c.Effect = Better
		}
	}
	return changes
}
