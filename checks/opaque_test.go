package checks_test

import (
	"slices"
	"strings"
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

// What is declared opaque and was opened all the same is not called closed.
func TestClosed(t *testing.T) {
	fw := &product.Firmware{
		ID: "radio", Opaque: true, Supplier: "Radio Ltd",
		Hidden: []product.OpaqueRange{{Name: "table", Offset: 100, Length: 50, Supplier: "Optics Ltd"}},
	}
	covered := func(class assay.CoverageClass, offset, length int64) assay.Coverage {
		return assay.Coverage{Bytes: 1000, Ranges: []assay.Range{{Offset: offset, Length: length, Class: class}}}
	}
	whole, table := assay.ClosedPart{Firmware: "radio", Supplier: "Radio Ltd"}, assay.ClosedPart{Firmware: "radio", Range: "table", Supplier: "Optics Ltd"}
	for name, c := range map[string]struct {
		coverage assay.Coverage
		want     []assay.ClosedPart
	}{
		"all of it":        {covered(assay.DeclaredOpaque, 0, 1000), []assay.ClosedPart{table, whole}},
		"but the table":    {covered(assay.DeclaredOpaque, 150, 850), []assay.ClosedPart{whole}},
		"opened":           {covered(assay.Opened, 0, 1000), nil},
		"without an image": {assay.Coverage{}, []assay.ClosedPart{whole}},
	} {
		if got := checks.Closed(fw, c.coverage); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A declaration that does not do what it seems to says so.
func TestUndeclared(t *testing.T) {
	fw := &product.Firmware{ID: "main", Hidden: []product.OpaqueRange{{Name: "radio", Offset: 100, Length: 50, Supplier: "S"}}}
	inside := []assay.Skipped{{Path: "x.img!jffs2!lib/radio.bin"}, {Path: "x.img!jffs2!lib/b"}}
	for want, c := range map[string]assay.Coverage{
		"":                             {Ranges: []assay.Range{{Length: 200, Class: assay.DeclaredOpaque}}},
		"all of its bytes were opened": {Ranges: []assay.Range{{Length: 200, Class: assay.Opened}}},
		"a file system begins there":   {Ranges: []assay.Range{{Length: 200, Class: assay.Unexplained, What: "jffs2: damaged"}}},
		"x.img!jffs2!lib/radio.bin stays not examined, and 1 more": {
			Ranges: []assay.Range{{Length: 200, Class: assay.DeclaredOpaque}}, Skipped: inside,
		},
	} {
		c.Bytes = 200
		got := strings.Join(checks.Undeclared("x.img", c, fw), "\n")
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	file := []assay.Range{{Length: 200, Class: assay.Unexplained, What: "extra/radio.bin: not recognised"}}
	if c := checks.DeclareOpaque("x.img", assay.Coverage{Bytes: 200, Ranges: file}, fw); c.DeclaredOpaque != 50 {
		t.Errorf("%d bytes are declared opaque of a file whose name begins as a file system's", c.DeclaredOpaque)
	}
}
