package picture

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture/words"
)

// decided is a label that its issuer made although a requirement is not met.
func decided(t *testing.T) *labels.Statement {
	t.Helper()
	a, o := labeltest.Assessment(), labeltest.Options()
	a.Conclusions[0].Outcome, a.Conclusions[0].Requirements[6].Outcome = assay.NotMet, assay.NotMet
	o.Issuer, o.Address = "Example Body", "https://body.example/labels"
	o.Despite = []labels.Decision{{Requirement: "platform-statement:credentials", By: "J. Roe", Reason: "a recall is under way"}}
	s, err := labels.New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The band says what is not met in words of the language; the number of the
// requirement stands where there is room for both.
func TestBand(t *testing.T) {
	s := decided(t)
	for _, l := range words.Languages() {
		w := words.Of(l)
		for _, f := range []Format{A6, A5, A4} {
			d, err := Draw(s, nil, Variant{f, l})
			if err != nil {
				t.Fatal(err)
			}
			p := w.Principles[assay.Credentials]
			word := p.Long
			if f == A6 {
				word = p.Short
			}
			text, want := said(d), shown(word, w.RightToLeft)
			if !strings.Contains(text, want) || !strings.Contains(text, "arecallisunderway") {
				t.Errorf("%s %s: no %q and reason", f, l, want)
			}
			if strings.Contains(text, "platform-statement:credentials") != (f != A6) {
				t.Errorf("%s %s: the requirement's number stands where it should not, or not where it should", f, l)
			}
		}
	}
}

// The mark of a demo says all of what it is, in every language.
func TestDemoMarkIsWhole(t *testing.T) {
	s := labeltest.Statement(t)
	s.Predicate.Demo = true
	for _, l := range words.Languages() {
		d, err := Draw(s, nil, Variant{Mark, l})
		if err != nil {
			t.Fatal(err)
		}
		w := words.Of(l)
		for _, part := range strings.Fields(w.Demo) { // on two lines where it must be
			if want := shown(part, w.RightToLeft); !strings.Contains(said(d), want) {
				t.Errorf("%s: no %q", l, want)
			}
		}
	}
}

// However long the issuer's name is, the page says what was looked at too and what
// came out of it.
func TestLongNames(t *testing.T) {
	for _, name := range []string{strings.Repeat("W", labels.MaxName), strings.Repeat("Home Appliances ", 7)} {
		for _, v := range Variants() {
			if v.Format == Mark || v.Language == words.Arabic { // whose lines the text below does not know
				continue
			}
			s := labeltest.Statement(t)
			s.Predicate.Issuer.Name, s.Predicate.Product.Maker.Name = strings.TrimSpace(name), strings.TrimSpace(name)
			d, err := Draw(s, nil, v)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.ReplaceAll(words.Of(v.Language).NoConclusion, " ", ""); !strings.Contains(said(d), want) {
				t.Errorf("%s: does not say %q", v, want)
			}
		}
	}
}

// No line begins with a mark that French sets apart, and no foreign word of
// Japanese is broken where another break is.
func TestLineBreaks(t *testing.T) {
	st := style{regular, 8, ink}
	for limit := 14.0; limit < 60; limit++ {
		for _, line := range wrap("Examiné : le logiciel ; 87,5 % est-il clair ?", st, limit) {
			if strings.ContainsAny(line[:1], ":;?%") {
				t.Errorf("%.0f mm: a line begins with %q", limit, line)
			}
		}
		for _, line := range wrap("映像、アカウント、ソフトウェアの更新", st, max(limit, 20)) {
			if strings.HasSuffix(line, "アカ") || strings.HasSuffix(line, "ソフト") || strings.HasSuffix(line, "ア") && !strings.HasSuffix(line, "ェア") {
				t.Errorf("%.0f mm: a word is broken at the end of %q", limit, line)
			}
		}
	}
}

// On the mark nothing stands under the band, also not a long name of who issued it.
func TestBandOfMark(t *testing.T) {
	s := decided(t)
	for _, name := range []string{"Example Body", "Technischer Überwachungsverein Mustersachsen-Thüringen GmbH"} {
		s.Predicate.Issuer.Name = name
		for _, l := range words.Languages() {
			d, err := Draw(s, nil, Variant{Mark, l})
			if err != nil {
				t.Fatal(err)
			}
			top := d.Height - bands[Mark].height
			for _, shape := range d.Pages[0] {
				if shape.Text != "" && shape.Fill != white && shape.Y > top-0.5 {
					t.Errorf("%s: %q stands at %.1f mm, the band begins at %.1f", l, shape.Text, shape.Y, top)
				}
			}
		}
	}
}
