package storage

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed api_token.md
var apiTokenDoc string

// APIToken fails an image that carries a token of a cloud or an API.
var APIToken = &checks.Check{
	ID:        "storage/api-token",
	Title:     "no cloud or API token is built into the image",
	Doc:       apiTokenDoc,
	Remedy:    "Revoke the token, and give each device its own when it is enrolled.",
	Principle: assay.Storage,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.4-3"},
	Version:   9,
	Needs:     checks.Needs(facts.CutScripts, facts.Tokens, facts.RootPlaces),
	Run:       apiToken,
}

func apiToken(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, t := range checks.Ask(c, facts.Tokens) {
		found = append(found, checks.Observed(checks.Graded(assay.High, t.Location), assay.Inside(t.Location.Path)+" holds "+indefinite(t.What), t.Location))
	}
	return c.None(checks.Merged(found), checks.Ask(c, facts.RootPlaces)...)
}
