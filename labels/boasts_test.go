package labels_test

import (
	"errors"
	"slices"
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
		{"Hub ✯✯", "✯✯"},
		{"Hub 1 ½″ — ★", ""},
		{"★ Hub ★", ""},
		{"Hub ⭑⭑⭑", "stars"},
		{"Hub ★/★", "stars"},
		{"Hub 🟉 3", "stars"},
		{"Hub ***", "stars"},
		{"Hub CLS4", "cls4"},
		{"Hub CLS-4", "cls4"},
		{"Hub, Level 4", "level 4"},
		{"Hub 4 stars", "4 stars"},
		{"5-Star Hub", ""},
		{"レベル4 カメラ", "レベル4"},
		{"Tietoturvamerkki Hub", "tietoturvamerkki"},
		{"Car CLS 450", ""},
		{"Level 2 charger", ""},
		{"Laser Level 3", ""},
		{"ChargePoint Home Flex Level 2 EV Charger", ""},
		{"EV charger (level 2)", ""},
		{"JuiceBox 40 Level 2 EVSE", ""},
		{"Tank Level 4-20 mA", ""},
		{"Capteur de niveau 2 fils", ""},
		{"Multi-Level 5-Port Switch", ""},
		{"レベル2充電器", ""},
		{"Hub Level 2 evaluated", "level 2"},
		{"Hub, Niveau 4", "niveau 4"},
		{"Laser Tower, Level 3", "level 3"},
		{"Laser Level 3, CLS level 4", "cls level"},
		{"Level 40", ""},
		{"Starlevel", ""},
		{"Hub, not completely secure", ""},
		{"No device is 100 % secure", ""},
		{"Hub: cannot be completely secure", ""},
		{"Kein Gerät ist absolut sicher", ""},
		{"N'est pas totalement sûr", ""},
		{"完全に安全ではありません", ""},
		{"ليس آمن تماما", ""},
		{"Not officially endorsed", ""},
		{"Not insecure: completely secure", "completely secure"},
		{"Never not completely secure", "completely secure"},
		{"Not only completely secure", "completely secure"},
		{"Notcompletelysecure", "completely secure"},
		{"Not completely secure? Completely secure", "completely secure"},
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

// What no name may say, no other text of a label says.
func TestNoTextBoasts(t *testing.T) {
	for what, change := range map[string]func(*labels.Label, string){
		"id":          func(l *labels.Label, s string) { l.ID = s },
		"product id":  func(l *labels.Label, s string) { l.Product.ID = s },
		"category":    func(l *labels.Label, s string) { l.Product.Category = s },
		"contact":     func(l *labels.Label, s string) { l.Product.Maker.Contact = s },
		"website":     func(l *labels.Label, s string) { l.Product.Maker.Website = s },
		"policy":      func(l *labels.Label, s string) { l.Declared.Policy = s },
		"deletion":    func(l *labels.Label, s string) { l.Declared.Deletion = s },
		"requirement": func(l *labels.Label, s string) { l.Schemes[0].Requirements[0].ID = s },
		"document":    func(l *labels.Label, s string) { l.Documents[0].Kind = s },
		"document by": func(l *labels.Label, s string) { l.Documents[0].By = s },
		"rules":       func(l *labels.Label, s string) { l.Rules[0].Name = s },
		"rules of":    func(l *labels.Label, s string) { l.Rules[1].Version = s },
		"tool":        func(l *labels.Label, s string) { l.Tool.Version = s },
		"issuer":      func(l *labels.Label, s string) { l.Issuer.Name = s },
	} {
		for text, refused := range map[string]bool{
			"CLS4": true, "cls-4": true, "Level 4": true, "✯✯": true, "⭑ 4": true, "JC-STAR": true, "completely secure": true,
			"not completely secure": false, "plain": false,
		} {
			if usual := []string{"contact", "website", "policy", "deletion"}; text == "Level 4" && slices.Contains(usual, what) {
				refused = false // floors of houses, words in addresses of pages
			}
			s := labeltest.Statement(t)
			change(&s.Predicate, text)
			err := s.Validate()
			if got := err != nil && (strings.Contains(err.Error(), "leave it out") || strings.Contains(err.Error(), "leave them out")); got != refused {
				t.Errorf("%s %q: %v", what, text, err)
			}
		}
	}
}
