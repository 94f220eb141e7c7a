package lifecycle

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
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
	Version:   2,
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
		return c.Fail(assay.Documented, append(found, outgrown(p)...)...)
	case err != nil:
		return c.Inconclusive("%v", err).With(outgrown(p)...)
	}
	if older := outgrown(p); len(older) > 0 {
		return c.Fail(assay.Documented, older...)
	}
	j := c.Pass(assay.Documented, place, checks.Place(r.Range))
	if r.Method == "" {
		j = j.With(checks.Undescribed(assay.Info, "risk_assessment.method", r.Range))
	}
	if r.Version == "" && len(p.Firmwares) > 0 {
		j = j.With(checks.Undescribed(assay.Info, "risk_assessment.version", r.Range))
	}
	if sold := p.FirstSold; sold != "" && !sold.Time().After(c.AsOf) && r.Date.Time().Before(sold.Time()) {
		message := fmt.Sprintf("the risk assessment of %s was not renewed since the first sale on %s", r.Date, sold)
		j = j.With(checks.Misdeclared(assay.Info, message, r.Range))
	}
	return j
}

// outgrown says that the assessment was made for an older major version than that of the
// first firmware.
func outgrown(p *product.Product) []assay.Finding {
	if len(p.Firmwares) == 0 {
		return nil
	}
	fw := p.Firmwares[0]
	old, ok := majorVersion(p.Risk.Version)
	now, known := majorVersion(fw.Version)
	if !ok || !known || old >= now {
		return nil
	}
	message := fmt.Sprintf("the risk assessment was made for version %s, and firmware %s has version %s", p.Risk.Version, fw.ID, fw.Version)
	return []assay.Finding{checks.Misdeclared(assay.High, message, p.Risk.Range)}
}

// majorVersion is the first number of a version, with or without a v in front (Semantic
// Versioning 2.0.0, 2 and 8). That of a version that is a year or a day is none.
func majorVersion(version string) (major int, ok bool) {
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(version, "v"), "V"), ".")
	major, err := strconv.Atoi(first)
	return major, err == nil && major >= 0 && major < 1990
}
