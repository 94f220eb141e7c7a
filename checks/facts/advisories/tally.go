package advisories

import (
	"maps"
	"slices"
)

// tally counts what a data set holds, by ecosystem.
type tally map[string]*counted

type counted struct {
	packages, records int
	last              string // package, of the last record
	releases          map[string]bool
}

func (t tally) of(ecosystem string) *counted {
	c := t[ecosystem]
	if c == nil {
		c = &counted{releases: map[string]bool{}}
		t[ecosystem] = c
	}
	return c
}

// cover notes that a release of a distribution is spoken of.
func (t tally) cover(p Package) {
	c := t.of(p.Base())
	if r := p.Release(); r != "" {
		c.releases[r] = true
	}
}

// count takes a record; those of a package come one after the other.
func (t tally) count(r *Record) {
	c := t.of(r.Affected[0].Package.Base())
	c.records++
	if name := r.Affected[0].Package.Name; name != c.last || c.packages == 0 {
		c.last = name
		c.packages++
	}
	for _, a := range r.Affected {
		t.cover(a.Package)
	}
}

// ecosystems lists what was counted, by name.
func (t tally) ecosystems(day string) []Ecosystem {
	all := []Ecosystem{}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		c := t[name]
		all = append(all, Ecosystem{
			Name: name, Folder: folderOf(name), Day: day, Releases: slices.Sorted(maps.Keys(c.releases)),
			Packages: c.packages, Records: c.records,
		})
	}
	return all
}
