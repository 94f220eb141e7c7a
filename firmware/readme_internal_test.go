package firmware

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadme holds the table of the README against the formats that are opened, and
// the fuzz targets in it against those that there are: nothing is missing on either side.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var named, fuzzed []string
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 7 {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			named = append(named, m[1])
		}
		fuzzed = append(fuzzed, regexp.MustCompile(`[a-z0-9]+\.Fuzz\w+`).FindAllString(cells[4], -1)...)
	}
	var opened []string
	for _, f := range formats() {
		opened = append(opened, f.Name)
	}
	same(t, "format", named, opened)
	same(t, "fuzz target", fuzzed, targets(t))
}

// targets are the fuzz targets of the readers.
func targets(t *testing.T) (all []string) {
	files, err := filepath.Glob("*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`).FindAllStringSubmatch(string(source), -1) {
			all = append(all, filepath.Dir(file)+"."+m[1])
		}
	}
	return all
}

// same wants each name of two lists in the other.
func same(t *testing.T, what string, inTable, there []string) {
	t.Helper()
	for _, name := range there {
		if !slices.Contains(inTable, name) {
			t.Errorf("%s %s is not in the table", what, name)
		}
	}
	for _, name := range inTable {
		if !slices.Contains(there, name) {
			t.Errorf("%s %s of the table is not there", what, name)
		}
	}
}
