package support

import (
	_ "embed"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed published.md
var publishedDoc string

// Published fails a maker whose page does not say what the product file says.
var Published = &checks.Check{
	ID:        "support/published",
	Title:     "the published page names the model and the same end of security updates",
	Doc:       publishedDoc,
	Remedy:    "Publish the end of security updates with the model on a page that anyone can read, and declare its address in support.notice.",
	Principle: assay.Support,
	Reads:     checks.Declared + checks.Published,
	Severity:  assay.High,
	Provision: []string{"5.3-13"},
	Version:   1,
	Needs:     checks.Needs(facts.Pages),
	Run:       published,
}

func published(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	switch {
	case p.Support == nil:
		return c.NotDescribed(assay.High, "support")
	case p.Support.Notice == "":
		return c.Fail(assay.Declared, checks.Undescribed(assay.High, "support.notice", p.Support.Range))
	case p.Support.Until == "":
		return c.Fail(assay.Declared, checks.Undescribed(assay.High, "support.until", p.Support.Range))
	}
	page, ok := facts.PageAt(checks.Ask(c, facts.Pages), p.Support.Notice)
	if !ok {
		return c.Inconclusive("%s was not asked: needs --online", p.Support.Notice)
	}
	if page.Status != 200 {
		return c.Fail(assay.Observed, checks.Contradiction(assay.High, "the page of the support period does not answer", p.Support.Range, page.At()))
	}
	if found := unlike(p, page); len(found) > 0 {
		if page.Scripts {
			return c.Inconclusive("%s is made by scripts, so what it says cannot be read", p.Support.Notice)
		}
		return c.Fail(assay.Observed, found...)
	}
	return c.Pass(assay.Observed, page.At())
}

// unlike lists what of the declaration the page does not say.
func unlike(p *product.Product, page facts.Page) []assay.Finding {
	text := strings.ToLower(strings.Join(strings.Fields(page.Text), " "))
	var found []assay.Finding
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, strings.ToLower(w)) {
				return true
			}
		}
		return false
	}
	if !says(append([]string{p.Name}, p.Models...)...) {
		found = append(found, checks.Contradiction(assay.High, "the page of the support period does not name the product", p.Range, page.At()))
	}
	if !says(writings(p.Support.Until.Time())...) {
		found = append(found, checks.Contradiction(assay.High, "the page of the support period does not give the day "+string(p.Support.Until), p.Support.UntilRange, page.At()))
	}
	return found
}

// writings are the ways in which people write a day.
func writings(day time.Time) []string {
	var all []string
	for _, layout := range []string{"2006-01-02", "2 January 2006", "02 January 2006", "January 2, 2006", "2 Jan 2006", "Jan 2, 2006", "02.01.2006", "2.1.2006", "02/01/2006", "01/02/2006", "2006/01/02"} {
		all = append(all, day.Format(layout))
	}
	return all
}
