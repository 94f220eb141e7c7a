package labels_test

import (
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

// An edition is a version, a standard or a date, in the ways in which people write them; no
// sentence, no level, and no other scheme.
func TestEditions(t *testing.T) {
	for _, c := range labeltest.Editions {
		if err := labels.CheckEdition(c.ID, c.Edition); (err == nil) != c.Good {
			t.Errorf("%s, %q: %v, want good %v", c.ID, c.Edition, err, c.Good)
		}
	}
}
