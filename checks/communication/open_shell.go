package communication

import (
	_ "embed"
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed open_shell.md
var openShellDoc string

// OpenShell fails an image whose boot hands out a shell over a network to
// whoever is there.
var OpenShell = &checks.Check{
	ID:        "communication/open-shell",
	Title:     "no shell is handed out over a network without a login",
	Doc:       openShellDoc,
	Remedy:    "Take the command out of the boot; where remote access is needed use SSH with keys.",
	Principle: assay.Communication,
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.5-5"},
	Version:   8,
	Needs:     checks.Needs(facts.RemoteShells, facts.Inits),
	Run:       openShell,
}

func openShell(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, s := range checks.Ask(c, facts.RemoteShells) {
		severity := assay.Critical
		if !s.Certain {
			severity = assay.High
		}
		found = append(found, checks.Observed(severity, s.Program+shellWay(s), s.Places...))
	}
	return c.NoneStarted(checks.Merged(found), checks.Ask(c, facts.Inits))
}

func shellWay(s facts.RemoteShell) string {
	switch {
	case s.Visitor:
		return " runs what its visitor writes"
	case s.Outward:
		return " connects to another machine and gives it a shell"
	case s.Port != 0:
		return fmt.Sprintf(" gives a shell without a login on port %d", s.Port)
	}
	return " gives a shell without a login"
}
