package catalogue

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/checktest"
)

var listedCheck = regexp.MustCompile(`(?m)^\t\t([a-z]+)\.(\w+),$`)

// TestCoverage is the table of the catalogue's rows and their tests: each has
// fixtures that are right, wrong and irrelevant (there is nothing to judge, or not
// enough), a test that runs them, and a scheme that asks for it or the mark
// "informative". go test -v shows it.
func TestCoverage(t *testing.T) {
	source, err := os.ReadFile("catalogue.go")
	if err != nil {
		t.Fatal(err)
	}
	names := listedCheck.FindAllStringSubmatch(string(source), -1)
	if len(names) != len(Checks()) {
		t.Fatalf("%d names of %d checks in catalogue.go", len(names), len(Checks()))
	}
	asking, err := schemesOf()
	if err != nil {
		t.Fatal(err)
	}
	table := fmt.Sprintf("%-34s %5s %5s %10s %5s  %s\n", "check", "right", "wrong", "irrelevant", "open", "schemes")
	sum := map[string]int{}
	for i, c := range Checks() {
		kinds, err := checktest.Kinds("..", c)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range checktest.Missing(c, kinds) {
			t.Errorf("%s: %s", c.ID, problem)
		}
		if !isRun(t, names[i][1], names[i][2]) {
			t.Errorf("%s: no test in checks/%s runs its fixtures with checktest.Run", c.ID, names[i][1])
		}
		if (len(asking[c.ID]) == 0) != c.Informative {
			t.Errorf("%s: informative is %t, and %d schemes ask for it", c.ID, c.Informative, len(asking[c.ID]))
		}
		table += row(string(c.ID), kinds, demanded(asking[c.ID]))
		for kind, n := range kinds {
			sum[kind] += n
		}
	}
	t.Log("\n" + table + row(fmt.Sprintf("%d checks", len(names)), sum, ""))
}

func row(name string, kinds map[string]int, schemes string) string {
	return fmt.Sprintf("%-34s %5d %5d %10d %5d  %s\n", name,
		kinds[assay.Pass.String()], kinds[assay.Fail.String()], kinds[assay.NotApplicable.String()], kinds[assay.Inconclusive.String()], schemes)
}

// isRun reports whether a test of the package runs the fixtures of its check.
func isRun(t *testing.T, pkg, name string) bool {
	files, err := filepath.Glob(filepath.Join("..", pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "checktest.Run(t, "+name+")") {
			return true
		}
	}
	return false
}
