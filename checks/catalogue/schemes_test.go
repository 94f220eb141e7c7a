package catalogue

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/assay-iot/assay/schema/product"
	"github.com/assay-iot/assay/schema/scheme"
)

// Schemes know checks by their ids only: each id must be one that there is, and
// each path one that a product file can describe.
func TestSchemesNameWhatThereIs(t *testing.T) {
	words := scheme.Vocabulary{Paths: scheme.Paths(product.Product{}, product.Manufacturer{})}
	for _, c := range Checks() {
		words.Checks = append(words.Checks, c.ID)
	}
	files, err := filepath.Glob("../../schema/scheme/data/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal("no schemes", err)
	}
	for _, f := range files {
		if _, _, diags := scheme.Load(f, words); diags.HasErrors() {
			t.Error(diags)
		}
	}
}

// A check that no scheme uses must say so, and one that says so must be right.
func TestChecksAreUsed(t *testing.T) {
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Checks() {
		if uses := all.Uses(c.ID); (len(uses) == 0) != c.Informative {
			t.Errorf("%s is used by %v, and informative is %t", c.ID, uses, c.Informative)
		}
	}
}

// What a check says that it bears on must be a provision.
func TestProvisionsExist(t *testing.T) {
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
