package updates

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed update_script.md
var updateScriptDoc string

// UpdateScript fails an image with a script of the maker's own that installs
// software whatever a signature says.
var UpdateScript = &checks.Check{
	ID:        "updates/update-script",
	Title:     "own update scripts install only what a signature allows",
	Doc:       updateScriptDoc,
	Remedy:    "Check a signature with a key of the image (openssl dgst -verify, usign -V) before the write, and end the script if it fails.",
	Principle: assay.Updates,
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.3-10"},
	Version:   9,
	Needs:     checks.Needs(facts.CutScripts, facts.Updaters, facts.RootPlaces),
	Run:       updateScript,
}

func updateScript(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	var examined []assay.Location
	unknown := ""
	for _, u := range checks.Ask(c, facts.Updaters) {
		if u.Name != "own" || len(u.Places) == 0 {
			continue
		}
		examined = append(append(examined, u.Places...), u.Verification.Places...)
		switch u.Verification.State {
		case facts.VerifiesNot:
			severity := checks.Graded(assay.Critical, u.Places[0])
			found = append(found, checks.Observed(severity, subject(u)+" installs what is not signed: "+u.Verification.Reason, orPlaces(u)...))
		case facts.VerifiesUnknown:
			unknown = subject(u) + " may install what is not signed: " + u.Verification.Reason
		}
	}
	j := c.None(checks.Merged(found), examined...)
	switch {
	case j.Verdict == assay.Fail:
		return j
	case unknown != "":
		return c.Inconclusive("%s", unknown).With(found...)
	case len(examined) > 0 || c.Gap() != "":
		return j
	case len(checks.Ask(c, facts.RootPlaces)) == 0:
		return c.Inconclusive("nothing was opened in which an update script could lie")
	}
	return c.NotApplicable("the image holds no update script of its own")
}
