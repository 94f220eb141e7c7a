package catalogue_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/schema/product"
)

// TestOpaque declares an image opaque as a whole: none of the checks that read images
// passes by it.
func TestOpaque(t *testing.T) {
	list, needs := imageChecks()
	r := rand.New(rand.NewPCG(1, 2))
	image := make([]byte, 64<<10)
	for i := range image {
		image[i] = byte(r.Uint32())
	}
	o, err := facts.Observe(context.Background(), firmware.Bytes("radio.bin", image), firmware.Options{}, needs...)
	if err != nil {
		t.Fatal(err)
	}
	declared := &product.Firmware{ID: "radio", Opaque: true, Supplier: "Radio Ltd"}
	o.Coverage = checks.DeclareOpaque(o.Image.Name, o.Coverage, declared)
	s := checks.Subject{Product: &product.Product{ID: "p", Firmwares: []product.Firmware{*declared}}, Images: []checks.Part{{Firmware: declared, Observation: o}}, AsOf: time.Now()}
	for _, r := range checks.Assess(context.Background(), s, list) {
		if r.Verdict == assay.Pass {
			t.Errorf("%s: %s %s %v", r.Check, r.Verdict, r.Reason, r.Findings)
		}
	}
}
