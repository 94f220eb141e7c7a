package updates

import (
	_ "embed"
	"math"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/signing"
)

//go:embed rollback.md
var rollbackDoc string

// Rollback looks for a counter by which a device refuses older versions.
var Rollback = &checks.Check{
	ID:        "updates/rollback",
	Title:     "the image carries a counter by which older versions are refused",
	Doc:       rollbackDoc,
	Remedy:    "Give each release a security counter, and let the boot loader refuse a lower one.",
	Principle: assay.Updates,
	Reads:     "FD",
	Severity:  assay.Medium,
	Provision: []string{"5.3-2"},
	Version:   4,
	Needs:     checks.Needs(signing.UpdateContainers, signing.HashLists, facts.Updaters),
	Run:       rollback,
}

// counters are the attributes by which a container says how new it is, by its
// type, and how many bits they have. A version that is only for choosing what to
// fetch counts for nothing.
var counters = map[string]struct {
	attribute, name string
	bits            int
	chooses         bool
}{
	"mcuboot":        {"security-counter", "security counter", 32, false},
	"esp-image":      {"secure-version", "secure version", 32, false},
	"android-vbmeta": {"rollback-index", "rollback index", 64, false},
	"zigbee-ota":     {"file-version", "file version", 32, true},
	"telink":         {"file-version", "file version", 32, true},
	"suit":           {"sequence-number", "sequence number", 64, false},
}

func rollback(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	var counted, lacking []assay.Location
	broken := map[string]bool{} // containers that are not as their own hash says
	for _, h := range checks.Ask(c, signing.HashLists) {
		broken[h.Container] = broken[h.Container] || !h.OK && h.Problem == ""
	}
	for _, u := range checks.Ask(c, signing.UpdateContainers) {
		counter, known := counters[u.Type]
		if !known || startsOthers(u) {
			continue
		}
		said := strings.TrimSpace(u.Attributes[counter.attribute])
		value, err := strconv.ParseUint(said, 0, 64)
		highest := err == nil && value == math.MaxUint64>>(64-counter.bits)
		note := func(severity assay.Severity, what string) {
			found = append(found, checks.Observed(severity, what, u.Location))
		}
		switch {
		case highest && counter.chooses:
			note(assay.Medium, "the file version is 0xFFFFFFFF: it is installed over every version")
		case highest:
			note(assay.Medium, "the "+counter.name+" is the highest there is: no later release can raise it")
		case err != nil && said != "":
			note(lacks(c), "the "+counter.name+" of the "+u.Type+" image is "+clean(said))
			lacking = append(lacking, u.Location)
		case err != nil || value == 0 && !counter.chooses:
			note(lacks(c), "the "+u.Type+" image sets no "+counter.name)
			lacking = append(lacking, u.Location)
		case !counter.chooses && u.Signatures == 0:
			note(lacks(c), "the "+counter.name+" is "+said+", and nobody signed it")
			lacking = append(lacking, u.Location)
		case !counter.chooses && u.Attributes["verification"] != "":
			note(lacks(c), "the "+counter.name+" is "+said+", and what it counts is not verified")
			lacking = append(lacking, u.Location)
		case !counter.chooses && broken[u.Location.Path]:
			note(lacks(c), "the "+counter.name+" is "+said+", and what it counts is not as its hash says")
			lacking = append(lacking, u.Location)
		default:
			note(assay.Info, "the "+counter.name+" is "+strconv.FormatUint(value, 10))
			if !counter.chooses {
				counted = append(counted, u.Location)
			}
		}
	}
	for _, u := range checks.Ask(c, facts.Updaters) {
		if u.Oldest == nil {
			continue
		}
		than := "than it is told on the device"
		if u.Oldest.Version != "" {
			than = "than " + clean(u.Oldest.Version)
		}
		says := u.Name + " refuses what is older " + than
		switch {
		case u.Oldest.Version != "" && strings.Trim(u.Oldest.Version, "0.") == "":
			found = append(found, checks.Observed(lacks(c), says+", which nothing is", u.Oldest.Location))
			lacking = append(lacking, u.Oldest.Location)
		case u.Verification.State == facts.VerifiesNot:
			found = append(found, checks.Observed(lacks(c), says+", and nobody signs that version: "+u.Verification.Reason, u.Oldest.Location))
			lacking = append(lacking, u.Oldest.Location)
		case u.Verification.State == facts.Verifies:
			counted = append(counted, u.Oldest.Location)
			fallthrough
		default: // who signs the version was not seen
			found = append(found, checks.Observed(assay.Info, says, u.Oldest.Location))
		}
	}
	found = checks.Merged(found)
	switch {
	case checks.Fails(found):
		return c.Fail(assay.Observed, found...)
	case len(lacking) > 0 || len(counted) == 0:
		return c.Inconclusive("no counter that refuses older versions was seen in the image").With(found...)
	}
	return c.Pass(assay.Observed, counted...).With(found...)
}

// startsOthers reports the boot loader of a flash image of the ESP32 that sets no
// version: it compares that of the program, and has a place for one of its own only of
// late.
func startsOthers(u signing.UpdateContainer) bool {
	return u.Attributes["secure-version"] == "" && strings.HasSuffix(u.Location.Path, "!bootloader!esp-image")
}

// lacks is how grave it is that there is no counter: the maker may refuse older
// versions by other means, unless he declares that older ones are refused.
func lacks(c *checks.Context) assay.Severity {
	if c.Product != nil && c.Product.Update != nil && c.Product.Update.RollbackProtection != nil && *c.Product.Update.RollbackProtection {
		return assay.Medium
	}
	return assay.Low
}
