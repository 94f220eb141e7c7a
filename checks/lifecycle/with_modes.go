package lifecycle

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

// withModes judges what was found by the modes of files: a root file system that
// has lost them, or none at all, shows nothing that could pass.
func withModes(c *checks.Context, found []assay.Finding) checks.Judgement {
	var places []assay.Location
	lost := ""
	for _, r := range checks.Ask(c, facts.Roots) {
		if !r.Modes {
			lost = r.Path
			continue
		}
		places = append(places, assay.Location{Path: r.Path})
	}
	j := c.None(found, places...)
	switch {
	case j.Verdict == assay.Fail:
		return j
	case lost != "":
		return c.Inconclusive("%s has lost the modes of its files", lost).With(found...)
	case len(places) == 0:
		return c.Inconclusive("no root file system was found").With(found...)
	}
	return j
}
