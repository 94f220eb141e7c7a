package personaldata

import (
	_ "embed"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed notice.md
var noticeDoc string

// Notice fails a maker who does not tell users what becomes of their data.
var Notice = &checks.Check{
	ID:        "personaldata/notice",
	Title:     "users are told which personal data is processed, what for, how long and by whom",
	Doc:       noticeDoc,
	Remedy:    "Declare purpose and retention of each kind of personal data and the purpose of each recipient, and publish a notice that says the same.",
	Principle: assay.PersonalData,
	Reads:     checks.Declared + checks.Published,
	Severity:  assay.Medium,
	Provision: []string{"6-1"},
	Version:   1,
	Needs:     checks.Needs(facts.PrivacyNotice),
	Run:       notice,
}

func notice(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	if len(p.Data) == 0 {
		return c.Inconclusive("no data is declared, so what a notice would have to name is not known")
	}
	personal := personalData(p)
	if len(personal) == 0 {
		return c.NotApplicable("no personal data is declared")
	}
	if found := unsaid(p, personal); len(found) > 0 {
		return c.Fail(assay.Declared, found...)
	}
	page := checks.Ask(c, facts.PrivacyNotice)
	if page.Status != 200 {
		return c.Fail(assay.Observed, checks.Contradiction(assay.Medium, "the privacy notice does not answer", p.Range, page.At()))
	}
	var found []assay.Finding
	if text := strings.ToLower(page.Text); !strings.Contains(text, strings.ToLower(p.Name)) {
		found = append(found, checks.Contradiction(assay.Medium, "the privacy notice does not name the product", p.Range, page.At()))
	}
	switch {
	case len(found) > 0 && page.Scripts:
		return c.Inconclusive("the privacy notice is made by scripts, so what it says cannot be read")
	case len(found) > 0:
		return c.Fail(assay.Observed, found...)
	}
	return c.Pass(assay.Observed, page.At())
}

// personalData are the kinds of data that tell something about a person. What is
// sensitive is personal unless the maker says that it is not.
func personalData(p *product.Product) []product.Data {
	var all []product.Data
	for _, d := range p.Data {
		if d.Personal != nil && *d.Personal || d.Personal == nil && d.Sensitive != nil && *d.Sensitive {
			all = append(all, d)
		}
	}
	return all
}

// unsaid lists what the declaration leaves out of what a notice has to say.
func unsaid(p *product.Product, personal []product.Data) []assay.Finding {
	var found []assay.Finding
	for _, d := range personal {
		if d.Purpose == "" {
			found = append(found, checks.Undescribed(assay.Medium, "data."+d.ID+".purpose", d.Range))
		}
		if d.Kept == "" {
			found = append(found, checks.Undescribed(assay.Medium, "data."+d.ID+".kept", d.Range))
		}
	}
	for _, r := range p.Recipients {
		if r.Purpose == "" && len(r.Gets) > 0 {
			found = append(found, checks.Undescribed(assay.Medium, "recipient."+r.ID+".purpose", r.Range))
		}
	}
	return found
}
