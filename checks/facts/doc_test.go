package facts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The layout in the package's documentation names what each file is of: a name
// that is not there has no place yet, and one without files is out of date.
func TestLayout(t *testing.T) {
	named := namedUnder(t, "Layout")
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, name := range files {
		stem, _, _ := strings.Cut(strings.TrimSuffix(name, ".go"), "_")
		if !slices.Contains(named, stem) && stem != "doc" {
			t.Errorf("%s: the layout in doc.go has no %q: name the file by its fact, or a new fact there", name, stem)
		}
		there = append(there, stem)
	}
	for _, n := range named {
		if !slices.Contains(there, n) {
			t.Errorf("doc.go: the layout has %q, and no file begins with it", n)
		}
	}
}

// Likewise the folders: each is a room that knows no fact, or one of facts that none here
// needs, and the documentation names it.
func TestRooms(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "testdata" {
			there = append(there, e.Name())
		}
	}
	named := append(namedUnder(t, "Rooms below"), namedUnder(t, "Rooms above")...)
	if slices.Sort(named); !slices.Equal(named, there) {
		t.Errorf("doc.go names the rooms %q; there are %q", named, there)
	}
}

// namedUnder gives what the lists under a heading of the package's documentation name.
func namedUnder(t *testing.T, heading string) []string {
	t.Helper()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(doc), "// # "+heading+"\n")
	text, _, _ = strings.Cut(text, "\n// # ")
	var named []string
	for _, line := range regexp.MustCompile(`(?m)^//   - (.*)$`).FindAllStringSubmatch(text, -1) {
		list, _, _ := strings.Cut(line[1], ": ")
		named = append(named, strings.Split(list, ", ")...)
	}
	return named
}
