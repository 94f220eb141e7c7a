package catalogue

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/checktest"
	"github.com/assay-iot/assay/checks/facts"
)

var listedCheck = regexp.MustCompile(`(?m)^\t\t([a-z]+)\.(\w+),$`)

// TestCoverage is the table of the catalogue's rows and their tests: each has
// fixtures that are right and wrong; irrelevant ones where it has a condition for its
// question to arise, and open ones where it reads an image; a test that runs them, and
// a scheme that asks for it or the mark "informative". go test -v shows it.
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
		if asksWhetherItApplies(t, c) && kinds[assay.NotApplicable.String()] == 0 {
			t.Errorf("%s: it can be not-applicable, and no fixture is", c.ID)
		}
		if c.NeedsImage() && kinds[assay.Inconclusive.String()] == 0 {
			t.Errorf("%s: it reads an image, and no fixture leaves its question open", c.ID)
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

// asksWhetherItApplies reports whether a check has a condition of its own for its
// question to arise: a feature that the product or the image may lack. An image that
// is declared opaque as a whole makes every check not-applicable; TestOpaque has that.
func asksWhetherItApplies(t *testing.T, c *checks.Check) bool {
	t.Helper()
	_, name, _ := strings.Cut(string(c.ID), "/")
	text, err := os.ReadFile(filepath.Join("..", string(c.Principle), strings.ReplaceAll(name, "-", "_")+".go"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), "NotApplicable(")
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

// TestChecksOfScripts: a check that finds its answer in the commands of scripts, and may
// pass, is left open where one was not followed to its end.
func TestChecksOfScripts(t *testing.T) {
	beside := map[assay.CheckID]string{ // scripts only tell them more about what they find elsewhere
		"communication/ssh-configuration": "settings", "credentials/empty-password": "the boot", "credentials/extra-root": "the boot",
		"credentials/weak-hash": "accounts", "deletion/reset-coverage": "inconclusive where a reset is not known", "personaldata/residue": "files",
		"storage/file-mode": "files", "updates/rollback": "signatures", "updates/signature-strength": "signatures",
	}
	for _, c := range Checks() {
		reads := slices.ContainsFunc(facts.Closure(c.Needs...), func(n facts.Node) bool { return n.ID() == facts.Scripts.ID() })
		open := slices.Contains(c.Needs, facts.Node(facts.CutScripts))
		if _, ok := beside[c.ID]; reads && !open && !ok || open && ok {
			t.Errorf("%s reads scripts and does not ask whether all were followed", c.ID)
		}
	}
}
