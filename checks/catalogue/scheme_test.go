package catalogue

import (
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/scheme"
)

// Schemes name checks by their id, and only a test sees both: every id that a
// scheme names exists, and every check is used by a scheme or says that none
// uses it.
func TestSchemes(t *testing.T) {
	schemes, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	used := map[assay.CheckID]bool{}
	for _, s := range schemes.All() {
		for _, q := range s.Requirements {
			for _, id := range q.Checks() {
				used[id] = true
				if _, err := Find(string(id)); err != nil {
					t.Errorf("%s %s, requirement %s: %v", s.ID, s.Edition, q.ID, err)
				}
			}
		}
	}
	for _, c := range Checks() {
		if used[c.ID] == c.Informative {
			t.Errorf("%s: informative is %t, but used by a scheme is %t", c.ID, c.Informative, used[c.ID])
		}
	}
}
