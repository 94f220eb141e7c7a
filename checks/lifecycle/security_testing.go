package lifecycle

import (
	_ "embed"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

//go:embed security_testing.md
var securityTestingDoc string

// SecurityTesting fails a product for which nothing shows that its security was
// tested or reviewed.
var SecurityTesting = &checks.Check{
	ID:        "lifecycle/security-testing",
	Title:     "documents show that the security was tested or reviewed",
	Doc:       securityTestingDoc,
	Remedy:    "Have the product tested or reviewed, and declare each dated report in an evidence block.",
	Principle: assay.Lifecycle,
	Reads:     checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.6-9"},
	Version:   1,
	Run:       securityTesting,
}

// testKinds lists the kinds of evidence that speak of tests and reviews.
var testKinds = []string{"penetration-test", "code-review", "fuzzing", "static-analysis", "audit", "test-report"}

func securityTesting(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	var found []assay.Finding
	var places []assay.Location
	var unread error
	for _, e := range p.Evidence {
		if !slices.Contains(testKinds, e.Kind) {
			continue
		}
		doc := paper{"evidence " + e.ID, "evidence." + e.ID, e.File, e.Date, e.SHA256, e.Range}
		place, wrong, err := doc.examine(c, p)
		found = append(found, wrong...)
		places = append(places, place, checks.Place(e.Range))
		if unread == nil {
			unread = err
		}
	}
	switch {
	case len(places) == 0:
		return c.NotDescribed(assay.High, "evidence of a security test or review")
	case len(found) > 0:
		return c.Fail(assay.Documented, found...)
	case unread != nil:
		return c.Inconclusive("%v", unread)
	}
	return c.Pass(assay.Documented, places...)
}
