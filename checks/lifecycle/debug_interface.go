package lifecycle

import (
	_ "embed"
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/kernel"
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
	Version:   7,
	Needs:     checks.Needs(facts.Consoles, facts.LoaderPrompts, kernel.LoaderLines, facts.Inits),
	Run:       debugInterface,
}

func debugInterface(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, k := range checks.Ask(c, facts.Consoles) {
		switch {
		case k.Shell == facts.No:
		case k.Shell == facts.Unknown:
			found = append(found, checks.Observed(assay.Low, consoleName(k)+" runs a login program that is not known", k.Location))
		case k.Device == "kgdb":
			found = append(found, checks.Observed(assay.Medium, "the kernel command line opens the kernel's debugger on a serial line ("+k.Program+")", k.Location))
		case k.Device == "kernel" && k.Uncertain:
			found = append(found, checks.Observed(assay.Medium, "the kernel command line starts a shell under a condition ("+k.Program+")", k.Location))
		case k.Device == "kernel":
			found = append(found, checks.Observed(assay.High, "the kernel command line starts a shell ("+k.Program+")", k.Location))
		case k.Device == "adb":
			found = append(found, checks.Observed(assay.High, "the build is for debugging and gives root over the debug bridge", k.Location))
		case k.Failsafe:
			found = append(found, checks.Observed(assay.Low, "failsafe mode gives a shell without a password to whoever calls it while the device starts", k.Location))
		case k.Virtual:
			found = append(found, checks.Observed(assay.Low, consoleName(k)+" gives a shell without a password", k.Location))
		case k.Uncertain:
			found = append(found, checks.Observed(assay.Medium, consoleName(k)+" gives a shell without a password under a condition", k.Location))
		default:
			found = append(found, checks.Observed(assay.High, consoleName(k)+" gives a shell without a password", k.Location))
		}
	}
	for _, p := range checks.Ask(c, facts.LoaderPrompts) {
		found = append(found, loaderPrompt(p)...)
	}
	for _, l := range checks.Ask(c, kernel.LoaderLines) {
		found = append(found, loaderLine(l))
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

// loaderPrompt judges the prompt of the boot loader. How it was built is not in
// the image: it may ask for a word all the same, and an environment that is made
// anew may be another on the device.
func loaderPrompt(p facts.LoaderPrompt) []assay.Finding {
	severity, message := assay.Medium, fmt.Sprintf("a key on the serial console stops the boot within %d s and gives the prompt of the boot loader", p.Delay)
	switch {
	case !p.Open():
		return nil
	case p.Delay < 0:
		severity, message = assay.High, "the boot loader starts nothing and gives its prompt on the serial console"
	case p.Delay == 0:
		message = "a key that is held on the serial console stops the boot and gives the prompt of the boot loader"
	}
	if !p.Stored {
		severity = assay.Low
	}
	return []assay.Finding{checks.Observed(severity, message, p.Location)}
}

// loaderLine judges how the boot loader of a microcontroller was built. Which fuses
// are blown is not in the image.
func loaderLine(l kernel.LoaderLine) assay.Finding {
	severity, message := assay.Info, "the boot loader closes JTAG when it switches secure boot on"
	switch l.Kind {
	case kernel.JTAGLeft:
		severity, message = assay.Medium, "the boot loader is built to leave JTAG open when it switches secure boot on"
	case kernel.DownloadLeft:
		severity, message = assay.Low, "the boot loader is built to leave the download mode of the chip open when it switches secure boot on"
	case kernel.SerialRecovery:
		severity, message = assay.Low, "the boot loader takes images over its serial line (serial recovery of MCUboot)"
	}
	return checks.Observed(severity, message, l.Location)
}
