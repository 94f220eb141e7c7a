package disclosure

import (
	_ "embed"
	"net/mail"
	"net/url"

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
	var found []assay.Finding
	if d.Policy == "" {
		found = append(found, checks.Undescribed(assay.High, "vulnerability_disclosure.policy", d.Range))
	} else if !webAddress(d.Policy) {
		found = append(found, checks.Misdeclared(assay.High, "the address of the policy is not an https address", d.PolicyRange))
	}
	found = append(found, contacts(d)...)
	found = append(found, times(d)...)
	if len(found) > 0 {
		return c.Fail(assay.Declared, found...)
	}
	return c.Pass(assay.Declared, checks.Place(d.Range))
}

// contacts says what is wrong with where reports go.
func contacts(d *product.Disclosure) []assay.Finding {
	if len(d.Contacts) == 0 {
		return []assay.Finding{checks.Undescribed(assay.High, "vulnerability_disclosure.contacts", d.Range)}
	}
	var found []assay.Finding
	for _, contact := range d.Contacts {
		if !mailAddress(contact) && !webAddress(contact) {
			found = append(found, checks.Misdeclared(assay.High, "contact "+contact+" is neither a mailto: nor an https: address", d.ContactsRange))
		}
	}
	return found
}

// times says which of the two times of an answer is not promised.
func times(d *product.Disclosure) []assay.Finding {
	var found []assay.Finding
	if d.Acknowledge == "" {
		found = append(found, checks.Undescribed(assay.High, "vulnerability_disclosure.acknowledge", d.Range))
	}
	if d.StatusEvery == "" {
		found = append(found, checks.Undescribed(assay.High, "vulnerability_disclosure.status_every", d.Range))
	}
	return found
}

// webAddress reports an address that a person can open and that is protected in
// transit.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

func mailAddress(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "mailto" {
		return false
	}
	a, err := mail.ParseAddress(u.Opaque)
	return err == nil && a.Address == u.Opaque
}
