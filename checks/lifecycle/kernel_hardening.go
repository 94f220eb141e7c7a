package lifecycle

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/kernel"
)

//go:embed kernel_hardening.md
var kernelHardeningDoc string

// KernelHardening notes options of the kernel that would make attacks harder.
var KernelHardening = &checks.Check{
	ID:        "lifecycle/kernel-hardening",
	Title:     "the configuration of the kernel was examined for options that harden it",
	Doc:       kernelHardeningDoc,
	Remedy:    "Set the options that are named in the configuration of the kernel.",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware,
	Severity:  assay.Low,
	Provision: []string{"5.6-8"},
	Version:   3,
	Needs:     checks.Needs(kernel.Configs),
	Run:       kernelHardening,
}

func kernelHardening(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	var places []assay.Location
	for _, k := range checks.Ask(c, kernel.Configs) {
		places = append(places, k.Location)
		for _, o := range kernelOptions {
			if !o.fits(k) {
				continue
			}
			if words := o.wrong(k); words != "" {
				found = append(found, checks.Observed(assay.Low, "kernel option "+words, k.Location))
			}
		}
	}
	if len(places) == 0 {
		return c.Inconclusive("no kernel configuration was found in the image")
	}
	return c.None(checks.Merged(found), places...)
}
