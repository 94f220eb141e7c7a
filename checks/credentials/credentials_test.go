package credentials

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/checktest"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/schema/product"
)

func TestEmptyPassword(t *testing.T)   { checktest.Run(t, EmptyPassword) }
func TestStaticPassword(t *testing.T)  { checktest.Run(t, StaticPassword) }
func TestDefaultPassword(t *testing.T) { checktest.Run(t, DefaultPassword) }
func TestPlaintext(t *testing.T)       { checktest.Run(t, Plaintext) }
func TestWifiKey(t *testing.T)         { checktest.Run(t, WifiKey) }
func TestAuthorizedKey(t *testing.T)   { checktest.Run(t, AuthorizedKey) }
func TestBruteForce(t *testing.T)      { checktest.Run(t, BruteForce) }
func TestWeakHash(t *testing.T)        { checktest.Run(t, WeakHash) }
func TestExtraRoot(t *testing.T)       { checktest.Run(t, ExtraRoot) }
func TestUndeclaredLogin(t *testing.T) { checktest.Run(t, UndeclaredLogin) }

// The names of the product are tried too. They need the hash itself, which is
// not stored with an assessment, so this is no fixture.
func TestDefaultPasswordOfProduct(t *testing.T) {
	folder := fstest.MapFS{
		"etc/passwd":  {Data: []byte("root:x:0:0::/:/bin/sh\n")},
		"etc/shadow":  {Data: []byte("root:$1$ab$LQl6RjyKkzwUQ/L6noF3//:::::::\n")},
		"bin/busybox": {}, "dev/null": {},
	}
	o, err := facts.Observe(t.Context(), firmware.Source{Name: "image", Folder: folder}, firmware.Options{}, DefaultPassword.Needs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		product *product.Product
		want    assay.Verdict
	}{
		{nil, assay.Inconclusive},
		{&product.Product{ID: "x", Name: "Another Thing"}, assay.Inconclusive},
		{&product.Product{ID: "x", Name: "Well Meter 9000"}, assay.Fail},
	} {
		s := checks.Subject{Product: tt.product, Images: []checks.Part{{Observation: o}}}
		r := checks.Assess(t.Context(), s, []*checks.Check{DefaultPassword})[0]
		if r.Verdict != tt.want {
			t.Errorf("%v: %s (%s), want %s", tt.product, r.Verdict, r.Reason, tt.want)
		}
	}
}

func TestProductWords(t *testing.T) {
	words := productWords(&product.Product{Name: "Well Meter", Models: []string{"WM-9"}, Manufacturer: &product.Manufacturer{Name: "Acme GmbH"}})
	for _, want := range []string{"Well Meter", "well", "wellmeter", "WM9", "acme", "acme123"} {
		if !slices.Contains(words, want) {
			t.Errorf("%q is not tried", want)
		}
	}
}
