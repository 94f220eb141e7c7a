package support

import (
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/checktest"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

func TestExpiry(t *testing.T) {
	checktest.Run(t, Expiry)
}

// A key that is declared to end before the promise is a finding without any
// certificate in the image.
func TestExpiryOfDeclaredKey(t *testing.T) {
	asOf, _ := assay.Date("2026-06-01")
	p := &product.Product{
		Support: &product.Support{Until: "2031-12-31"},
		Keys:    []product.Key{{ID: "release", NotAfter: "2028-01-01"}, {ID: "other", NotAfter: "2033-01-01"}},
	}
	o := facts.NewObservation()
	if err := o.Put(facts.Certificates, []byte("[]")); err != nil {
		t.Fatal(err)
	}
	r := checks.Assess(t.Context(), checks.Subject{Product: p, AsOf: asOf, Images: []checks.Part{{Observation: o}}}, []*checks.Check{Expiry})[0]
	if r.Verdict != assay.Fail || len(r.Findings) != 1 || r.Findings[0].Message != "key release ends on 2028-01-01, before the support on 2031-12-31" {
		t.Errorf("%+v", r)
	}
}
