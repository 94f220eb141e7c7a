package deletion

import (
	_ "embed"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/storages"
)

//go:embed factory_reset.md
var factoryResetDoc string

// FactoryReset fails a product whose factory reset is not described, or is
// described and nowhere in the image.
var FactoryReset = &checks.Check{
	ID:        "deletion/factory-reset",
	Title:     "a mechanism for a factory reset is there",
	Doc:       factoryResetDoc,
	Remedy:    "Give the device a reset that a person can start, and describe it in deletion.device.",
	Principle: assay.Deletion,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.11-1"},
	Version:   4,
	Needs:     checks.Needs(facts.CutScripts, storages.Resets, facts.Roots, facts.RootPlaces),
	Run:       factoryReset,
}

func factoryReset(c *checks.Context) checks.Judgement {
	if c.Product != nil && (c.Product.Deletion == nil || c.Product.Deletion.Device == "") {
		return c.NotDescribed(assay.High, "deletion.device")
	}
	var real, named, files []assay.Location
	var ways []string
	for _, r := range checks.Ask(c, storages.Resets) {
		if facts.ClassOf(r.Location.Path) != facts.Product {
			continue
		}
		if r.Mention {
			named = append(named, r.Location)
			continue
		}
		if r.Files {
			files = append(files, r.Location)
			continue
		}
		real, ways = append(real, r.Location), append(ways, r.Trigger)
	}
	switch {
	case len(real) > 0:
		return c.Pass(assay.Observed, real...).Because("a mechanism is present, started by: %s", words(ways))
	case len(files) > 0:
		return c.Inconclusive("%s removes single files; whether they are all that a user left cannot be seen", assay.Inside(files[0].Path))
	case len(named) > 0:
		return c.Inconclusive("%s names a factory reset; what it does cannot be seen", assay.Inside(named[0].Path))
	case c.Product == nil || len(checks.Ask(c, facts.Roots)) == 0:
		return c.Inconclusive("no mechanism for a factory reset was seen")
	}
	if gap := c.Gap(); gap != "" {
		return c.Inconclusive("no mechanism for a factory reset was seen, but %s", gap)
	}
	return c.Fail(assay.Observed, checks.Contradiction(assay.High, "the declared factory reset is not in the image", c.Product.Deletion.Range, checks.Ask(c, facts.RootPlaces)...))
}

// words lists each word once, in the order of their first use.
func words(all []string) string {
	var once []string
	for _, w := range all {
		if !strings.Contains(" "+strings.Join(once, " ")+" ", " "+w+" ") {
			once = append(once, w)
		}
	}
	return strings.Join(once, ", ")
}
