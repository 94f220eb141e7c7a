package labels

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// boasts are words that never stand on a label, whoever wrote them: what no
// assessment can show, or that an authority stands behind it. The first three are
// those that the mark of Japan's JC-STAR must not be described with; the others say
// the same in other words, and in the languages of labels.
var boasts = phrases(
	"completely secure", "no vulnerabilities", "officially endorsed",
	"absolutely secure", "totally secure", "fully secure", "100 secure", "100 percent secure", "unhackable", "hacker proof", "hack proof",
	"vulnerability free", "zero vulnerabilities", "free of vulnerabilities", "without vulnerabilities",
	"officially approved", "officially certified", "officially recommended", "government approved", "government certified", "government endorsed",
	"vollkommen sicher", "völlig sicher", "absolut sicher", "100 sicher", "keine schwachstellen", "ohne schwachstellen", "amtlich zertifiziert", "amtlich empfohlen",
	"totalement sûr", "totalement sécurisé", "100 sûr", "aucune vulnérabilité", "sans vulnérabilité", "officiellement approuvé", "officiellement certifié",
	"完全に安全", "完全なセキュリティ", "脆弱性なし", "脆弱性はありません", "政府公認", "政府認定",
	"آمن تماما", "خال من الثغرات", "معتمد رسميا",
)

// mark is the official mark of a scheme, as names could pretend to bear it.
type mark struct {
	scheme string // id; empty if no scheme of a label gives it
	words  func() []phrase
}

// marks are the official marks. A label never shows one, and calls only its scheme
// by the words.
var marks = []mark{
	{"us-cyber-trust-mark", phrases("cyber trust mark")},
	{"jp-jc-star", phrases("jc star")},
	{"sg-cls", phrases("cls level", "cybersecurity labelling scheme")},
	{"de-bsi", phrases("bsi approved", "bsi certified", "approved by bsi", "certified by bsi", "bsi zertifiziert", "it sicherheitskennzeichen")},
	{"", phrases("ce mark", "ce marked", "ce marking", "ce certified", "ce zertifiziert")},
}

// CheckName refuses what no name on a label may be: empty, with a blank at an end or
// with what cannot be seen, or one that claims what a label never says. Whoever
// reads another form of the label holds its names to the same.
func CheckName(s string) error {
	return cmp.Or(checkEnds(s), CheckText(s), modest(s), unmarked(s, ""))
}

// CheckScheme refuses what may not stand for the id or the edition of a scheme.
func CheckScheme(id, s string) error {
	return cmp.Or(checkEnds(s), CheckText(s), modest(s), unmarked(s, id))
}

func checkEnds(s string) error {
	if s == "" || strings.TrimSpace(s) != s {
		return fmt.Errorf("the text %.120q is empty, or has a blank at an end", s)
	}
	return nil
}

// boasting says which text of a label, of those that people write themselves, calls
// an official mark.
func (l *Label) boasting() error {
	p, d := &l.Product, &l.Declared
	own := slices.Concat([]string{
		p.Name, p.ID, p.Category, p.Maker.Name, p.Maker.Address, p.Maker.Country, d.Deletion,
	}, p.Models, d.Passwords, d.Sensors, d.WithoutSensors, d.PersonalData, d.Recipients)
	for _, f := range l.Firmware {
		own = append(own, f.Name, f.Version, f.Minimum)
	}
	for _, part := range l.Parts {
		own = append(own, part.Kind, part.Name, part.Version)
	}
	for _, c := range l.Closed {
		own = append(own, c.Supplier, c.Range)
	}
	for _, doc := range l.Documents {
		own = append(own, doc.By)
	}
	if l.Issuer.Standing != Authorised { // else the policy gives the name: that of a mark's owner, it may be
		own = append(own, l.Issuer.Name)
	}
	var errs []error
	for _, s := range own {
		if s != "" {
			errs = append(errs, cmp.Or(checkEnds(s), unmarked(s, "")))
		}
	}
	for _, s := range l.Schemes {
		errs = append(errs, checkScheme(s.ID, s.Title), checkScheme(s.ID, s.Edition), checkEdition(s.ID, s.Edition))
	}
	for _, s := range l.AlsoAssessed {
		errs = append(errs, checkScheme(s.ID, s.Title), checkScheme(s.ID, s.Edition), checkEdition(s.ID, s.Edition))
	}
	return errors.Join(errs...)
}

// checkScheme refuses what may not stand for the name or the edition of a scheme.
func checkScheme(id, s string) error { return cmp.Or(checkEnds(s), unmarked(s, id)) }

// modest refuses a text that holds one of the words that never stand on a label, or
// stars as the marks of schemes have them.
func modest(s string) error {
	t := wordsOf(s)
	for _, w := range boasts() {
		if t.says(w) {
			return fmt.Errorf("the text %.120q says %q, which never stands on a label: leave it out", s, w.words)
		}
	}
	if rated(s) {
		return fmt.Errorf("the text %.120q shows stars, as only the marks of schemes do: leave them out", s)
	}
	return nil
}

// unmarked refuses a text that calls the mark of another scheme.
func unmarked(s, scheme string) error {
	t := wordsOf(s)
	for _, m := range marks {
		if m.scheme != "" && m.scheme == scheme {
			continue
		}
		for _, w := range m.words() {
			if t.says(w) {
				return fmt.Errorf("the text %.120q says %q, an official mark that no label shows: leave it out", s, w.words)
			}
		}
	}
	return nil
}

// Stars are characters that a level could be drawn with.
const Stars = "★☆✦✧✩✪✫✬✭✮✯✰⭐🌟✨⚝⋆"

// rated reports whether a text shows two stars, or one beside a digit.
func rated(s string) bool {
	last := ' '
	for _, r := range s {
		if unicode.IsSpace(r) {
			continue
		}
		star, before := strings.ContainsRune(Stars, r), strings.ContainsRune(Stars, last)
		if star && (before || unicode.IsDigit(last)) || before && unicode.IsDigit(r) {
			return true
		}
		last = r
	}
	return false
}

// phrase is words, the form in which they are looked for, and whether they are
// found inside of longer words too.
type phrase struct {
	words, form string
	anywhere    bool
}

// shortPhrase is the number of letters below which a phrase is only looked for as
// whole words: "CE mark" stands in "nice market".
const shortPhrase = 10

// phrases brings words into that form, once.
func phrases(words ...string) func() []phrase {
	return sync.OnceValue(func() []phrase {
		var list []phrase
		for _, w := range words {
			t := wordsOf(w)
			short := len([]rune(t.letters)) < shortPhrase || t.ends[2] || w[0] == '1'
			list = append(list, phrase{w, t.letters, !short || unspaced(w)})
		}
		return list
	})
}

// Never gives the phrases that never stand in a name on a label, by the id of the
// scheme that may be called so, in the form in which they are looked for: for
// verifiers in other languages. "*" stands before one that is found inside of longer
// words too.
func Never() map[string][]string {
	never := map[string][]string{"": forms(boasts())}
	for _, m := range marks {
		never[m.scheme] = append(never[m.scheme], forms(m.words())...)
	}
	return never
}

func forms(all []phrase) []string {
	var list []string
	for _, w := range all {
		if w.anywhere {
			w.form = "*" + w.form
		}
		list = append(list, w.form)
	}
	return list
}

func unspaced(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) })
}

// text is the letters and digits of a text as they look, without accents and what
// stands between, and where among these bytes words begin or end.
type text struct {
	letters string
	ends    map[int]bool
}

func wordsOf(s string) text {
	t := text{ends: map[int]bool{0: true}}
	var b strings.Builder
	for _, r := range seen(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case !unicode.IsMark(r):
			t.ends[b.Len()] = true
		}
	}
	t.letters = b.String()
	t.ends[len(t.letters)] = true
	return t
}

// says reports whether the text holds a phrase, however it is spaced.
func (t text) says(w phrase) bool {
	for from := 0; ; {
		i := strings.Index(t.letters[from:], w.form)
		if i < 0 {
			return false
		}
		at := from + i
		if w.anywhere || t.ends[at] && t.ends[at+len(w.form)] {
			return true
		}
		from = at + 1
	}
}
