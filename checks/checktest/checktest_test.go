package checktest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// door is a line "open NAME" or "open NAME CODE" of a file etc/doors.
type door struct {
	Name string         `json:"name"`
	Code facts.Secret   `json:"code"`
	At   assay.Location `json:"at"`
	Mode uint32         `json:"mode"`
}

var doorScan = &facts.Scan[door]{
	Name: "doors",
	Doc:  "Open doors.",
	Want: func(f *firmware.File) bool { return f.Name == "etc/doors" },
	See: func(f *firmware.File, content []byte) []door {
		var found []door
		for i, line := range strings.Split(string(content), "\n") {
			if name, ok := strings.CutPrefix(line, "open "); ok {
				name, code, _ := strings.Cut(name, " ")
				found = append(found, door{name, facts.NewSecret("code", code), facts.AtLine(f, i+1, 0, 0), uint32(f.Mode)})
			}
		}
		return found
	},
}

var weather = &facts.Given[string]{Name: "weather", Doc: "The weather.", Without: "nobody asked about the weather"}

var openDoor = &checks.Check{
	ID: "storage/open-door", Title: "no door is open", Principle: assay.Storage, Reads: "F",
	Severity: assay.High, Version: 1, Remedy: "Close it.", Needs: checks.Needs(doorScan, facts.Roots, weather),
	Doc: "# Open doors\n\n## Why a buyer should care\n\n## What is read\n\n## What it cannot see\n\n## How to fix\n",
	Run: func(c *checks.Context) checks.Judgement {
		if w, err := checks.Try(c, weather); err == nil && w == "rain" {
			return c.NotApplicable("nobody walks in the rain")
		}
		var found []assay.Finding
		for _, d := range checks.Ask(c, doorScan) {
			found = append(found, checks.Observed(assay.High, "door "+d.Name+" is open", d.At))
		}
		var examined []assay.Location
		for _, r := range checks.Ask(c, facts.Roots) {
			examined = append(examined, assay.Location{Path: r.Path})
		}
		return c.None(found, examined...)
	},
}

func TestRun(t *testing.T) { Run(t, openDoor) }

func TestSpec(t *testing.T) { Spec(t, []*checks.Check{openDoor}) }

// Each archive of testdata/bad has, before its first section, a text that must
// be among the problems.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			wanted, _, _ := strings.Cut(string(data), "\n")
			var problems []string
			a, err := readArchive(file)
			if err != nil {
				problems = []string{err.Error()}
			} else {
				problems = judge(t.Context(), openDoor, a, t.TempDir(), false)
			}
			if !strings.Contains(strings.Join(problems, "\n"), wanted) {
				t.Errorf("want %q among the problems, have:\n%s", wanted, strings.Join(problems, "\n"))
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.txtar")
	before := "-- etc/doors --\nopen cellar 1234\n-- want --\npass\n"
	if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	a, err := readArchive(file)
	if err != nil {
		t.Fatal(err)
	}
	if problems := judge(t.Context(), openDoor, a, t.TempDir(), true); len(problems) > 0 {
		t.Fatal(problems)
	}
	after, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "-- etc/doors --\nopen cellar 1234\n-- want --\nfail observed\nhigh etc/doors:1 door cellar is open\n"
	if string(after) != want {
		t.Errorf("rewritten as\n%s\nwant\n%s", after, want)
	}
}

func TestMissingKinds(t *testing.T) {
	if got := Missing(openDoor, map[string]int{"pass": 1}); len(got) != 2 {
		t.Errorf("with passes only, missing %q", got)
	}
	note := *openDoor
	note.Severity = assay.Info
	if got := Missing(&note, map[string]int{"pass": 1, "inconclusive": 1}); len(got) != 0 {
		t.Errorf("a check that only notes misses %q", got)
	}
}

func TestSpecify(t *testing.T) {
	for wanted, change := range map[string]func(*checks.Check){
		"not principle/name":         func(c *checks.Check) { c.ID = "storage/Open_Door" },
		"is not its principle":       func(c *checks.Check) { c.ID = "support/open-door" },
		"is not a principle":         func(c *checks.Check) { c.Principle = "doors" },
		"ends in a period":           func(c *checks.Check) { c.Title += "." },
		"starts with a capital":      func(c *checks.Check) { c.Title = "No door is open" },
		"not a sentence":             func(c *checks.Check) { c.Remedy = "" },
		"version is below 1":         func(c *checks.Check) { c.Version = 0 },
		"nothing to run":             func(c *checks.Check) { c.Run = nil },
		"letters of FDWR":            func(c *checks.Check) { c.Reads = "X" },
		"needs an image":             func(c *checks.Check) { c.Reads = "D" },
		"not sorted":                 func(c *checks.Check) { c.Provision = []string{"5.2-1", "5.1-1"} },
		"does not start with":        func(c *checks.Check) { c.Doc = "" },
		`no heading "## How to fix"`: func(c *checks.Check) { c.Doc = strings.Replace(c.Doc, "## How to fix\n", "", 1) },
		"cannot be stored":           func(c *checks.Check) { c.Needs = checks.Needs(facts.Tree) },
	} {
		c := *openDoor
		change(&c)
		if got := strings.Join(specify(&c), "\n"); !strings.Contains(got, wanted) {
			t.Errorf("want %q among the problems, have:\n%s", wanted, got)
		}
	}
	if got := specify(openDoor); len(got) > 0 {
		t.Errorf("a good check has problems: %q", got)
	}
}

func TestFolder(t *testing.T) {
	a, err := readArchive("testdata/open_door/closed.txtar")
	if err != nil {
		t.Fatal(err)
	}
	img, err := firmware.Open(t.Context(), firmware.Source{Name: "image", Folder: a.images[""].folder, Modes: true}, firmware.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := img.Containers[0]
	f, ok := c.Lookup("etc/link")
	if !ok || f.Name != "tmp/two" || f.UID != 7 || f.GID != 8 || f.Mode.String() != "urwxr-x---" {
		t.Fatalf("etc/link leads to %+v", f)
	}
	if data, err := f.ReadFile(); err != nil || string(data) != "\x7fELF" {
		t.Errorf("content %q, %v", data, err)
	}
}
