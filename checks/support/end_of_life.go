package support

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/assay-iot/assay/checks/facts"
)

//go:embed end_of_life.txt
var endOfLifeText string

// branch is a line of releases that its makers support up to a day.
type branch struct{ component, version, until, source string }

// endOfLife is the table of branches.
var endOfLife = sync.OnceValue(func() []branch { return readBranches(endOfLifeText) })

// readBranches reads lines of four words; others are comments.
func readBranches(text string) []branch {
	var all []branch
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		if len(w) == 4 && w[0] != "#" {
			all = append(all, branch{w[0], w[1], w[2], w[3]})
		}
	}
	return all
}

// branchOf finds the branch of a component: 3.18 is that of 3.18.140, not of 3.180.
func branchOf(c facts.Component) (branch, bool) {
	version := c.Version
	if _, after, ok := strings.Cut(version, ":"); ok { // the epoch of a package
		version = after
	}
	version = strings.TrimPrefix(version, "v")
	for _, b := range endOfLife() {
		rest, ok := strings.CutPrefix(version, b.version)
		if ok && (rest == "" || rest[0] < '0' || rest[0] > '9') && named(c, b.component) {
			return b, true
		}
	}
	return branch{}, false
}

// named compares by project: libssl3 is of openssl. A system goes by its own
// name only; of the packages of languages only Go's library is in the table.
func named(c facts.Component, name string) bool {
	switch {
	case c.OfLanguage() && c.Kind != facts.KindModule:
		return false
	case c.Kind == facts.KindModule || c.Kind == facts.KindSystem:
		return strings.EqualFold(c.Name, name)
	}
	return c.Named(name)
}
