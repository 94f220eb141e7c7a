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
		{"Caméra totalement sûre", "totalement sûr"},
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
		{"Clslevel", "cls level"},
		{"Nice Marking", ""},
		{"Hub 100 Sûreté", ""},
		{"Completelysecure", "completely secure"},
		{"Thecompletelysecurehub", "completely secure"},
		{"c.o.m.p.l.e.t.e.l.y s e c u r e", "completely secure"},
		{"Hub \uff23\uff2f\uff2dpletely ѕесurе", "completely secure"}, // wide, Cyrillic
		{"C0mpletely secure", "completely secure"},
		{"ĉompletely secure", "completely secure"},
		{"Hub C.E. mark", "ce mark"},
		{"Hub ★★★★", "★★★★"},
		{"Hub ★ ★", "★ ★"},
		{"Hub ⭐4", "⭐4"},
		{"Hub ★", ""},
	} {
		a := labeltest.Assessment()
		a.Product.Name = c.name
		_, err := labels.New(a, labeltest.Options())
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.name, err)
		case c.says != "" && (!errors.Is(err, labels.ErrRefused) || !strings.Contains(err.Error(), c.says)):
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
