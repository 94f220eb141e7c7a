package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// statements are what all documents say, the oldest first.
type statements struct {
	all      []statement
	byID     map[string][]int // by each id of a vulnerability, ascending
	answered []bool           // those that are about something that was found
	left     *int             // of maxSubjects
}

// maxSubjects is how often components are held against what statements are about: a
// document may say a hundred thousand things of one vulnerability.
const maxSubjects = 20_000_000

func statementsOf(all []statement) statements {
	left := maxSubjects
	s := statements{all, map[string][]int{}, make([]bool, len(all)), &left}
	for i := range all {
		for _, id := range slices.Compact(slices.Sorted(slices.Values(all[i].ids))) {
			s.byID[id] = append(s.byID[id], i)
		}
		for j := range all[i].subjects {
			k := &all[i].subjects[j]
			k.project = inventory.Project(k.name)
		}
	}
	return s
}

// on finds what the maker says about a vulnerability of a component: of several
// statements the last.
func (s statements) on(c identifiers, v advisories.Vulnerability) *statement {
	last := -1
	for _, id := range append([]string{v.ID}, v.Others...) {
		for _, i := range s.byID[id] {
			if s.of(i, c) {
				s.answered[i] = true
				last = max(last, i)
			}
		}
	}
	if last < 0 {
		return nil
	}
	return &s.all[last]
}

// of reports whether a statement is about a component, or about the whole product.
func (s statements) of(i int, c identifiers) bool {
	said := &s.all[i]
	if *s.left -= 1 + len(said.subjects); *s.left < 0 {
		return false
	}
	return said.whole || slices.ContainsFunc(said.subjects, c.are)
}

// unanswered notes for each document the vulnerabilities that were not found where it
// speaks of them: a name that is written wrong would count for nothing unseen. The
// report's were asked for before.
func (s statements) unanswered(c *checks.Context) []assay.Finding {
	if s.left != nil && *s.left < 0 {
		return []assay.Finding{checks.Misdeclared(assay.Medium, "the VEX documents say more about the vulnerabilities that were found than is read: the rest does not count", c.Firmware.VEXRange)}
	}
	idle := map[string][]string{} // by document
	var documents []string
	for i, said := range s.all {
		if s.answered[i] {
			continue
		}
		d := said.place.Path
		if idle[d] == nil {
			documents = append(documents, d)
		}
		idle[d] = append(idle[d], said.name())
	}
	slices.Sort(documents)
	var found []assay.Finding
	for _, d := range documents {
		slices.Sort(idle[d])
		found = append(found, checks.Misdeclared(assay.Info, fmt.Sprintf("statements of the VEX document %s that answer nothing that was found: %s", d, some(slices.Compact(idle[d]))), c.Firmware.VEXRange))
	}
	return found
}

// name is the id by which people know the vulnerability.
func (s *statement) name() string {
	for _, id := range s.ids {
		if strings.HasPrefix(id, "CVE-") {
			return id
		}
	}
	for _, id := range s.ids {
		if id != "" {
			return id
		}
	}
	return "one without an id"
}
