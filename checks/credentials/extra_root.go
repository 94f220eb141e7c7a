package credentials

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed extra_root.md
var extraRootDoc string

// ExtraRoot fails an image in which a second account has the rights of root.
var ExtraRoot = &checks.Check{
	ID:        "credentials/extra-root",
	Title:     "no second account has the rights of root",
	Doc:       extraRootDoc,
	Remedy:    "Give each account a user id of its own.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.6-7"},
	Version:   1,
	Needs:     checks.Needs(facts.Accounts, facts.AccountFiles),
	Run:       extraRoot,
}

func extraRoot(c *checks.Context) checks.Judgement {
	accounts := checks.Ask(c, facts.Accounts)
	first := firstRoots(accounts)
	var found []assay.Finding
	for _, a := range accounts {
		if a.UID != 0 || a.Kind != facts.UnixAccount || a.Name == first[a.Entry.Path] {
			continue
		}
		severity := assay.High
		switch {
		case a.Superseded:
			severity = assay.Low
		case a.Password == facts.Locked:
			severity = assay.Medium // nobody can log in as it, yet
		}
		found = append(found, checks.Observed(checks.Graded(severity, a.Entry), who(a)+" has user id 0", a.Entry))
	}
	return judge(c, found, checks.Ask(c, facts.AccountFiles))
}

// firstRoots names, for each passwd file, the account that has user id 0 by
// right: root, or else the first; some devices call it admin.
func firstRoots(accounts []facts.Account) map[string]string {
	first := map[string]string{}
	for _, a := range accounts {
		if a.UID == 0 && (a.SetBy == "" || a.Name == "root") && (first[a.Entry.Path] == "" || a.Name == "root") {
			first[a.Entry.Path] = a.Name
		}
	}
	return first
}
