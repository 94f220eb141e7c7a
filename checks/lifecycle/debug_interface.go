package lifecycle

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed debug_interface.md
var debugInterfaceDoc string

// DebugInterface fails an image that gives a shell to whoever opens the case.
var DebugInterface = &checks.Check{
	ID:        "lifecycle/debug-interface",
	Title:     "no console gives a shell without a password",
	Doc:       debugInterfaceDoc,
	Remedy:    "Take the shell off the console, or ask for a login that is unique to the device.",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.6-4A"},
	Version:   2,
	Needs:     checks.Needs(facts.Consoles, facts.Inits),
	Run:       debugInterface,
}

func debugInterface(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, k := range checks.Ask(c, facts.Consoles) {
		switch {
		case k.Shell == facts.No:
		case k.Shell == facts.Unknown:
			found = append(found, checks.Observed(assay.Low, consoleName(k)+" runs a login program that is not known", k.Location))
		case k.Device == "kernel":
			found = append(found, checks.Observed(assay.High, "the kernel command line starts a shell ("+k.Program+")", k.Location))
		case k.Device == "adb":
			found = append(found, checks.Observed(assay.High, "the build is for debugging and gives root over the debug bridge", k.Location))
		case k.Virtual:
			found = append(found, checks.Observed(assay.Low, consoleName(k)+" gives a shell without a password", k.Location))
		case k.Uncertain:
			found = append(found, checks.Observed(assay.Medium, consoleName(k)+" gives a shell without a password under a condition", k.Location))
		default:
			found = append(found, checks.Observed(assay.High, consoleName(k)+" gives a shell without a password", k.Location))
		}
	}
	return c.NoneStarted(checks.Merged(found), checks.Ask(c, facts.Inits)).WithDeclared(declaredDebug(c.Product)...)
}

func consoleName(k facts.Console) string {
	switch {
	case k.Device == "" || k.Device == "console":
		return "the system console"
	case k.Virtual:
		return "screen " + k.Device
	}
	return "serial console " + k.Device
}
