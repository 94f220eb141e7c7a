package updates

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/kernel"
	"github.com/assay-iot/assay/checks/facts/signing"
)

//go:embed verified_boot.md
var verifiedBootDoc string

// VerifiedBoot says what the image shows of a boot chain that checks what it
// starts.
var VerifiedBoot = &checks.Check{
	ID:        "updates/verified-boot",
	Title:     "what is started at boot is signed",
	Doc:       verifiedBootDoc,
	Remedy:    "Sign what the boot loader starts, and put the key that it demands into the boot loader.",
	Principle: assay.Updates,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.7-1"},
	Version:   5,
	Needs:     checks.Needs(facts.BootKeys, facts.UncheckedBoots, signing.Signatures, signing.UpdateContainers, kernel.ModuleSignatures, kernel.Configs),
	Run:       verifiedBoot,
}

// bootKinds are the signatures that a boot loader asks for.
var bootKinds = []string{"android-vbmeta", "avb", "esp-secure-boot-v1", "esp-secure-boot-v2", "fit", "mcuboot"}

// bootTypes are the containers that a boot loader starts.
var bootTypes = []string{"android-vbmeta", "esp-image", "fit", "mcuboot"}

func verifiedBoot(c *checks.Context) checks.Judgement {
	var signed, demanded []assay.Location
	var found []assay.Finding
	fits := false // what the boot loader with a key can check
	for _, s := range checks.Ask(c, signing.Signatures) {
		if slices.Contains(bootKinds, s.Kind) && s.Problem == "" {
			signed = append(signed, s.Location)
			fits = fits || s.Kind == "fit"
		}
	}
	for _, k := range checks.Ask(c, facts.BootKeys) {
		if k.Required == "" {
			found = append(found, checks.Observed(assay.High, "the boot loader knows the key "+clean(k.Name)+" and does not demand it", k.Location))
			continue
		}
		demanded = append(demanded, k.Location)
		if k.Required == "image" {
			found = append(found, checks.Observed(assay.Low, "the boot loader demands that each image is signed by the key "+clean(k.Name)+", and not how they are put together", k.Location))
		}
	}
	found = append(found, uncheckedBoots(c, len(demanded) > 0)...)
	unsigned, legacy := 0, 0
	for _, u := range checks.Ask(c, signing.UpdateContainers) {
		if slices.Contains(bootTypes, u.Type) && u.Signatures == 0 && !u.Encrypted {
			unsigned++
			found = append(found, checks.Observed(assay.Low, "the "+u.Type+" image is not signed", u.Location))
		}
		if u.Type == "uimage" && len(demanded) > 0 {
			legacy++
			found = append(found, checks.Observed(assay.Low, "a kernel in the legacy format has no place for a signature; whether the boot loader still starts such is in its program", u.Location))
		}
		if v := u.Attributes["verification"]; v != "" {
			found = append(found, checks.Observed(assay.High, "the "+u.Type+" block says that verification is "+v, u.Location))
		}
	}
	found = checks.Merged(append(found, kernelModules(c)...))
	switch {
	case checks.Fails(found):
		return c.Fail(assay.Observed, found...)
	case len(demanded) > 0 && !fits:
		return c.Inconclusive("the boot loader demands a signature, and nothing that is signed for it was seen").With(found...)
	case len(demanded) > 0 && legacy > 0:
		return c.Inconclusive("the boot loader demands a signature, and a kernel that can carry none is there too").With(found...)
	case len(demanded) > 0 && unsigned == 0:
		return c.Pass(assay.Observed, append(demanded, signed...)...).With(found...)
	case len(signed) > 0:
		return c.Inconclusive("what is started is signed; whether the device demands that is not in the image").With(found...)
	}
	return c.Inconclusive("nothing was seen of a boot loader that checks what it starts").With(found...)
}

// uncheckedBoots are settings by which U-Boot checks nothing. Where no key is seen that
// it demands, only checksums may be what is left out.
func uncheckedBoots(c *checks.Context, demands bool) (found []assay.Finding) {
	for _, u := range checks.Ask(c, facts.UncheckedBoots) {
		severity, what := assay.Low, "the environment of the boot loader"
		switch {
		case demands && u.Stored && !u.Either:
			severity = assay.High
		case demands:
			severity = assay.Medium
		}
		if u.Either {
			what = "of the copies of the boot loader's environment, of which either may count, one"
		}
		found = append(found, checks.Observed(severity, what+" switches the check of what it starts off (verify)", u.Location))
	}
	return found
}

// kernelModules notes whether modules are signed, and whether the kernel demands
// that. It decides nothing: what starts the kernel must check it first.
func kernelModules(c *checks.Context) (found []assay.Finding) {
	var signed, unsigned []assay.Location
	for _, m := range checks.Ask(c, kernel.ModuleSignatures) {
		switch {
		case m.Problem != "":
			found = append(found, checks.Observed(assay.Low, "a kernel module is not signed: "+m.Problem, m.Location))
		case m.Signed:
			signed = append(signed, m.Location)
		default:
			unsigned = append(unsigned, m.Location)
		}
	}
	if len(signed) > 0 {
		found = append(found, checks.Observed(assay.Info, fmt.Sprintf("kernel modules that are signed: %d", len(signed)), signed[0]))
	}
	if len(signed) > 0 && len(unsigned) > 0 {
		found = append(found, checks.Observed(assay.Low, fmt.Sprintf("kernel modules that are not signed, beside signed ones: %d", len(unsigned)), unsigned[0]))
	}
	for _, k := range checks.Ask(c, kernel.Configs) {
		if k.Options["MODULE_SIG_FORCE"] == "y" || k.Options["MODULE_SIG"] == "y" && k.Options["LOCK_DOWN_KERNEL_FORCE_INTEGRITY"] == "y" {
			found = append(found, checks.Observed(assay.Info, "the kernel takes no module that is not signed", k.Location))
		}
	}
	return found
}
