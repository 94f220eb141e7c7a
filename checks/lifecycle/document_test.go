package lifecycle

import (
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

// A document that is there but was not read is neither right nor wrong. Fixtures
// cannot hold such a file.
func TestUnreadDocument(t *testing.T) {
	asOf, _ := assay.Date("2026-06-01")
	const file = "docs/report.pdf"
	for name, documents := range map[string]map[string]product.Document{
		"could not be read": {file: {Path: file, Err: errors.New("permission denied")}},
		"was not read":      {},
	} {
		p := &product.Product{
			Documents: documents,
			Risk:      &product.Risk{File: file, Date: "2026-02-10"},
			Evidence:  []product.Evidence{{ID: "report", Kind: "audit", File: file, Date: "2026-02-10"}},
		}
		for _, r := range checks.Assess(t.Context(), checks.Subject{Product: p, AsOf: asOf}, []*checks.Check{RiskAssessment, SecurityTesting}) {
			if r.Verdict != assay.Inconclusive || !strings.Contains(r.Reason, file+" "+name) {
				t.Errorf("%s: %s: %s, want inconclusive: %s", name, r.Check, r.Verdict, r.Reason)
			}
		}
	}
}
