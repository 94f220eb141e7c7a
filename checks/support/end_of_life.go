package support

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// EndOfLife is the table of the days on which lines of releases ended, as it is built
// in.
func EndOfLife() string { return endOfLifeText }

//go:embed end_of_life.txt
var endOfLifeText string

// endOfLife is the table of branches that the program carries. A test reads it.
var endOfLife = sync.OnceValue(func() []advisories.Branch {
	all, err := advisories.ReadBranches(endOfLifeText)
	if err != nil {
		panic(err)
	}
	return all
})

// branches is the table that counts: that of a data set, if it has one.
func branches(c *checks.Context) []advisories.Branch {
	if own, err := checks.Try(c, advisories.EndOfLife); err == nil {
		return own
	}
	return endOfLife()
}

// branchOf finds the branch of a component: 3.18 is that of 3.18.140, not of 3.180,
// and of two the longer one. A system that the table does not know has the branch of
// the one that it was made from.
func branchOf(table []advisories.Branch, c inventory.Component) (advisories.Branch, bool) {
	version := c.Version
	if _, after, ok := strings.Cut(version, ":"); ok { // the epoch of a package
		version = after
	}
	version = strings.TrimPrefix(version, "v")
	var best advisories.Branch
	for _, b := range table {
		rest, ok := strings.CutPrefix(version, b.Version)
		if ok && (rest == "" || rest[0] < '0' || rest[0] > '9') && len(b.Version) > len(best.Version) && named(c, b.Component) {
			best = b
		}
	}
	if best.Component == "" && c.Base != "" {
		name, version, _ := strings.Cut(c.Base, " ")
		return branchOf(table, inventory.Component{Name: name, Version: version, Kind: c.Kind})
	}
	return best, best.Component != ""
}

// named compares by project: libssl3 is of openssl. A system goes by its own
// name only; of the packages of languages only Go's library is in the table.
func named(c inventory.Component, name string) bool {
	switch {
	case c.OfLanguage() && c.Kind != inventory.KindModule:
		return false
	case c.Kind == inventory.KindModule || c.Kind == inventory.KindSystem:
		return strings.EqualFold(c.Name, name)
	}
	return c.Named(name)
}
