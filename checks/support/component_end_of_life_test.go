package support

import (
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestComponentEndOfLife(t *testing.T) { checktest.Run(t, ComponentEndOfLife) }

// Every line of the table that is no comment must be whole: one that is not
// would be left out without a word.
func TestEndOfLifeTable(t *testing.T) {
	seen := map[[2]string]bool{}
	for _, b := range endOfLife() {
		if _, err := time.Parse(time.DateOnly, b.Until); err != nil {
			t.Errorf("%s %s: %v", b.Component, b.Version, err)
		}
		if !strings.HasPrefix(b.Source, "https://") {
			t.Errorf("%s %s: %q is no source that can be read", b.Component, b.Version, b.Source)
		}
		if k := [2]string{b.Component, b.Version}; seen[k] {
			t.Errorf("%s %s stands there twice", b.Component, b.Version)
		} else {
			seen[k] = true
		}
	}
	if n := tableLines(); n != len(endOfLife()) {
		t.Errorf("%d of %d lines were read", len(endOfLife()), n)
	}
}

func tableLines() int {
	n := 0
	for line := range strings.Lines(endOfLifeText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			n++
		}
	}
	return n
}
func TestPublished(t *testing.T)    { checktest.Run(t, Published) }
func TestNotShortened(t *testing.T) { checktest.Run(t, NotShortened) }
