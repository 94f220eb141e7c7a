package lifecycle

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/builds"
)

//go:embed debug_leftover.md
var debugLeftoverDoc string

// DebugLeftover fails an image with files of its developers.
var DebugLeftover = &checks.Check{
	ID:        "lifecycle/debug-leftover",
	Title:     "nothing of the developers' work was left in the image",
	Doc:       debugLeftoverDoc,
	Remedy:    "Build the image from a clean folder, and leave debuggers and compilers out of it.",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware,
	Severity:  assay.Medium,
	Provision: []string{"5.6-6"},
	Version:   3,
	Needs:     checks.Needs(builds.Leftovers, facts.RootPlaces),
	Run:       debugLeftover,
}

func debugLeftover(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, l := range checks.Ask(c, builds.Leftovers) {
		severity := assay.Medium
		switch l.Kind {
		case builds.DebugProgram, builds.EditorBackup, builds.OldCopy, builds.FolderView:
			severity = assay.Low
		}
		found = append(found, checks.Observed(checks.Graded(severity, l.Location), string(l.Kind)+": "+l.Name, l.Location))
	}
	return c.None(checks.Merged(found), checks.Ask(c, facts.RootPlaces)...)
}
