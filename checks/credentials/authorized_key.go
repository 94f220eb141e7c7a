package credentials

import (
	_ "embed"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed authorized_key.md
var authorizedKeyDoc string

// AuthorizedKey fails an image with a public key that opens an account.
var AuthorizedKey = &checks.Check{
	ID:        "credentials/authorized-key",
	Title:     "no SSH key that is built into the image opens an account",
	Doc:       authorizedKeyDoc,
	Remedy:    "Ship no authorized_keys; let the user put a key there, or give each device its own.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.1-1"},
	Version:   4,
	Needs:     checks.Needs(facts.CutScripts, facts.AuthorizedKeys, facts.Services, facts.Inits, facts.RootPlaces),
	Run:       authorizedKey,
}

func authorizedKey(c *checks.Context) checks.Judgement {
	served := servesSSH(c)
	var found []assay.Finding
	for _, k := range checks.Ask(c, facts.AuthorizedKeys) {
		severity := assay.Critical
		switch {
		case k.NoLogin:
			severity = assay.Low
		case !served:
			severity = assay.Medium
		}
		found = append(found, checks.Observed(checks.Graded(severity, k.Location), keyOpens(k), k.Location))
	}
	return c.None(checks.Merged(found), checks.Ask(c, facts.RootPlaces)...)
}

func keyOpens(k facts.AuthorizedKey) string {
	what := "an SSH key"
	if k.CA {
		what = "any SSH key that one authority certifies"
	}
	if k.Account == "" {
		return what + " opens the accounts of " + assay.Inside(k.Location.Path)
	}
	return what + " opens account " + k.Account
}

// servesSSH reports whether the image starts an SSH server, as far as is known.
func servesSSH(c *checks.Context) bool {
	if checks.Unfollowed(checks.Ask(c, facts.Inits)) != "" {
		return true
	}
	return slices.ContainsFunc(checks.Ask(c, facts.Services), func(s facts.Service) bool { return s.Kind == "ssh" && s.Started })
}
