package checks_test

import (
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

func TestDeclareOpaque(t *testing.T) {
	ranges := func(r ...assay.Range) []assay.Range { return r }
	radio := &product.Firmware{Hidden: []product.OpaqueRange{{Name: "radio", Offset: 100, Length: 50, Supplier: "S", Reason: "r"}}}
	whole := &product.Firmware{Opaque: true, Supplier: "S"}
	for _, test := range []struct {
		name              string
		fw                *product.Firmware
		ranges            []assay.Range
		opaque, unexplain int64
	}{
		{"a range inside", radio, ranges(assay.Range{Length: 200, Class: assay.Unexplained}), 50, 150},
		{"what was opened stays opened", radio, ranges(assay.Range{Length: 120, Class: assay.Opened}, assay.Range{Offset: 120, Length: 80, Class: assay.Unexplained}), 30, 50},
		{"a file system cannot be declared away", radio, ranges(assay.Range{Length: 200, Class: assay.Unexplained, What: "squashfs: damaged"}), 0, 200},
		{"the whole image", whole, ranges(assay.Range{Length: 200, Class: assay.Unexplained}), 200, 0},
		{"nothing declared", &product.Firmware{}, ranges(assay.Range{Length: 200, Class: assay.Unexplained}), 0, 200},
	} {
		in := assay.Coverage{Bytes: 200, Ranges: test.ranges}
		for _, r := range test.ranges {
			if r.Class == assay.Unexplained {
				in.Unexplained += r.Length
			} else {
				in.Opened += r.Length
			}
		}
		got := checks.DeclareOpaque("image", in, test.fw)
		if got.DeclaredOpaque != test.opaque || got.Unexplained != test.unexplain {
			t.Errorf("%s: opaque %d, unexplained %d; want %d and %d", test.name, got.DeclaredOpaque, got.Unexplained, test.opaque, test.unexplain)
		}
		sum := int64(0)
		for _, r := range got.Ranges {
			if r.Offset != sum {
				t.Errorf("%s: a range begins at %d, want %d", test.name, r.Offset, sum)
			}
			sum += r.Length
		}
		if sum != 200 {
			t.Errorf("%s: the ranges sum to %d", test.name, sum)
		}
	}
}
