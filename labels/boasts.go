package labels

import (
	"fmt"
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
	"absolutely secure", "totally secure", "100 secure", "100 percent secure", "unhackable", "hacker proof", "hack proof",
	"vulnerability free", "free of vulnerabilities", "without vulnerabilities",
	"officially approved", "officially certified", "officially recommended", "government approved", "government certified", "government endorsed",
	"vollkommen sicher", "völlig sicher", "absolut sicher", "100 sicher", "keine schwachstellen", "ohne schwachstellen", "amtlich zertifiziert", "amtlich empfohlen",
	"totalement sûr", "totalement sécurisé", "100 sûr", "aucune vulnérabilité", "sans vulnérabilité", "officiellement approuvé", "officiellement certifié",
	"完全に安全", "完全なセキュリティ", "脆弱性なし", "脆弱性はありません", "政府公認", "政府認定",
	"آمن تماما", "خال من الثغرات", "معتمد رسميا",
)

// marks are the official marks that a product's name could pretend to bear. A
// label never shows one.
var marks = phrases(
	"cyber trust mark", "jc star", "cls level", "bsi approved", "bsi certified", "bsi zertifiziert", "cybersecurity labelling scheme", "it sicherheitskennzeichen", "ce mark", "ce marked", "ce marking", "ce certified", "ce zertifiziert",
)

// boasting says which name of a label claims what a label never says.
func (l *Label) boasting() error {
	p := &l.Product
	own := append([]string{p.Name, p.ID, p.Category}, p.Models...)
	for _, f := range l.Firmware {
		own = append(own, f.Name, f.Version)
	}
	for _, part := range l.Parts {
		own = append(own, part.Name)
	}
	if err := free(own, marks); err != nil {
		return err
	}
	return free(append(own, l.Issuer.Name, p.Maker.Name), boasts)
}

// free says which of names holds one of words.
func free(names []string, words func() []phrase) error {
	for _, name := range names {
		plain := spaced(name)
		for _, w := range words() {
			if strings.Contains(plain, w.form) {
				return fmt.Errorf("%w: the name %.120q says %q, which never stands on a label: leave it out of the name", ErrRefused, name, w.words)
			}
		}
	}
	return nil
}

// phrase is words, and the form in which they are looked for.
type phrase struct{ words, form string }

// phrases brings words into that form, once.
func phrases(words ...string) func() []phrase {
	return sync.OnceValue(func() []phrase {
		var list []phrase
		for _, w := range words {
			list = append(list, phrase{w, spaced(w)})
		}
		return list
	})
}

// spaced writes a text in small letters, one space around each word and nothing
// else between them; what is not written with spaces has none.
func spaced(s string) string {
	words := strings.FieldsFunc(strings.Map(latin, s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	plain := strings.Join(words, " ")
	if strings.ContainsFunc(plain, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }) {
		return plain
	}
	return " " + plain + " "
}
