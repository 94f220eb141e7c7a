package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/advisories"
)

// statements are what all documents say, the oldest first.
type statements struct {
	all  []statement
	byID map[string][]int // by each id of a vulnerability, ascending
}

func statementsOf(all []statement) statements {
	s := statements{all, map[string][]int{}}
	for i := range all {
		for _, id := range all[i].ids {
			s.byID[id] = append(s.byID[id], i)
		}
	}
	return s
}

// about lists the statements on a vulnerability of a component, by their places in all.
func (s statements) about(c advisories.Component, v advisories.Vulnerability) []int {
	var list []int
	for _, id := range append([]string{v.ID}, v.Others...) {
		for _, i := range s.byID[id] {
			if s.all[i].of(c) {
				list = append(list, i)
			}
		}
	}
	return list
}

// of reports whether a statement is about a component, or about the whole product.
func (s *statement) of(c advisories.Component) bool {
	return s.whole || slices.ContainsFunc(s.subjects, func(k subject) bool { return k.is(c) })
}

// on finds what the maker says about a vulnerability of a component: of several
// statements the last.
func (s statements) on(c advisories.Component, v advisories.Vulnerability) *statement {
	list := s.about(c, v)
	if len(list) == 0 {
		return nil
	}
	return &s.all[slices.Max(list)]
}

// unanswered notes for each document the vulnerabilities that were not found where it
// speaks of them: a name that is written wrong would count for nothing unseen.
func (s statements) unanswered(c *checks.Context, r advisories.Report) []assay.Finding {
	answered := make([]bool, len(s.all))
	for _, component := range r.Affected {
		for _, v := range component.Known {
			for _, i := range s.about(component, v) {
				answered[i] = true
			}
		}
	}
	idle := map[string][]string{} // by document
	var documents []string
	for i, said := range s.all {
		if answered[i] {
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
