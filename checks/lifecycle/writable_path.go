package lifecycle

import (
	_ "embed"
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed writable_path.md
var writablePathDoc string

// WritablePath fails an image in which everyone may change programs or settings.
var WritablePath = &checks.Check{
	ID:        "lifecycle/writable-path",
	Title:     "nobody but their owner may change programs and settings",
	Doc:       writablePathDoc,
	Remedy:    "Take the write permission for others off (chmod o-w).",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.6-7"},
	Version:   2,
	Needs:     checks.Needs(facts.WritableTrees, facts.Roots),
	Run:       writablePath,
}

func writablePath(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, t := range checks.Ask(c, facts.WritableTrees) {
		severity := assay.Low
		if t.Program {
			severity = assay.High
		}
		found = append(found, checks.Observed(severity, writableMessage(t), t.Places...))
	}
	return withModes(c, found)
}

func writableMessage(t facts.WritableTree) string {
	switch {
	case t.Name == "":
		return fmt.Sprintf("most of the root file system is writable by everyone: %d files and %d folders", t.Files, t.Folders)
	case !t.Folder:
		return "file " + t.Name + " is writable by everyone"
	case t.Files+t.Folders > 1:
		return fmt.Sprintf("folder %s is writable by everyone, and %d files and folders in it", t.Name, t.Files+t.Folders-1)
	}
	return "folder " + t.Name + " is writable by everyone"
}
