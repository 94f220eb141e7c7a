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
// fixtures that are right, wrong and irrelevant, and a test that runs them. go test
// -v shows it.
func TestCoverage(t *testing.T) {
	source, err := os.ReadFile("catalogue.go")
	if err != nil {
		t.Fatal(err)
	}
	names := listedCheck.FindAllStringSubmatch(string(source), -1)
	if len(names) != len(Checks()) {
		t.Fatalf("%d names of %d checks in catalogue.go", len(names), len(Checks()))
	}
	table := fmt.Sprintf("%-34s %5s %5s %10s %5s\n", "check", "right", "wrong", "irrelevant", "open")
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
		table += fmt.Sprintf("%-34s %5d %5d %10d %5d\n", c.ID,
			kinds[assay.Pass.String()], kinds[assay.Fail.String()], kinds[assay.NotApplicable.String()], kinds[assay.Inconclusive.String()])
	}
	t.Log("\n" + table)
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
