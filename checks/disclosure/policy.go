package disclosure

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed policy.md
var policyDoc string

// Policy fails a maker who does not say where vulnerabilities are reported and
// within what times reporters are answered.
var Policy = &checks.Check{
	ID:        "disclosure/policy",
	Title:     "the policy for reported vulnerabilities is declared whole",
	Doc:       policyDoc,
	Remedy:    "Publish a policy and declare its https address, a contact, and the times of acknowledgement and status in vulnerability_disclosure.",
	Principle: assay.Disclosure,
	Reads:     checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.2-1"},
	Version:   1,
	Run:       policy,
}

func policy(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	switch {
	case p.Manufacturer == nil:
		return c.NotDescribed(assay.High, "manufacturer")
	case p.Manufacturer.Disclosure == nil:
		return c.Fail(assay.Declared, checks.Undescribed(assay.High, "vulnerability_disclosure", p.Manufacturer.Range))
	}
	d := p.Manufacturer.Disclosure
	if found := unsaid(d); len(found) > 0 {
		return c.Fail(assay.Declared, found...)
	}
	return c.Pass(assay.Declared, checks.Place(d.Range))
}

// unsaid lists what a finder of a vulnerability is not told. That addresses are
// well formed, and the policy's is https, is a rule of the product language.
func unsaid(d *product.Disclosure) []assay.Finding {
	var found []assay.Finding
	for _, part := range []struct {
		name string
		said bool
	}{
		{"policy", d.Policy != ""},
		{"contacts", len(d.Contacts) > 0},
		{"acknowledge", d.Acknowledge != ""},
		{"status_every", d.StatusEvery != ""},
	} {
		if !part.said {
			found = append(found, checks.Undescribed(assay.High, "vulnerability_disclosure."+part.name, d.Range))
		}
	}
	return found
}
