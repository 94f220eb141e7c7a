package scheme_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/product"
	"github.com/assay-iot/assay/schema/scheme"
)

func bundled(t testing.TB) scheme.Catalogue {
	t.Helper()
	c, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func inForce(t testing.TB, id string) *scheme.Scheme {
	t.Helper()
	s, err := bundled(t).InForce(id, day)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ids(s *scheme.Scheme) []string {
	var out []string
	for _, q := range s.Requirements {
		out = append(out, q.ID)
	}
	return out
}

// provisions lists EN 303 645 V3.1.3, Table B.1, in its order.
const provisions = `5.0-1 5.1-1 5.1-2 5.1-2A 5.1-3 5.1-4 5.1-5 5.2-1 5.2-2 5.2-3
5.3-1 5.3-2 5.3-3 5.3-4A 5.3-4B 5.3-5 5.3-6A 5.3-6B 5.3-7 5.3-8 5.3-9 5.3-10 5.3-11 5.3-12 5.3-13 5.3-14 5.3-15A 5.3-15B 5.3-16
5.4-1 5.4-2 5.4-3 5.4-4 5.5-1 5.5-2 5.5-3 5.5-4 5.5-5 5.5-6 5.5-7 5.5-8
5.6-1 5.6-2 5.6-3 5.6-4A 5.6-4B 5.6-5 5.6-6 5.6-7 5.6-8 5.6-9 5.7-1 5.7-2 5.8-1 5.8-2 5.8-3 5.9-1 5.9-2 5.9-3 5.10-1
5.11-1 5.11-2 5.11-3 5.11-4 5.12-1 5.12-2 5.12-3 5.13-1A 5.13-1B
6-1 6-2 6-3A 6-3B 6-4 6-5 6-6 6-7 6-8`

// recommended lists those of them that are recommendations.
const recommended = `5.1-2A 5.2-2 5.2-3 5.3-1 5.3-4A 5.3-4B 5.3-5 5.3-6A 5.3-6B 5.3-9 5.3-11 5.3-12 5.3-14 5.3-15A 5.3-15B
5.5-2 5.5-3 5.5-4 5.5-6 5.6-3 5.6-4B 5.6-5 5.6-6 5.6-7 5.6-8 5.6-9 5.7-1 5.7-2 5.8-1 5.9-1 5.9-2 5.9-3 5.10-1
5.11-2 5.11-3 5.11-4 5.12-1 5.12-2 5.12-3 6-4 6-7 6-8`

func TestEN303645HasAllProvisions(t *testing.T) {
	s := inForce(t, "etsi-en-303-645")
	if want := strings.Fields(provisions); !slices.Equal(ids(s), want) || len(want) != 78 {
		t.Errorf("got %d provisions %v\nwant %d %v", len(s.Requirements), ids(s), len(want), want)
	}
	want := strings.Fields(recommended)
	mandatory, others := 0, 0
	for _, q := range s.Requirements {
		if q.Status.Mandatory() {
			mandatory++
		} else {
			others++
		}
		if q.Status.Mandatory() == slices.Contains(want, q.ID) {
			t.Errorf("%s has status %s", q.ID, q.Status)
		}
	}
	if mandatory != 36 || others != 42 {
		t.Errorf("got %d mandatory and %d recommended, want 36 and 42", mandatory, others)
	}
}

// TestDisputedConditions holds what is encoded where the sources do not agree on
// the letter: a status that says that there is a condition, and a rule that holds
// under every letter, so that nothing is inapplicable that one of them demands.
func TestDisputedConditions(t *testing.T) {
	const cannot = `!any(has("update.mechanism"), has("update.automatic"), has("update.from"), has("update.offline"))`
	s := inForce(t, "etsi-en-303-645")
	for id, want := range map[string][2]string{
		"5.3-4B":  {"R F (h)", `has("update.mechanism")`},
		"5.3-6A":  {"R F (h)", `has("update.mechanism")`},
		"5.3-6B":  {"R F (i)", `has("update.mechanism")`},
		"5.3-15A": {"R C (3)", cannot},
		"5.3-15B": {"R C (3)", cannot},
		"5.6-4B":  {"R F (r)", `has("interface.kind=debug")`},
	} {
		if q, ok := s.Find(id); !ok || string(q.Status) != want[0] || q.When.String() != want[1] {
			t.Errorf("%s: found %v, status %q, condition %q", id, ok, q.Status, q.When)
		}
	}
}

// unspoken lists the provisions whose printed condition no product file can speak
// of: software that is immutable (f), a resource constraint (15), and a mechanism
// other than secure boot (s).
var unspoken = []string{"5.3-1", "5.3-2", "5.7-2"}

// TestConditionsFitStatus holds that EN 303 645 is conditional where it prints a
// condition, and only there.
func TestConditionsFitStatus(t *testing.T) {
	for _, q := range inForce(t, "etsi-en-303-645").Requirements {
		if q.When != nil && !q.Status.Conditional() {
			t.Errorf("%s has a condition, but its status is %s", q.ID, q.Status)
		}
		if q.When == nil && q.Status.Conditional() != slices.Contains(unspoken, q.ID) {
			t.Errorf("%s has the status %s and no condition", q.ID, q.Status)
		}
	}
}

func TestPrinciplesOfThePlatformStatement(t *testing.T) {
	s := inForce(t, "platform-statement")
	var want []string
	for _, p := range assay.Principles() {
		want = append(want, string(p))
		if q, ok := s.Find(string(p)); !ok || q.Principle != p || !q.Status.Mandatory() {
			t.Errorf("principle %s has no mandatory requirement of its own", p)
		}
	}
	if !slices.Equal(ids(s), want) {
		t.Errorf("got %v, want %v", ids(s), want)
	}
}

func TestUKPSTIHasThreeRequirements(t *testing.T) {
	s := inForce(t, "uk-psti")
	if got := ids(s); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("got %v", got)
	}
}

// TestEveryPrincipleIsServed holds that EN 303 645 speaks to each principle too.
func TestEveryPrincipleIsServed(t *testing.T) {
	served := map[assay.Principle]bool{}
	for _, q := range inForce(t, "etsi-en-303-645").Requirements {
		served[q.Principle] = true
	}
	for _, p := range assay.Principles() {
		if !served[p] {
			t.Errorf("no provision serves %s", p)
		}
	}
}

// TestPathsAreOfTheProductLanguage holds that every path in the data is one that a
// product file can describe, and every check one that there is.
func TestPathsAreOfTheProductLanguage(t *testing.T) {
	words := scheme.Vocabulary{Paths: scheme.Paths(product.Product{}, product.Manufacturer{})}
	for id := range checkProofs {
		words.Checks = append(words.Checks, id)
	}
	files, _ := filepath.Glob("data/*.hcl")
	for _, f := range files {
		if _, _, diags := scheme.Load(f, words); diags.HasErrors() {
			t.Error(diags)
		}
	}
	if len(files) != len(bundled(t).All()) {
		t.Errorf("there are %d files and %d schemes", len(files), len(bundled(t).All()))
	}
}

// TestListing compares what "assay schemes --format json" writes.
func TestListing(t *testing.T) {
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(bundled(t).List()); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/listing.json"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the listing differs from %s; look at it, then run go test -update", golden)
	}
}

// TestEditionsAreWhole holds what every scheme of ours must say of itself.
func TestEditionsAreWhole(t *testing.T) {
	want := map[string]string{
		"etsi-en-303-645":    "V3.1.3",
		"platform-statement": "2019-11-14",
		"uk-psti":            "SI 2023/1007 as amended by SI 2025/211 and SI 2025/1267",
	}
	c := bundled(t)
	if len(c.All()) != len(want) {
		t.Errorf("got %d schemes, want %d", len(c.All()), len(want))
	}
	for id, edition := range want {
		s, err := c.Find(id, edition)
		if err != nil {
			t.Error(err)
			continue
		}
		if from, err := s.From.First(); err != nil || from.After(day) {
			t.Errorf("%s begins on %s, %v", id, from.Format(time.DateOnly), err)
		}
	}
}
