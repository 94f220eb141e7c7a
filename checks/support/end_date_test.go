package support

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/checktest"
	"github.com/assay-iot/assay/schema/product"
)

func TestEndDate(t *testing.T) {
	checktest.Run(t, EndDate)
}

// What a scheme demands, and the label's own end, do not stand in a product
// file; so fixtures cannot hold them.
func TestEndDateTerms(t *testing.T) {
	asOf, _ := assay.Date("2026-06-01")
	five := []checks.Term{{Scheme: "example", Years: 5}}
	for _, test := range []struct {
		name, sold, until, labelEnd string
		terms                       []checks.Term
		verdict                     assay.Verdict
		says                        string
	}{
		{"long enough", "2026-03-01", "2031-03-01", "", five, assay.Pass, ""},
		{"a day short", "2026-03-01", "2031-02-28", "", five, assay.Fail, "less than the 5 years from the first sale that example demands"},
		{"no term", "", "2027-01-01", "", nil, assay.Pass, ""},
		{"first sale not declared", "", "2031-03-01", "", five, assay.Inconclusive, "first_sold is not declared"},
		{"over in any case", "", "2026-01-01", "", five, assay.Fail, "not after 2026-06-01"},
		{"label outlives it", "", "2027-01-01", "2027-01-02", nil, assay.Fail, "before the label itself on 2027-01-02"},
		{"label ends with it", "", "2027-01-01", "2027-01-01", nil, assay.Pass, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := checks.Subject{AsOf: asOf, Terms: test.terms, Product: &product.Product{
				FirstSold: product.Date(test.sold), Support: &product.Support{Until: product.Date(test.until)},
			}}
			s.LabelEnd = product.Date(test.labelEnd).Time()
			r := checks.Assess(t.Context(), s, []*checks.Check{EndDate})[0]
			said := r.Reason
			for _, f := range r.Findings {
				said += f.Message
			}
			if r.Verdict != test.verdict || !strings.Contains(said, test.says) {
				t.Errorf("%s %q, want %s %q", r.Verdict, said, test.verdict, test.says)
			}
		})
	}
}
