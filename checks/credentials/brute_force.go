package credentials

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed brute_force.md
var bruteForceDoc string

// BruteForce looks for hints that logins cannot be repeated without end.
var BruteForce = &checks.Check{
	ID:        "credentials/brute-force",
	Title:     "something limits repeated logins",
	Doc:       bruteForceDoc,
	Remedy:    "Limit the tries in each connection, and lock or slow an account after a few that failed.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware,
	Severity:  assay.Info,
	Provision: []string{"5.1-5"},
	Version:   2,
	Needs:     checks.Needs(facts.LoginLimits, facts.Services, facts.Inits),
	Run:       bruteForce,
}

func bruteForce(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	var places []assay.Location
	for _, l := range checks.Ask(c, facts.LoginLimits) {
		found = append(found, checks.Observed(assay.Info, l.What+" limits repeated logins", l.Location))
		places = append(places, l.Location)
	}
	if len(found) > 0 {
		return c.Pass(assay.Observed, places...).With(checks.Merged(found)...)
	}
	if checks.Unfollowed(checks.Ask(c, facts.Inits)) == "" && !reachable(checks.Ask(c, facts.Services)) && c.Gap() == "" {
		return c.NotApplicable("the image starts nothing that can be reached over a network")
	}
	return c.Inconclusive("nothing that limits repeated logins was found; a program may do so by itself%s", gap(c))
}
