package checktest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

// Headings are the sections that the page of every check has, in this order.
var Headings = []string{
	"## Why a buyer should care",
	"## What is read",
	"## What it cannot see",
	"## How to fix",
}

// Spec holds every check to what people and other rooms rely on.
func Spec(t *testing.T, all []*checks.Check) {
	t.Helper()
	seen := map[assay.CheckID]bool{}
	var nodes []facts.Node
	for _, c := range all {
		for _, problem := range specify(c) {
			t.Errorf("%s: %s", c.ID, problem)
		}
		if seen[c.ID] {
			t.Errorf("%s: two checks have this id", c.ID)
		}
		seen[c.ID] = true
		nodes = append(nodes, c.Needs...)
	}
	if err := facts.Validate(nodes...); err != nil {
		t.Error(err)
	}
}

var goodID = regexp.MustCompile(`^[a-z]+/[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// specify says what is wrong with a check's metadata.
func specify(c *checks.Check) []string {
	var problems []string
	rule := func(holds bool, format string, args ...any) {
		if !holds {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	rule(goodID.MatchString(string(c.ID)), "the id is not principle/name in lower case")
	rule(c.Principle.Valid(), "%q is not a principle", c.Principle)
	rule(checks.Folder(c.ID) == string(c.Principle), "the id's folder is not its principle %q", c.Principle)
	rule(c.Title != "" && !strings.HasSuffix(c.Title, "."), "the title is empty or ends in a period")
	rule(c.Title == "" || !startsUpper(c.Title), "the title starts with a capital letter: %q", c.Title)
	rule(strings.HasSuffix(c.Remedy, "."), "the remedy is not a sentence")
	rule(c.Version >= 1, "the version is below 1")
	rule(c.Run != nil, "there is nothing to run")
	rule(c.Reads != "" && strings.Trim(string(c.Reads), "FDWR") == "", "it reads %q, want letters of FDWR", c.Reads)
	rule(strings.Contains(string(c.Reads), "F") == c.NeedsImage(), "it reads %q, but needs an image: %t", c.Reads, c.NeedsImage())
	rule(slices.IsSorted(c.Provision), "the provisions are not sorted")
	return append(append(problems, page(c)...), storable(c)...)
}

// startsUpper reports a capital word; a name such as SSH or TLS is none.
func startsUpper(s string) bool {
	first, _, _ := strings.Cut(s, " ")
	return unicode.IsUpper([]rune(first)[0]) && strings.ToUpper(first) != first
}

// page says what is wrong with a check's page.
func page(c *checks.Check) []string {
	var problems []string
	if !strings.HasPrefix(c.Doc, "# ") {
		problems = append(problems, "the page does not start with a title")
	}
	at := 0
	for _, h := range Headings {
		i := strings.Index(c.Doc[at:], h+"\n")
		if i < 0 {
			problems = append(problems, fmt.Sprintf("the page has no heading %q (order: %s)", h, strings.Join(Headings, ", ")))
			continue
		}
		at += i + len(h)
	}
	return problems
}

// storable says which facts a check needs directly that cannot stand in an
// assessment: those of the tree itself hold pointers into the image.
func storable(c *checks.Check) []string {
	var errs []error
	for _, n := range c.Needs {
		if n == facts.Node(facts.Tree) || n == facts.Node(facts.Texts) {
			errs = append(errs, fmt.Errorf("it needs %s, which cannot be stored: need a fact that is made of it", n.ID()))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return []string{err.Error()}
	}
	return nil
}
