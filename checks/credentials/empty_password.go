package credentials

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed empty_password.md
var emptyPasswordDoc string

// EmptyPassword fails an image in which an account can log in with nothing.
var EmptyPassword = &checks.Check{
	ID:        "credentials/empty-password",
	Title:     "no account has an empty password",
	Doc:       emptyPasswordDoc,
	Remedy:    "Lock the account (!) or set a password that is unique to each device.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Critical,
	Provision: []string{"5.1-1"},
	Version:   1,
	Needs:     checks.Needs(facts.Accounts, facts.AccountFiles),
	Run:       emptyPassword,
}

func emptyPassword(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, a := range checks.Ask(c, facts.Accounts) {
		if a.Password == facts.Empty {
			found = append(found, checks.Observed(graded(assay.Critical, a), who(a)+" has an empty password", a.Location))
		}
	}
	return judge(c, found, checks.Ask(c, facts.AccountFiles))
}
