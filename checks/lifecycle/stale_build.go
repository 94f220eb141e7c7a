package lifecycle

import (
	_ "embed"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/builds"
)

//go:embed stale_build.md
var staleBuildDoc string

// StaleBuild notes a kernel or boot loader that nobody has built for years.
var StaleBuild = &checks.Check{
	ID:        "lifecycle/stale-build",
	Title:     "the build dates of kernel and boot loader were compared with the day of the assessment",
	Doc:       staleBuildDoc,
	Remedy:    "Build kernel and boot loader anew for each release.",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware,
	Severity:  assay.Low,
	Provision: []string{"5.3-8"},
	Version:   1,
	Needs:     checks.Needs(builds.All),
	Run:       staleBuild,
}

// staleYears is the age at which a build is far older than its release.
const staleYears = 3

func staleBuild(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	var places []assay.Location
	for _, b := range checks.Ask(c, builds.All) {
		day, err := time.Parse(time.DateOnly, b.Date)
		if err != nil {
			continue
		}
		places = append(places, b.Location)
		if day.AddDate(staleYears, 0, 0).Before(c.AsOf) {
			found = append(found, checks.Observed(assay.Low, b.Name+" was built on "+b.Date+", more than three years ago", b.Location))
		}
	}
	if len(places) == 0 {
		return c.Inconclusive("no kernel or boot loader in the image says when it was built")
	}
	return c.None(checks.Merged(found), places...)
}
