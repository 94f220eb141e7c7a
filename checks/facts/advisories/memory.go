package advisories

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
)

//go:embed demo.json
var demo []byte

// Demo is a small data set for demonstration: well-known vulnerabilities of what
// devices are often made of, told in the project's own words. It marks itself.
func Demo() (*Set, error) {
	s := &Set{}
	return s, s.UnmarshalJSON(demo)
}

// small is a data set in one JSON document, as the demonstration and tests have it.
type small struct {
	AsOf      string   `json:"as_of"`
	Demo      bool     `json:"demo"`
	Exploited string   `json:"exploited"` // day of the list of exploited vulnerabilities; empty if there is none
	Releases  []string `json:"releases"`  // that are covered besides those of the records, as Debian:12
	Records   []Record `json:"records"`
	Ends      []Branch `json:"ends"`
}

// memory holds the records of a small data set, sorted.
type memory map[string][]Record

// UnmarshalJSON makes a data set of records that stand in the text itself.
func (s *Set) UnmarshalJSON(data []byte) error {
	var in small
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if _, err := assay.Date(in.AsOf); err != nil {
		return fmt.Errorf("%w: as_of %q is not a date", ErrNotData, in.AsOf)
	}
	var all []Record
	for i := range in.Records {
		all = append(all, in.Records[i].split()...)
	}
	slices.SortStableFunc(all, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Affected[0].Package.Name, b.Affected[0].Package.Name), cmp.Compare(a.ID, b.ID))
	})
	m := memory{}
	t := tally{}
	for _, name := range in.Releases {
		t.cover(Package{Ecosystem: name})
	}
	for _, r := range all {
		m[r.Affected[0].Package.Base()] = append(m[r.Affected[0].Package.Base()], r)
		t.count(&r)
	}
	*s = Set{Digest: assay.SHA256(sha256.Sum256(data)), Ends: in.Ends, records: m}
	s.Manifest = Manifest{Format: ManifestFormat, AsOf: in.AsOf, Demo: in.Demo, Ecosystems: t.ecosystems(in.AsOf)}
	if in.Exploited != "" {
		s.Manifest.Exploited = &Joined{Day: in.Exploited}
	}
	return nil
}

// MarshalJSON gives the manifest only: a data set is not stored with a result.
func (s *Set) MarshalJSON() ([]byte, error) { return json.Marshal(s.Manifest) }

func (m memory) of(ecosystem, name string) ([][]byte, error) {
	var lines [][]byte
	for _, r := range m[ecosystem] {
		if r.Affected[0].Package.Name != name {
			continue
		}
		text, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		lines = append(lines, text)
	}
	return lines, nil
}

func (m memory) all(ecosystem string, do func(text []byte) error) error {
	for _, r := range m[ecosystem] {
		text, err := json.Marshal(r)
		if err == nil {
			err = do(text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
