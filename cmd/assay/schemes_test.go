package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
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

// What can be seen without an image is what the checks that schemes name can see
// by what they read; those that advise today may decide in another scheme.
func TestPrinciplesOutside(t *testing.T) {
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all.All() {
		for _, q := range s.Requirements {
			for _, id := range slices.Concat(q.Required, q.AnyOf, q.Advisory) {
				i := slices.IndexFunc(catalogue.Checks(), func(c *checks.Check) bool { return c.ID == id })
				reads := string(catalogue.Checks()[i].Reads)
				if !strings.Contains(reads, "F") && strings.ContainsAny(reads, "WR") && !labels.Outside(q.Principle) {
					t.Errorf("%s:%s names %s, which reads %s: labels/proofs.go must let %s be seen without an image", s.ID, q.ID, id, reads, q.Principle)
				}
			}
		}
	}
}
