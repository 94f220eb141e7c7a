package labels

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
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

// mark is the official mark of a scheme, as texts could pretend to bear it.
type mark struct {
	scheme string // id; empty if no scheme of a label gives it
	words  func() []phrase
	usual  bool // in addresses, of houses and pages
}

// anyMark stands for the scheme of a text that may call every mark: the name of an
// authorised issuer, which a trust policy gives, can be that of a mark's owner.
const anyMark = "*"

// marks are the official marks. A label never shows one, and calls only its scheme
// by the words. "#" is a digit from 1 to 5, as levels have them; what stands behind
// "!" is what the words may go on with and mean something else, what stands before "<"
// what they may follow, with "/" between several.
var marks = []mark{
	{"us-cyber-trust-mark", phrases("cyber trust mark"), false},
	{"jp-jc-star", phrases("jc star"), false},
	{"sg-cls", phrases("cls level", "cls#", "cybersecurity labelling scheme", "cybersecurity labeling scheme"), false},
	{"de-bsi", phrases("bsi approved", "bsi certified", "approved by bsi", "certified by bsi", "approved by the bsi", "certified by the bsi", "bsi zertifiziert", "it sicherheitskennzeichen"), false},
	{"fi-cybersecurity-label", phrases("tietoturvamerkki", "finnish cybersecurity label"), false},
	{"", phrases("ce certified", "ce zertifiziert",
		"nist approved", "nist certified", "fcc approved", "ipa certified", "kisa certified", "enisa certified", "eucc certified", "certifié anssi", "anssi certifié", "visa de sécurité anssi"), false},
	{"", phrases("ce mark", "ce marked", "ce marking", "ukca mark", "ukca marked"), true},
	// Levels and stars are the words of marks too. Chargers have power levels, sensors
	// of levels have 4 to 20 mA, a laser level is a tool, and houses have floors.
	{"", phrases("laser/multi/charger/evse<level #!charg/evcharg/evse/acev/accharg/wallbox/20ma", "security level#", "stufe #!20ma", "niveau #!20ma/fils",
		"レベル#!充電/20ma", "مستوى #", "المستوى #", "# stars", "# sterne", "# étoiles", "#つ星", "# نجوم"), true},
}

// denials are words before a boast by which a text says the opposite: "no device is
// completely secure". behind are those that stand after it in Japanese.
var (
	denials = spoken("not", "never", "not be", "never be", "cannot be", "isn't", "not promise", "not mean", "not claim",
		"no device is", "no device can be", "no product is", "no product can be", "no system is", "no software is", "nothing is", "not a", "not an",
		"nicht", "nie", "niemals", "kein gerät ist", "kein produkt ist", "kein system ist", "nichts ist",
		"pas", "jamais", "aucun appareil n'est", "aucun produit n'est", "rien n'est",
		"ليس", "ليست", "لا يوجد جهاز", "لا يوجد منتج")
	behind = spoken("ではありません", "ではない", "とは限りません", "な機器はありません", "な製品はありません")
)

// CheckName refuses what no name on a label may be: empty, with a blank at an end or
// with what cannot be seen, or one that claims what a label never says. Whoever
// reads another form of the label holds its names to the same.
func CheckName(s string) error {
	return cmp.Or(checkEnds(s), CheckText(s), modest(s), unmarked(s))
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

// boasting says which texts of a label claim what no label says.
func (l *Label) boasting() error {
	var errs []error
	for _, t := range l.texts() {
		if t.text != "" {
			errs = append(errs, checkEnds(t.text), modest(t.text), unmarkedBut(t.usual, t.text, t.schemes...))
		}
	}
	for _, s := range l.Schemes {
		errs = append(errs, CheckEdition(s.ID, s.Edition))
	}
	for _, s := range l.AlsoAssessed {
		errs = append(errs, CheckEdition(s.ID, s.Edition))
	}
	for _, r := range l.Rules {
		if r.Kind == "scheme" {
			errs = append(errs, CheckEdition(r.Name, r.Version))
		}
	}
	return errors.Join(errs...)
}

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

// unmarked refuses a text that calls a mark of none of the schemes.
func unmarked(s string, schemes ...string) error { return unmarkedBut(false, s, schemes...) }

// unmarkedBut lets pass what is usual in addresses, if the text is one.
func unmarkedBut(usual bool, s string, schemes ...string) error {
	if slices.Contains(schemes, anyMark) {
		return nil
	}
	t := wordsOf(s)
	for _, id := range schemes {
		t = t.withoutKin(id)
	}
	for _, m := range marks {
		if m.usual && usual || m.scheme != "" && slices.Contains(schemes, m.scheme) {
			continue
		}
		for _, w := range m.words() {
			if t.says(w) {
				return fmt.Errorf("the text %.120q says %q, as an official mark would, that no label shows: leave it out", s, w.words)
			}
		}
	}
	return nil
}

// Stars are the characters that a level could be drawn with, as what stands in a class
// of a regular expression. Rated, where S is that class, finds two of them with no
// letter or digit between, one beside a digit, or three asterisks. Verifiers in other
// languages read the same.
const (
	Stars = "\u066d\u204e\u2051\u2217\u22c6\u229b\u235f\u2605\u2606\u262a\u269d\u26e4-\u26e7\u2721-\u274b\u2b50-\u2b52\u2be8-\u2beb\ua673\uff0a\U0001f31f\U0001f320\U0001f52f\U0001f7c0-\U0001f7d8"
	Rated = `S[^\p{L}\p{Nd}]*S|S[\s\p{Z}-]*\p{Nd}|\p{Nd}[\s\p{Z}-]*S|(\*[\s\p{Z}]*){3}`
)

var ratedForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(Rated, "S", "["+Stars+"]"))
})

// rated reports whether a text shows stars as marks do.
func rated(s string) bool { return ratedForm().MatchString(s) }
