package advisories

import (
	"fmt"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// readCounter counts how often the records of a name are asked for.
type readCounter struct {
	n     int
	times int
}

func (c *readCounter) of(_, name string) ([][]byte, error) {
	if name != "openssl" {
		return nil, nil
	}
	c.times++
	lines := make([][]byte, c.n)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, `{"affected":[{"package":{"name":"openssl","ecosystem":"Debian:12"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}],"id":"CVE-2030-%05d"}`, i)
	}
	return lines, nil
}

func (c *readCounter) all(string, func([]byte) error) error { return nil }

// matched looks packages of the source openssl up, in versions by turns.
func matched(t *testing.T, packages, versions, records int) (Report, *readCounter) {
	t.Helper()
	c := &readCounter{n: records}
	s := &Set{records: c, Manifest: Manifest{Ecosystems: []Ecosystem{{Name: "Debian", Releases: []string{"12"}, Day: "2026-11-20"}}}}
	components := []inventory.Component{{Name: "debian", Version: "12", Kind: inventory.KindSystem, Places: []assay.Location{{Path: "image!etc/os-release"}}}}
	for i := range packages {
		p := deb(fmt.Sprintf("lib%d", i), "openssl", fmt.Sprintf("3.0.%d-1", i%versions))
		p.Places = []assay.Location{{Path: "image!var/lib/dpkg/status", Line: i + 1}}
		components = append(components, p)
	}
	r, err := Match(s, components)
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

// TestOneSource: packages of one source and version are asked for once, and told once
// with all their places.
func TestOneSource(t *testing.T) {
	r, c := matched(t, 100, 1, 50)
	if c.times != 1 {
		t.Errorf("the records were read %d times", c.times)
	}
	if len(r.Affected) != 1 || len(r.Affected[0].Known) != 50 || len(r.Affected[0].Places) != 100 || len(r.Affected[0].Packages) != 100 || r.Looked != 100 {
		t.Errorf("%d components, looked up %d", len(r.Affected), r.Looked)
	}
	r, c = matched(t, 100, 4, 50)
	if c.times != 1 || len(r.Affected) != 4 || len(r.Missed) != 0 {
		t.Errorf("four versions: read %d times, %d components, %d missed", c.times, len(r.Affected), len(r.Missed))
	}
}

// TestManyVersions: versions times records is bounded, and what lies beyond is not
// taken for looked up.
func TestManyVersions(t *testing.T) {
	r, c := matched(t, 500, 500, 1000)
	known := 0
	for _, a := range r.Affected {
		known += len(a.Known)
	}
	if c.times != 1 || known > maxFound || len(r.Missed) != 400 || r.Missed[0].Reason != tooMany || r.Looked != 100 {
		t.Errorf("read %d times, %d vulnerabilities, %d missed, %d looked up", c.times, known, len(r.Missed), r.Looked)
	}
}

// TestManyCompared: ranges that hold no version cost as much as those that do.
func TestManyCompared(t *testing.T) {
	k := newAsking(&Set{})
	events := make([]Event, 10_000)
	for i := range events {
		events[i].Introduced = "9"
	}
	k.names[[2]string{"Debian", "a"}] = []Record{{ID: "A-1", Affected: []Affected{{Ranges: []Range{{Events: events}}}}}}
	asked := 0
	for i := range 2000 {
		a, err := k.answer(fmt.Sprint(i), question{ecosystem: "Debian", names: []string{"a"}, version: "1"})
		if err != nil {
			t.Fatal(err)
		}
		if a.why == "" {
			asked++
		}
	}
	if asked*len(events) > maxCompared || asked < 900 {
		t.Errorf("%d questions were asked", asked)
	}
}

// TestManyAliases: ten thousand records of one number do not hold one another's names.
func TestManyAliases(t *testing.T) {
	known := map[string]*Vulnerability{}
	for i := range 10_000 {
		r := Record{ID: fmt.Sprintf("A-%d", i), Aliases: []string{"CVE-2030-1"}}
		r.into(known, "", "")
	}
	if v := known["CVE-2030-1"]; len(known) != 1 || len(v.Others) != maxOthers {
		t.Errorf("%d vulnerabilities", len(known))
	}
}
