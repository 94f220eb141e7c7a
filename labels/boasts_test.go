package labels_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

// Names that claim what no label says give none; names that only come near do.
func TestBoasts(t *testing.T) {
	for _, c := range []struct{ name, says string }{
		{"Hub, completely secure", "completely secure"},
		{"Hub COMPLETELY-SECURE", "completely secure"},
		{"Hub (100 % secure)", "100 secure"},
		{"Hub: no vulnerabilities!", "no vulnerabilities"},
		{"Officially endorsed hub", "officially endorsed"},
		{"Hub, völlig sicher", "völlig sicher"},
		{"Caméra totalement sûre", ""},
		{"Caméra: aucune vulnérabilité", "aucune vulnérabilité"},
		{"完全に安全なカメラ", "完全に安全"},
		{"كاميرا آمن تماما", "آمن تماما"},
		{"Hub, CLS level 4", "cls level"},
		{"Hub JC-STAR ★2", "jc star"},
		{"Hub with U.S. Cyber Trust Mark", "cyber trust mark"},
		{"Hub CE", ""},
		{"Hub, \u0441ompletely secure", "completely secure"}, // a Cyrillic letter
		{"Hub with U.S. Cyber \u03a4rust Mark", "cyber trust mark"},
		{"Hub, BSI approved", "bsi approved"},
		{"Secure Hub 100", ""},
		{"Clslevel", ""},
	} {
		a := labeltest.Assessment()
		a.Product.Name = c.name
		_, err := labels.New(a, labeltest.Options())
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.name, err)
		case c.says != "" && (!errors.Is(err, labels.ErrRefused) || !strings.Contains(err.Error(), `"`+c.says+`"`)):
			t.Errorf("%q: %v, want %q", c.name, err, c.says)
		}
	}
	for what, change := range map[string]func(*assay.Assessment, *labels.IssueOptions){
		"model":  func(a *assay.Assessment, _ *labels.IssueOptions) { a.Product.Models = []string{"A", "B unhackable"} },
		"maker":  func(a *assay.Assessment, _ *labels.IssueOptions) { a.Product.Manufacturer.Name = "Unhackable Ltd" },
		"issuer": func(_ *assay.Assessment, o *labels.IssueOptions) { o.Issuer = "Government-approved labels" },
	} {
		a, o := labeltest.Assessment(), labeltest.Options()
		change(a, &o)
		if _, err := labels.New(a, o); !errors.Is(err, labels.ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
