package communication

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed tls_verification.md
var tlsVerificationDoc string

// TLSVerification fails an image whose scripts or settings accept any
// certificate.
var TLSVerification = &checks.Check{
	ID:        "communication/tls-verification",
	Title:     "scripts and settings check the certificates of others",
	Doc:       tlsVerificationDoc,
	Remedy:    "Take the switch out, and give the program the root certificate that it needs (curl --cacert).",
	Principle: assay.Communication,
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.5-1"},
	Version:   7,
	Needs:     checks.Needs(facts.CutScripts, facts.UnverifiedTLS, facts.RootPlaces),
	Run:       tlsVerification,
}

func tlsVerification(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	open := ""
	for _, u := range checks.Ask(c, facts.UnverifiedTLS) {
		severity, message := assay.High, "the certificate of the other side is not checked: "+u.How
		switch u.Update {
		case "":
		case "own":
			severity, message = assay.Critical, message+", in a script that fetches updates"
		default:
			severity, message = assay.Critical, message+", where "+u.Update+" fetches updates"
		}
		switch at := assay.Inside(u.Location.Path); {
		case u.Tool:
			severity, message = assay.Low, message+", in a tool that nothing that was seen calls"
			open = "calls " + at
		case u.Table:
			severity, message = assay.Low, message+", in a table or unit of which nothing that was seen runs this"
			open = "runs the commands of " + at
		}
		found = append(found, checks.Observed(checks.Graded(severity, u.Location), message, u.Location))
	}
	if open != "" && !checks.Fails(found) {
		return c.Inconclusive("nothing that was seen %s, which does not check the certificate of the other side", open).With(checks.Merged(found)...)
	}
	return c.None(checks.Merged(found), checks.Ask(c, facts.RootPlaces)...)
}
