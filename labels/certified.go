package labels

import (
	"cmp"
	"crypto/x509/pkix"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// CertifiedFor reports whether a certificate of an authority is made out to the issuer of
// the label and speaks of nobody else: readers of PDF show all of its subject. The name is
// the issuer's, with or without a legal form ("Body", "Body GmbH", "Body eSeal 2026"), or that of
// a person of its organisation; the other parts are what such certificates hold (ETSI EN 319
// 412-2 and 412-3): departments and roles in plain words, places, numbers.
func (l *Label) CertifiedFor(subject pkix.Name) bool {
	s := certified{label: l, named: slices.ContainsFunc(subject.Organization, l.isIssuer)}
	s.person = s.named && isPerson(subject.CommonName)
	if !s.person && !l.isIssuer(subject.CommonName) {
		return false
	}
	for _, attribute := range subject.Names {
		text, ok := attribute.Value.(string)
		if !ok || !s.holds(attribute.Type.String(), text, subject.CommonName) {
			return false
		}
	}
	return true
}

// certified is a subject that is judged.
type certified struct {
	label  *Label
	named  bool // its organisation is the issuer
	person bool // its common name is that of a person
}

// holds reports whether one attribute of the subject is as it may be. The types are those of
// X.520, and of PKCS #9 and RFC 4519 for an address and a user.
func (s *certified) holds(kind, text, name string) bool {
	own := s.label.isIssuer(text) || s.person && (text == name || slices.Contains(strings.Fields(name), text))
	if !own && cmp.Or(CheckText(text), modest(text), unmarked(text, s.label.schemeIDs()...)) != nil {
		return false
	}
	switch kind {
	case "2.5.4.3", "2.5.4.10", "2.5.4.4", "2.5.4.42": // common name, organisation, surname, given name
		return own
	case "2.5.4.11", "2.5.4.12": // department, title
		return own || allWords(text, ordinary())
	case "2.5.4.6": // country
		return len(text) == 2
	case "2.5.4.7", "2.5.4.8", "2.5.4.9": // place, state, street
		return isPlace(text)
	case "2.5.4.5", "2.5.4.97", "2.5.4.17", "0.9.2342.19200300.100.1.1": // number, number of the organisation, postal code, user
		return certifiedNumber().MatchString(text)
	case "1.2.840.113549.1.9.1": // e-mail
		return s.label.isMail(text)
	}
	return false
}

// isIssuer reports whether a text is the issuer's name, but for what stands behind names: legal
// forms, words for a seal, years.
func (l *Label) isIssuer(text string) bool {
	return SameName(text, l.Issuer.Name) || SameName(bare(text), bare(l.Issuer.Name))
}

// behindNames are those words. They are compared without dots.
var behindNames = wordSet(`gmbh mbh ag se kg kgaa ug ev eg ohg gbr & co ltd limited llc llp inc incorporated corp corporation company plc
	sa sas sarl sasu sl srl spa bv nv cv ab as a/s aps oy oyj oü sro sp zoo doo kft zrt pty pte kk gk 株式会社 合同会社
	eseal e-seal seal siegel cachet electronic qualified signature signing document documents pdf label labels issuer`)

// bare takes them from the end of a name; something is left.
func bare(name string) string {
	words := strings.Fields(name)
	for len(words) > 1 {
		last := strings.ToLower(strings.Trim(strings.ReplaceAll(words[len(words)-1], ".", ""), ",()"))
		if last != "" && !behindNames()[last] && !year().MatchString(last) {
			break
		}
		words = words[:len(words)-1]
	}
	return strings.TrimRight(strings.Join(words, " "), ",")
}

// ordinary are words of departments and roles, which name no organisation.
var ordinary = wordSet(`certification certifications conformity assessment assessor assessments department division unit team section
	label labels labelling security cybersecurity cyber iot it information product products quality management assurance
	test testing laboratory lab signing seal seals signature signatures services service office operations compliance
	head of the and for director manager officer chief deputy lead auditor engineer analyst
	authorised authorized signatory dr prof mr ms zertifizierung abteilung prüflabor leiter leiterin leitung der des und für`)

// bodies are words by which texts name an organisation or its approval where a person or a
// place should stand. No list has all: who certifies is told beside it.
var bodies = wordSet(`tüv tuv dekra bsi bundesamt bureau veritas underwriters laboratories laboratory labs lab ul intertek sgs csa etsi enisa
	anssi nist fcc ipa kisa eucc rheinland approved approval certified certification certifies certificate certificates accredited tested verified
	endorsed recognised recognized government governmental ministry agency authority commission council federal national office
	institute institut standards association group corporation company body organisation organization board union criteria common
	security cybersecurity official officially by of für fuer sicherheit amt for`)

func wordSet(list string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for _, w := range strings.Fields(list) {
			set[w], set[seen(w)] = true, true
		}
		return set
	})
}

// allWords reports whether a text is made of words of a set.
func allWords(text string, set map[string]bool) bool {
	words := smallWords(text)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !set[w] })
}

// smallWords are the words of a text in small letters.
func smallWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// namesBody reports whether a text says one of the words of organisations, however it is written.
func namesBody(text string) bool {
	return slices.ContainsFunc(append(smallWords(text), wordsOf(text).words...), func(w string) bool { return bodies()[w] })
}

// personForm is that of the names of people: two to five words that begin with a capital letter and go
// on in small ones, initials, and the small words between them.
var personForm = sync.OnceValue(func() *regexp.Regexp {
	const word = `(?:\p{Lu}\p{M}*(?:\.|[\p{Ll}\p{M}]+(?:['’-]\p{Lu}?[\p{Ll}\p{M}]+)*)|(?:O|D)['’]\p{Lu}[\p{Ll}\p{M}]+|\p{Lo}[\p{Lo}\p{M}]*)`
	return regexp.MustCompile(`^` + word + `(?: (?:von|van|der|den|de|da|di|del|la|le|bin|al|y|zu|` + word + `)){1,4}$`)
})

func isPerson(name string) bool { return personForm().MatchString(name) && !namesBody(name) }

var placeForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}\p{M}\p{Nd}.,/'’() -]{1,60}$`) })

// isPlace reports whether a text can be a place or a street: up to six words, none of an organisation.
func isPlace(text string) bool {
	return placeForm().MatchString(text) && len(strings.Fields(text)) <= 6 && !namesBody(text)
}

var (
	certifiedNumber = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:[A-Za-z]{1,5}[-:]?){0,2}\d[\dA-Z+/:.-]{2,40}$|^\d{3,12}$|^[A-Z0-9]{2,4} ?\d[A-Z0-9]{1,3}$`)
	})
	year = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^20\d\d$`) })
	mail = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}@([a-z0-9.-]+)$`) })
)

// isMail reports whether a text is an e-mail address at the issuer's host, or above it.
func (l *Label) isMail(text string) bool {
	m := mail().FindStringSubmatch(text)
	at, err := url.Parse(l.Issuer.Address)
	if m == nil || err != nil || namesBody(strings.NewReplacer(".", " ", "-", " ", "_", " ").Replace(text[:strings.Index(text, "@")])) {
		return false
	}
	return strings.Contains(m[1], ".") && strings.HasSuffix("."+at.Hostname(), "."+m[1])
}
