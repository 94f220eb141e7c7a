package credentials

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed derived_password.md
var derivedPasswordDoc string

// DerivedPassword fails an image in which a script makes a password from what
// everyone near the device can know.
var DerivedPassword = &checks.Check{
	ID:        "credentials/derived-password",
	Title:     "no password is made from the MAC address or serial number",
	Doc:       derivedPasswordDoc,
	Remedy:    "Make the password from random numbers when the device is produced or first started.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.1-2"},
	Version:   5,
	Needs:     checks.Needs(facts.CutScripts, facts.DerivedPasswords, facts.Inits),
	Run:       derivedPassword,
}

func derivedPassword(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, d := range checks.Ask(c, facts.DerivedPasswords) {
		severity := checks.Graded(assay.High, d.Location)
		found = append(found, checks.Observed(severity, d.Script+" makes a password from the MAC address or serial number ("+d.Sets+")", d.Places...))
	}
	return c.NoneStarted(checks.Merged(found), checks.Ask(c, facts.Inits))
}
