package catalogue

import (
	"testing"

	"github.com/assay-iot/assay/schema/scheme"
)

// Schemes name checks by their id, and only a test sees both: every id that a
// scheme names exists. TestCoverage goes the other way.
func TestSchemes(t *testing.T) {
	schemes, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range schemes.All() {
		for _, q := range s.Requirements {
			for _, id := range q.Checks() {
				if _, err := Find(string(id)); err != nil {
					t.Errorf("%s %s, requirement %s: %v", s.ID, s.Edition, q.ID, err)
				}
			}
		}
	}
}
