package advisories

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
)

// endOfLifeFile is the name of the table in a data set.
const endOfLifeFile = "end-of-life.txt"

// maxTable is the size in bytes of the largest table.
const maxTable = 4 << 20

// Branch is a line of releases that its makers support up to a day.
type Branch struct {
	Component string `json:"component"`
	Version   string `json:"version"`
	Until     string `json:"until"` // last day
	Source    string `json:"source"`
}

// EndOfLife is the table of ends of support that came with the data set.
var EndOfLife = &facts.Given[[]Branch]{
	Name:    "end-of-life",
	Doc:     "The table of ends of support of a data set, in place of the program's own.",
	Without: "the data set has no table of ends of support",
}

// ReadBranches reads a table: lines of component, branch, last day and source.
// Lines that are empty or start with # are comments.
func ReadBranches(text string) ([]Branch, error) {
	var all []Branch
	n := 0
	days := map[[2]string]string{}
	for l := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		w := strings.Fields(l)
		if len(w) == 0 || strings.HasPrefix(w[0], "#") {
			continue
		}
		if len(w) != 4 {
			return nil, fmt.Errorf("line %d: want component, branch, last day and source, have %d words", n, len(w))
		}
		if _, err := assay.Date(w[2]); err != nil {
			return nil, fmt.Errorf("line %d: %q is not a date", n, w[2])
		}
		if day := days[[2]string{w[0], w[1]}]; day != "" && day != w[2] {
			return nil, fmt.Errorf("line %d: another line says %s of %s %s", n, day, w[0], w[1])
		}
		days[[2]string{w[0], w[1]}] = w[2]
		all = append(all, Branch{w[0], w[1], w[2], w[3]})
	}
	return all, nil
}
