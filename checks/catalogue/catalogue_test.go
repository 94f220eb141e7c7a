package catalogue

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/checktest"
)

var update = flag.Lookup("update") // defined by checktest

func TestChecks(t *testing.T) {
	all := Checks()
	checktest.Spec(t, all)
	if !slices.IsSortedFunc(all, func(a, b *checks.Check) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
		t.Error("the list is not sorted by id")
	}
}

// A check that is written but not listed would be silently left out.
func TestComplete(t *testing.T) {
	listed := map[string]bool{}
	for _, c := range Checks() {
		_, name, _ := strings.Cut(string(c.ID), "/")
		listed[string(c.Principle)+"/"+strings.ReplaceAll(name, "-", "_")] = true
	}
	pages, err := filepath.Glob("../*/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	written := map[string]bool{}
	for _, page := range pages {
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(page), "../"), ".md")
		written[id] = true
		if !listed[id] {
			t.Errorf("%s.md is the page of no check in the list", id)
		}
	}
	for id := range listed {
		if !written[id] {
			t.Errorf("%s.md is missing: the page lies beside the check and has its name", id)
		}
		if fixtures, _ := filepath.Glob(filepath.Join("..", filepath.Dir(id), "testdata", filepath.Base(id), "*.txtar")); len(fixtures) == 0 {
			t.Errorf("%s has no fixtures", id)
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range Checks() {
		if got, err := Find(string(c.ID)); err != nil || got != c {
			t.Errorf("Find(%q) = %v, %v", c.ID, got, err)
		}
	}
	for written, meant := range map[string]string{
		"disclosure/polcy": `did you mean "disclosure/policy"?`,
		"support/enddate":  `did you mean "support/end-date"?`,
		"end-date":         `did you mean "support/end-date"?`,
		"Support/End-Date": `did you mean "support/end-date"?`,
		"storage/policy":   `did you mean "disclosure/policy"?`,
	} {
		_, err := Find(written)
		if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), meant) {
			t.Errorf("Find(%q) says %v, want %s", written, err, meant)
		}
	}
	for _, written := range []string{"", "/", "something else", strings.Repeat("x", 1000)} {
		if _, err := Find(written); err == nil || strings.Contains(err.Error(), "mean") {
			t.Errorf("Find(%.20q) says %v, want no suggestion", written, err)
		}
	}
}

func TestReadme(t *testing.T) {
	const file = "../README.md"
	want, err := Readme()
	if err != nil {
		t.Fatal(err)
	}
	if update.Value.String() == "true" {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("checks/README.md is not current: run go generate ./checks/...")
	}
}
