package advisories

import (
	"bytes"
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
	t.of(r.Affected[0].Package.Base()).one(r.Affected[0].Package.Name)
	for _, a := range r.Affected {
		t.cover(a.Package)
	}
}

// line takes a record as it is written; only one with releases is read again.
func (t tally) line(l *line) error {
	if !bytes.Contains(l.text, []byte(`"ecosystem":"`+l.ecosystem+`:`)) {
		t.of(l.ecosystem).one(l.name)
		return nil
	}
	r, err := readRecord(l.text)
	if err == nil {
		t.count(&r)
	}
	return err
}

// one counts a record of a package.
func (c *counted) one(name string) {
	c.records++
	if name != c.last || c.packages == 0 {
		c.last = name
		c.packages++
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
