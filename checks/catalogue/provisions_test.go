package catalogue

import (
	"slices"
	"testing"

	"github.com/assay-iot/assay/schema/scheme"
)

// What a check says that it bears on must be a provision that names it.
func TestProvisions(t *testing.T) {
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	s, err := all.Find("etsi-en-303-645", "V3.1.3")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Checks() {
		for _, id := range c.Provision {
			q, ok := s.Find(id)
			if !ok {
				t.Errorf("%s bears on %s, which is no provision", c.ID, id)
			} else if !slices.Contains(q.Checks(), c.ID) {
				t.Errorf("%s says that it bears on %s, which does not name it", c.ID, id)
			}
		}
	}
}
