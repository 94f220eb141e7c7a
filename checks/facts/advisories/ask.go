package advisories

import (
	"maps"
	"slices"

	"github.com/assay-iot/assay/checks/facts/advisories/versions"
)

// Limits of looking the components of one image up. An image may name one source in a
// thousand versions, and a data set hold ten thousand records of it.
const (
	maxCompared = 10_000_000 // versions and numbers that are held against one another
	maxFound    = 100_000    // vulnerabilities of all components
	maxOthers   = 64         // other ids of one vulnerability
	maxHeld     = 50_000     // records that are held for the questions to come
	readingWork = 20         // comparisons that take as long as to read a record
)

// tooMany is why a component was not looked up.
const tooMany = "the components have more records between them than are looked at"

// asking looks components up. Packages of one source and version are one question, and
// the records of a name are read once for all versions.
type asking struct {
	set      *Set
	answers  map[string]answer
	compared int // of maxCompared
	found    int // of maxFound
	names    map[[2]string][]Record
	held     int // records in names
}

// answer is what the data set says to one question.
type answer struct {
	found   []Vulnerability
	records int
	why     string // it was not looked up
}

func newAsking(s *Set) *asking {
	return &asking{set: s, answers: map[string]answer{}, names: map[[2]string][]Record{}}
}

func (k *asking) answer(key string, q question) (answer, error) {
	if a, ok := k.answers[key]; ok {
		return a, nil
	}
	a, err := k.ask(q)
	if err == nil {
		k.answers[key] = a
	}
	return a, err
}

// lookup gives the records of a name.
func (k *asking) lookup(ecosystem, name string) ([]Record, error) {
	at := [2]string{ecosystem, name}
	if all, ok := k.names[at]; ok {
		return all, nil
	}
	all, err := k.set.Lookup(ecosystem, name)
	if err != nil {
		return nil, err
	}
	k.compared += readingWork * len(all)
	if k.held += len(all); k.held > maxHeld {
		clear(k.names)
		k.held = len(all)
	}
	k.names[at] = all
	return all, nil
}

// ask looks all names up and puts together what is the same vulnerability. It cannot
// tell where the version is a date and those of the records are not.
func (k *asking) ask(q question) (a answer, err error) {
	if k.compared >= maxCompared || k.found >= maxFound {
		return answer{why: tooMany}, nil
	}
	known := map[string]*Vulnerability{}
	order := orderOf(q.ecosystem)
	unclear := false
	for _, name := range q.names {
		all, err := k.lookup(q.ecosystem, name)
		if err != nil {
			return answer{}, err
		}
		a.records += len(all)
		if q.potential && versions.IsDate(q.version) && !slices.ContainsFunc(all, Record.dated) {
			unclear = unclear || len(all) > 0
			continue
		}
		for i := range all {
			if k.compared += all[i].work(); k.compared > maxCompared {
				return answer{why: tooMany}, nil
			}
			if yes, fixed, urgency := all[i].affects(q, order); yes {
				all[i].into(known, fixed, urgency)
			}
		}
	}
	if k.found += len(known); k.found > maxFound {
		return answer{why: tooMany}, nil
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		a.found = append(a.found, *known[id])
	}
	if unclear && len(a.found) == 0 {
		a.why = "its version is counted in another way than in the records"
	}
	return a, nil
}

// work is how much there is to compare in a record.
func (r *Record) work() int {
	n := 1 + len(r.Aliases) + len(r.Upstream)
	for i := range r.Affected {
		n += 1 + len(r.Affected[i].Versions)
		for j := range r.Affected[i].Ranges {
			n += len(r.Affected[i].Ranges[j].Events) + len(r.Affected[i].Ranges[j].Except)
		}
	}
	return n
}

func (r Record) dated() bool {
	return slices.ContainsFunc(r.Affected, func(a Affected) bool { return a.dated() })
}

// affects asks what a record says about the release that is asked for.
func (r *Record) affects(q question, order versions.Order) (yes bool, fixed string, urgency Rating) {
	for i := range r.Affected {
		a := &r.Affected[i]
		if q.release != "" && a.Package.Release() != q.release {
			continue
		}
		if yes, fixed := a.Affects(q.version, order); yes {
			return true, fixed, a.Urgency
		}
	}
	return false, "", ""
}
