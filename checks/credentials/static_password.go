package credentials

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed static_password.md
var staticPasswordDoc string

// StaticPassword fails an image that carries a usable password hash: it is the
// same on every device; and a password that is declared so.
var StaticPassword = &checks.Check{
	ID:        "credentials/static-password",
	Title:     "no account has a password that is the same on every device",
	Doc:       staticPasswordDoc,
	Remedy:    "Ship accounts locked, and set a password for each device in production or by the user at first start.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.1-1"},
	Version:   7,
	Needs:     checks.Needs(facts.CutScripts, facts.Accounts, facts.AccountFiles, facts.PasswordWrites),
	Run:       staticPassword,
}

func staticPassword(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, a := range checks.Ask(c, facts.Accounts) {
		if a.BuiltIn() {
			found = append(found, checks.Noted(graded(assay.High, a),
				who(a)+" has a password that is the same on every device", storedAs(a), a.Location))
		}
	}
	return orUnclear(c, judge(c, found, checks.Ask(c, facts.AccountFiles))).WithDeclared(declaredPasswords(c.Product)...)
}

// storedAs says how the image holds a password.
func storedAs(a facts.Account) string {
	if a.SetBy != "" {
		return string(a.HashKind) + ", set by " + a.SetBy + " when the device starts"
	}
	return string(a.HashKind)
}
