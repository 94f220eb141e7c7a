package disclosure

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed security_txt.md
var securityTxtDoc string

// SecurityTxt fails a security.txt that does not keep RFC 9116.
var SecurityTxt = &checks.Check{
	ID:        "disclosure/security-txt",
	Title:     "security.txt answers, is valid and has not expired",
	Doc:       securityTxtDoc,
	Remedy:    "Publish /.well-known/security.txt with Contact and Expires, and renew it before it expires.",
	Principle: assay.Disclosure,
	Reads:     checks.Declared + checks.Published,
	Severity:  assay.High,
	Provision: []string{"5.2-1"},
	Version:   1,
	Needs:     checks.Needs(facts.Pages),
	Run:       securityTxt,
}

func securityTxt(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	if p.Manufacturer == nil || p.Manufacturer.Disclosure == nil || p.Manufacturer.Disclosure.SecurityTxt == "" {
		return c.NotApplicable("no security.txt is declared")
	}
	d := p.Manufacturer.Disclosure
	page, ok := facts.PageAt(checks.Ask(c, facts.Pages), d.SecurityTxt)
	if !ok {
		return c.Inconclusive("%s was not asked: needs --online", d.SecurityTxt)
	}
	if page.Status != 200 {
		return c.Fail(assay.Observed, checks.Contradiction(assay.High, "security.txt does not answer", d.Range, page.At()))
	}
	var found []assay.Finding
	fails := false
	for _, w := range wrongInSecurityTxt(page, c.AsOf) {
		found = append(found, checks.Contradiction(w.severity, w.message, d.Range, page.At()))
		fails = fails || w.severity.Fails()
	}
	if fails {
		return c.Fail(assay.Observed, found...)
	}
	return c.Pass(assay.Observed, page.At()).With(found...)
}
