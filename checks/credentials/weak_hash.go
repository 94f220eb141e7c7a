package credentials

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed weak_hash.md
var weakHashDoc string

// WeakHash fails an image whose password hashes are cheap to guess.
var WeakHash = &checks.Check{
	ID:        "credentials/weak-hash",
	Title:     "password hashes are slow to guess",
	Doc:       weakHashDoc,
	Remedy:    "Store passwords as yescrypt, as bcrypt of cost 10 or more, or as sha512crypt with its default rounds.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware,
	Severity:  assay.Medium,
	Provision: []string{"5.1-3"},
	Version:   5,
	Needs:     checks.Needs(facts.Accounts, facts.AccountFiles),
	Run:       weakHash,
}

func weakHash(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, a := range checks.Ask(c, facts.Accounts) {
		if a.Password != facts.Hashed {
			continue
		}
		if weak := a.HashKind.Weak(a.Rounds); weak != "" {
			found = append(found, checks.Observed(graded(assay.Medium, a),
				"the password hash of "+who(a)+" "+weak, a.Location))
		}
	}
	return judge(c, found, checks.Ask(c, facts.AccountFiles))
}
