package credentials

import (
	_ "embed"
	"slices"

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
	Version:   5,
	Needs:     checks.Needs(facts.Accounts, facts.AccountFiles, facts.PasswordWrites, facts.Services, facts.Inits),
	Run:       emptyPassword,
}

func emptyPassword(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, a := range checks.Ask(c, facts.Accounts) {
		if a.Password != facts.Empty {
			continue
		}
		severity := assay.Critical
		if setByUser(c, a) && unreachable(c) {
			severity = assay.Medium
		}
		found = append(found, checks.Observed(graded(severity, a), who(a)+" has an empty password", a.Location))
	}
	return orUnclear(c, judge(c, found, checks.Ask(c, facts.AccountFiles)))
}

// setByUser reports whether the maker declares that the user sets the password
// of the account at first start.
func setByUser(c *checks.Context, a facts.Account) bool {
	if c.Product == nil {
		return false
	}
	declared := credentialOf(c.Product, a)
	return declared != nil && declared.Initial == "user-set"
}

// unreachable reports whether it is known that nothing that the image starts
// can be reached over a network.
func unreachable(c *checks.Context) bool {
	services, err := checks.Try(c, facts.Services)
	inits, err2 := checks.Try(c, facts.Inits)
	if err != nil || err2 != nil || len(inits) == 0 {
		return false
	}
	return !reachable(services) &&
		!slices.ContainsFunc(inits, func(i facts.Init) bool { return i.Problem != "" })
}

func reachable(services []facts.Service) bool {
	return slices.ContainsFunc(services, facts.Service.Reachable)
}
