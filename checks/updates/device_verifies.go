package updates

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/signing"
)

//go:embed device_verifies.md
var deviceVerifiesDoc string

// DeviceVerifies fails an image with an updater that installs what nobody
// signed.
var DeviceVerifies = &checks.Check{
	ID:        "updates/device-verifies",
	Title:     "the device refuses software that is not signed",
	Doc:       deviceVerifiesDoc,
	Remedy:    "Switch the updater's signature check on and ship the public key that it needs.",
	Principle: assay.Updates,
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.3-10", "5.3-9"},
	Version:   11,
	Needs:     checks.Needs(facts.CutScripts, facts.Updaters, signing.Signatures, facts.TrustedKeys, facts.UnverifiedTLS, facts.Keys, facts.Certificates),
	Run:       deviceVerifies,
}

func deviceVerifies(c *checks.Context) checks.Judgement {
	updaters := checks.Ask(c, facts.Updaters)
	if len(updaters) == 0 {
		return c.Inconclusive("no updater was seen in the image")
	}
	found := keptIndexes(c)
	var examined []assay.Location
	unknown := ""
	for _, u := range updaters {
		examined = append(append(examined, u.Places...), u.Verification.Places...)
		switch u.Verification.State {
		case facts.VerifiesNot:
			found = append(found, checks.Observed(gravity(c, u), subject(u)+" installs what is not signed: "+u.Verification.Reason, orPlaces(u)...))
		case facts.Verifies:
			found = append(found, openKeys(c, u)...)
		case facts.VerifiesUnknown:
			unknown = subject(u) + " may install what is not signed: " + u.Verification.Reason
		}
	}
	if !checks.Fails(found) && unknown != "" {
		return c.Inconclusive("%s", unknown).With(found...)
	}
	if gap := c.Gap(); gap != "" && !checks.Fails(found) {
		return c.Inconclusive("every updater that was seen verifies, but %s", gap).With(found...)
	}
	return c.None(found, examined...)
}

// gravity is critical where anybody on the way of an update can change it.
func gravity(c *checks.Context, u facts.Updater) assay.Severity {
	if exposed(c, u) {
		return assay.Critical
	}
	return assay.High
}

// subject names an updater; one of the maker's own by its script.
func subject(u facts.Updater) string {
	if u.Name == "own" && len(u.Places) > 0 {
		return "the script " + assay.Inside(u.Places[0].Path)
	}
	return u.Name
}

func orPlaces(u facts.Updater) []assay.Location {
	if len(u.Verification.Places) > 0 {
		return u.Verification.Places
	}
	return u.Places
}
