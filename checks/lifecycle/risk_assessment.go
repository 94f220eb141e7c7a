package lifecycle

import (
	_ "embed"
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

//go:embed risk_assessment.md
var riskAssessmentDoc string

// RiskAssessment fails a product without a dated risk assessment document.
var RiskAssessment = &checks.Check{
	ID:        "lifecycle/risk-assessment",
	Title:     "there is a dated risk assessment, and it is the file that was declared",
	Doc:       riskAssessmentDoc,
	Remedy:    "Write down the security risks of the product and what is done about each, and declare the document in risk_assessment.",
	Principle: assay.Lifecycle,
	Reads:     checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.6-9"},
	Version:   1,
	Run:       riskAssessment,
}

func riskAssessment(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	if p.Risk == nil {
		return c.NotDescribed(assay.High, "risk_assessment")
	}
	r := p.Risk
	doc := paper{"the risk assessment", "risk_assessment", r.File, r.Date, r.SHA256, r.Range}
	place, found, err := doc.examine(c, p)
	switch {
	case len(found) > 0:
		return c.Fail(assay.Documented, found...)
	case err != nil:
		return c.Inconclusive("%v", err)
	}
	j := c.Pass(assay.Documented, place, checks.Place(r.Range))
	if r.Method == "" {
		j = j.With(checks.Undescribed(assay.Info, "risk_assessment.method", r.Range))
	}
	if sold := p.FirstSold; sold != "" && !sold.Time().After(c.AsOf) && r.Date.Time().Before(sold.Time()) {
		message := fmt.Sprintf("the risk assessment of %s was not renewed since the first sale on %s", r.Date, sold)
		j = j.With(checks.Misdeclared(assay.Info, message, r.Range))
	}
	return j
}
