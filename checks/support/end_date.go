package support

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed end_date.md
var endDateDoc string

// EndDate fails a product that does not say until when security updates come,
// or that ends them too early.
var EndDate = &checks.Check{
	ID:        "support/end-date",
	Title:     "the end of security updates is declared and lies far enough ahead",
	Doc:       endDateDoc,
	Remedy:    "Declare support.until with a day that the schemes you claim accept, and keep the promise.",
	Principle: assay.Support,
	Reads:     checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.3-13"},
	Version:   1,
	Run:       endDate,
}

func endDate(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	switch {
	case p.Support == nil:
		return c.NotDescribed(assay.High, "support")
	case p.Support.Until == "":
		return c.Fail(assay.Declared, checks.Undescribed(assay.High, "support.until", p.Support.Range))
	}
	if found := tooEarly(c, p); len(found) > 0 {
		return c.Fail(assay.Declared, found...)
	}
	if len(c.Terms) > 0 && p.FirstSold == "" {
		return c.Inconclusive("%s demands at least %d years from the first sale, but first_sold is not declared", c.Terms[0].Scheme, c.Terms[0].Years)
	}
	return c.Pass(assay.Declared, checks.Place(p.Support.UntilRange))
}

// tooEarly lists the days that the declared end may not lie before.
func tooEarly(c *checks.Context, p *product.Product) []assay.Finding {
	until := p.Support.Until.Time()
	var found []assay.Finding
	early := func(format string, args ...any) {
		message := "security updates end on " + string(p.Support.Until) + ", " + fmt.Sprintf(format, args...)
		found = append(found, checks.Misdeclared(assay.High, message, p.Support.UntilRange))
	}
	if !until.After(c.AsOf) {
		early("not after %s", c.AsOf.Format(time.DateOnly))
	}
	if until.Before(c.LabelEnd) {
		early("before the label itself on %s", c.LabelEnd.Format(time.DateOnly))
	}
	for _, t := range c.Terms {
		if p.FirstSold != "" && until.Before(p.FirstSold.Time().AddDate(t.Years, 0, 0)) {
			early("less than the %d years from the first sale that %s demands", t.Years, t.Scheme)
		}
	}
	return found
}
