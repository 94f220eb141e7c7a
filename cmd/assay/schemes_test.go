package main

import (
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/schema/scheme"
)

// A label's verifier knows the schemes that come with the program by their names.
func TestTitlesOfSchemes(t *testing.T) {
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all.All() {
		if name, known := labels.Title(s.ID, s.Edition); !known || name != s.Title {
			t.Errorf("labels/schemes.go calls %s (%s) %q, known %v; its name is %q", s.ID, s.Edition, name, known, s.Title)
		}
	}
}
