package credentials

import (
	_ "embed"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed undeclared_login.md
var undeclaredLoginDoc string

// UndeclaredLogin fails an image with a login that the maker does not name, or
// that is not what the maker says.
var UndeclaredLogin = &checks.Check{
	ID:        "credentials/undeclared-login",
	Title:     "every login of the image is declared as it is",
	Doc:       undeclaredLoginDoc,
	Remedy:    "Declare each login with a credential block and its account, or lock it in the image.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Critical,
	Provision: []string{"5.1-1"},
	Version:   3,
	Needs:     checks.Needs(facts.CutScripts, facts.Accounts, facts.AccountFiles, facts.AuthorizedKeys, facts.PlainSecrets, facts.Services, facts.Inits),
	Run:       undeclaredLogin,
}

func undeclaredLogin(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	var found []assay.Finding
	for _, a := range checks.Ask(c, facts.Accounts) {
		if !a.CanLogIn() {
			continue
		}
		severity := checks.Graded(assay.Critical, a.Location)
		declared := credentialOf(p, a)
		switch {
		case declared == nil:
			found = append(found, checks.Contradiction(severity, who(a)+" can log in and is not declared", p.Range, a.Location))
		case contradicts(declared, a) != "":
			found = append(found, checks.Contradiction(severity, who(a)+" "+contradicts(declared, a), at(declared), a.Location))
		}
	}
	found = append(found, undeclaredKeys(c, p)...)
	j := judge(c, found, checks.Ask(c, facts.AccountFiles))
	if open := undeclaredSettings(c, p); j.Verdict == assay.Pass && open != "" {
		return c.Inconclusive("%s, and nothing tells whether it is one to the device", open)
	}
	return j
}

// undeclaredKeys finds accounts that are not declared and that a key opens by SSH.
func undeclaredKeys(c *checks.Context, p *product.Product) []assay.Finding {
	var found []assay.Finding
	served := servesSSH(c)
	for _, k := range checks.Ask(c, facts.AuthorizedKeys) {
		if served && !k.NoLogin && k.Account != "" && credentialOf(p, facts.Account{Name: k.Account}) == nil {
			found = append(found, checks.Contradiction(checks.Graded(assay.Critical, k.Location), "account "+k.Account+" can log in with a key and is not declared", p.Range, k.Location))
		}
	}
	return found
}

// undeclaredSettings names a login of settings that is not declared; empty if there is none.
func undeclaredSettings(c *checks.Context, p *product.Product) string {
	for _, s := range checks.Ask(c, facts.PlainSecrets) {
		if s.User != "" && !s.Off && checks.Graded(assay.Critical, s.Location) == assay.Critical && credentialOf(p, facts.Account{Name: s.User}) == nil {
			return assay.Inside(s.Location.Path) + " holds a login " + s.User + " that is not declared"
		}
	}
	return ""
}

// credentialOf finds the credential that names the account; labelled like it,
// if none names an account.
func credentialOf(p *product.Product, a facts.Account) *product.Credential {
	for i, d := range p.Credentials {
		if d.Account == a.Name || d.Account == "" && d.ID == a.Name {
			return &p.Credentials[i]
		}
	}
	return nil
}

// contradicts says how the image differs from what is declared; empty if it does
// not.
func contradicts(d *product.Credential, a facts.Account) string {
	baked := a.BuiltIn()
	switch {
	case d.Initial == "unique-per-device" && baked:
		return "is declared unique per device, but its password is built into the image"
	case d.Initial == "unique-per-device":
		return "is declared unique per device, but has an empty password"
	case d.Initial == "user-set" && baked:
		return "is declared set by the user, but its password is built into the image"
	case d.Initial == "none" && baked:
		return "is declared to start without a password, but one is built into the image"
	case d.Initial == "fixed" && !baked:
		return "is declared with a fixed password, but has an empty one"
	}
	return ""
}

// at is the line that says how the credential starts.
func at(d *product.Credential) hcl.Range {
	if d.InitialRange.Filename != "" {
		return d.InitialRange
	}
	return d.Range
}
