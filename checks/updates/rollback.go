package updates

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
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
	Version:   1,
	Needs:     checks.Needs(facts.UpdateContainers),
	Run:       rollback,
}

// counters are the attributes by which a container says how new it is, by its
// type. Where zero means that there is no protection, zero is true; a version that
// is only for choosing what to fetch counts for nothing.
var counters = map[string]struct {
	attribute, name string
	zero            bool
	chooses         bool
}{
	"mcuboot":        {"security-counter", "security counter", false, false},
	"esp-image":      {"secure-version", "secure version", true, false},
	"android-vbmeta": {"rollback-index", "rollback index", true, false},
	"zigbee-ota":     {"file-version", "file version", false, true},
	"telink":         {"file-version", "file version", false, true},
	"suit":           {"sequence-number", "sequence number", false, false},
}

func rollback(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	var counted, lacking []assay.Location
	for _, u := range checks.Ask(c, facts.UpdateContainers) {
		counter, known := counters[u.Type]
		if !known {
			continue
		}
		value, err := strconv.ParseUint(strings.TrimSpace(u.Attributes[counter.attribute]), 0, 64)
		switch {
		case counter.attribute == "file-version" && err == nil && value == 0xffffffff:
			found = append(found, checks.Observed(assay.Medium, "the file version is 0xFFFFFFFF: it is installed over every version", u.Location))
		case err != nil || counter.zero && value == 0:
			found = append(found, checks.Observed(lacks(c), "the "+u.Type+" image sets no "+counter.name, u.Location))
			lacking = append(lacking, u.Location)
		default:
			found = append(found, checks.Observed(assay.Info, "the "+counter.name+" is "+strconv.FormatUint(value, 10), u.Location))
			if !counter.chooses {
				counted = append(counted, u.Location)
			}
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

// lacks is how grave it is that there is no counter: the maker may refuse older
// versions by other means, unless he declares that older ones are refused.
func lacks(c *checks.Context) assay.Severity {
	if c.Product != nil && c.Product.Update != nil && c.Product.Update.RollbackProtection != nil && *c.Product.Update.RollbackProtection {
		return assay.Medium
	}
	return assay.Low
}
