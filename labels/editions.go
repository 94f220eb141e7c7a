package labels

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// What the edition of a scheme is written in: the numbers of versions, standards and dates,
// and the few words that stand with them, as in "V3.1.3", "September 2022" or "SI 2023/1007
// as amended by SI 2025/211". No sentence and no level can be made of them. Both expressions
// are read without regard to case. Verifiers in other languages read the same.
const (
	EditionForm = `^(?:(?:` + editionWord + `|` + editionNumber + `)(?:,? |$))+$`
	// NotEdition finds what the form lets pass and is none: words alone, "4 of 4".
	NotEdition = `^\D*$|(^| )v?\d\d? of v?\d\d?\b`

	editionWord = `version|edition|ed\.|revision|rev\.?|release|draft|as|amended|by|and|of|en|(?:iso/)?iec|iso|etsi|ts|tr|si|` +
		`regulation|directive|\(?eu\)?|january|february|march|april|may|june|july|august|september|october|november|december`
	editionNumber = `\(?(?:v?\d+(?:[.:-]\d+)*(?:[a-z]|st|nd|rd|th)?(?:[+/]ac?\d+(?::\d{4})?)?|\d{4}(?:/\d+)+|\d+/\d{4})\)?`
)

// maxEdition is how many characters an edition has at most.
const maxEdition = 100

var editionForm = sync.OnceValues(func() (form, not *regexp.Regexp) {
	return regexp.MustCompile("(?i)" + EditionForm), regexp.MustCompile("(?i)" + NotEdition)
})

// Editions gives the editions that the program knows, each behind the id of its scheme and
// a blank; and what names a scheme in an edition, by its id: for verifiers in other languages.
func Editions() (known []string, numbers map[string]string) {
	numbers = map[string]string{}
	for _, t := range titles {
		known = append(known, t.id+" "+t.edition)
		if t.number != "" {
			numbers[t.id] = t.number
		}
	}
	return known, numbers
}

// CheckEdition refuses an edition that says more than which one it is, as a sentence there
// would stand on the label as if the scheme said it; and one that names a scheme which
// the program knows, where it is another's.
func CheckEdition(id, s string) error {
	form, not := editionForm()
	ascii := !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) // else an ſ would be an s
	if !ascii || len(s) > maxEdition || !form.MatchString(s) || not.MatchString(s) {
		return fmt.Errorf("the edition %.120q of %s is no version or date of up to %d characters", s, id, maxEdition)
	}
	other := func(t title) bool { return t.number != "" && t.id != id && regexp.MustCompile(t.number).MatchString(s) }
	if i := slices.IndexFunc(titles, other); i >= 0 {
		return fmt.Errorf("the edition %.120q of %s names %s, which is another scheme", s, id, titles[i].id)
	}
	return nil
}

// NewerEdition says, as a sentence, that the program does not know the edition of a scheme which it
// knows; empty if it does, or if it knows nothing of the scheme. What such a label holds
// cannot be compared with what the scheme demands.
func NewerEdition(id, edition string) string {
	name, known := titleOf(id)
	if _, same := Title(id, edition); !known || same {
		return ""
	}
	return fmt.Sprintf("This program does not know the edition %s of %s, and could not compare the label with it: a newer assay may know it.", edition, name)
}
