package page_test

import (
	"math/rand/v2"
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/page"
)

// names are texts of which each is held against each, and what changed ones are made of.
var names = []string{
	"Example Body", "example   BODY", "Ex\u0430mple Body", "Examp1e Body", "TUV Example", "TÜV Example", "TU\u0308V Example", "TU\u200bV Example",
	"ΟΥΖ", "ουζ", "ガラス電機", "カ\u3099ラス電機", "한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "TP-Link", "TP\u2011Link", "O'Neil", "O\u2019Neil", "O\u00b4Neil",
	"K\u04d3rcher", "Kärcher", "\ufb01tbit", "fitbit", "\u043due", "hue", "İstanbul", "istanbul", "ſtart", "Å", "\u212b", "Ⅳ", "IV",
	"", " ", "\u00a0", "\u3164", "\u2800", "Acme ", "Acme\u3164Ltd", "Acme\ufe0f", "Acme\x07", "Acme\u202e", "Acme\u00adLtd", "Acme\u034fLtd", "Acme\U000e0001",
	"completely secure", "Completelysecure", "Thecompletelysecurehub", "c.o.m.p.l.e.t.e.l.y s e c u r e", "Hub \uff23\uff2f\uff2dpletely ѕесurе", "C0mpletely secure",
	"ĉompletely secure", "100 % secure", "Hub 100 Sûreté", "totalement sûr", "完全に安全なカメラ", "كاميرا آمن تماما", "Clslevel", "CLS level 4", "jc-star", "Nice Marking", "C.E. mark",
	"us-cyber-trust-mark", "IT-Sicherheitskennzeichen", "Hub ★★", "Hub ★", "★ ★", "⭐4", "4 ☆", "🌟🌟", "Hub 4", "٤★", "✯✯", "⭑⭑⭑", "★/★", "***", "CLS4", "CLS-4", "CLS 450", "Level 4", "Level 2 charger", "Laser Level 3", "Laser: level 3 charger", "laserlevel 3", "level 3 laser level 4", "CLS laser level 4 level 2", "4 stars", "レベル4", "Level 2 EV Charger", "EV charger (level 2)", "Level 4-20 mA", "niveau 2 fils", "レベル2充電器", "multi-level 5", "level 2 evaluated",
	"Barn", "Bar", "Bam", "rnvvrvnv", "ƼƽЗзБб\u0661\u0647\u05d5", "ᗞᕼᒍ ⴹⵏ", "σςϻϹ", "\ufeeb\ufe8d",
	"هاب می\u200cسان", "ශ්\u200dරී", "ഇലക്ട്രോണിക്\u200dസ്", "র\u200d্যাম", "क्\u200cष", "क\u200cष", "ක\u200cරී", "ශ්\u200d", "\u200dرى", "می\u200c\u200cسان", "ab\u200cc", "م\u200cක", "م\u200c1", "ශ්\u200dर", "م\u200cي\u200cم",
	"not completely secure", "No device is 100 % secure", "Never not completely secure", "完全に安全ではありません", "\U0001f7c9 3",
}

// The program and the page judge the same of names and of what may stand on a label.
func TestNamesAsTheProgram(t *testing.T) {
	all := names
	random := rand.New(rand.NewPCG(6, 12))
	for range 3000 {
		a, b := []rune(names[random.IntN(len(names))]), []rune(names[random.IntN(len(names))])
		at, bt := random.IntN(len(a)+1), random.IntN(len(b)+1)
		all = append(all, string(a[:at])+string(b[bt:]))
	}
	const chosen = "us-cyber-trust-mark"
	type ask struct{ A, B string }
	var asks []ask
	for i, a := range all {
		asks = append(asks, ask{a, all[(i*31)%len(all)]})
		if i < len(names) {
			for _, b := range names {
				asks = append(asks, ask{a, b})
			}
		}
	}
	var answers []struct{ Name, Scheme, Same, Begins bool }
	labeltest.Node(t, string(page.Verifier()), `async ({A, B}) => ({
		name: kinds.name(A), scheme: isPlain(A) && !boasts(A, "`+chosen+`"), same: sameName(A, B), begins: begins(A, B),
	})`, asks, &answers)
	good, same := 0, 0
	for i, a := range asks {
		got := answers[i]
		name, scheme := labels.CheckName(a.A) == nil, labels.CheckScheme(chosen, a.A) == nil
		if got.Name != name || got.Scheme != scheme || got.Same != labels.SameName(a.A, a.B) || got.Begins != labels.BeginsName(a.A, a.B) {
			t.Errorf("%q, %q: the page says %v; the program name %v, scheme %v, same %v, begins %v",
				a.A, a.B, got, name, scheme, labels.SameName(a.A, a.B), labels.BeginsName(a.A, a.B))
		}
		if name {
			good++
		}
		if got.Same {
			same++
		}
	}
	t.Logf("%d questions, %d names are good, %d pairs are the same", len(asks), good, same)
}

// The program and the page take the same editions.
func TestEditionsAsTheProgram(t *testing.T) {
	all := labeltest.Editions
	random := rand.New(rand.NewPCG(6, 27))
	for range 3000 {
		a, b := labeltest.Editions[random.IntN(len(labeltest.Editions))], []rune(labeltest.Editions[random.IntN(len(labeltest.Editions))].Edition)
		at, bt := []rune(a.Edition), random.IntN(len(b)+1)
		all = append(all, labeltest.Edition{ID: a.ID, Edition: string(at[:random.IntN(len(at)+1)]) + string(b[bt:])})
	}
	var answers []bool
	labeltest.Node(t, string(page.Verifier()), `async ({ID, Edition}) => isEdition(ID, Edition)`, all, &answers)
	good := 0
	for i, c := range all {
		want := labels.CheckEdition(c.ID, c.Edition) == nil
		if answers[i] != want {
			t.Errorf("%s, %q: the page says %v, the program %v", c.ID, c.Edition, answers[i], want)
		}
		if want {
			good++
		}
	}
	t.Logf("%d editions, %d are good", len(all), good)
}
