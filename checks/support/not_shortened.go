package support

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed not_shortened.md
var notShortenedDoc string

// NotShortened fails a maker who takes back what an earlier label promised.
var NotShortened = &checks.Check{
	ID:        "support/not-shortened",
	Title:     "security updates end no earlier than an earlier label promised",
	Doc:       notShortenedDoc,
	Remedy:    "Keep the day of the earlier label, or a later one.",
	Principle: assay.Support,
	Reads:     checks.Declared + checks.Published,
	Severity:  assay.High,
	Provision: []string{"5.3-13"},
	Version:   1,
	Needs:     checks.Needs(facts.Earlier),
	Run:       notShortened,
}

func notShortened(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	switch {
	case p.Support == nil:
		return c.NotDescribed(assay.High, "support")
	case p.Support.Until == "":
		return c.Fail(assay.Declared, checks.Undescribed(assay.High, "support.until", p.Support.Range))
	}
	earlier := checks.Ask(c, facts.Earlier)
	if earlier.None {
		return c.NotApplicable("the product has no earlier label")
	}
	where := assay.Location{Path: earlier.Where}
	promised, err := time.Parse(time.DateOnly, earlier.Until)
	if err != nil {
		return c.Inconclusive("the earlier label gives no day that can be read")
	}
	if p.Support.Until.Time().Before(promised) {
		message := fmt.Sprintf("security updates end on %s, but an earlier label promised %s", p.Support.Until, earlier.Until)
		return c.Fail(assay.Observed, checks.Contradiction(assay.High, message, p.Support.UntilRange, where))
	}
	return c.Pass(assay.Observed, checks.Place(p.Support.UntilRange), where)
}
