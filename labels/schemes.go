package labels

import (
	"fmt"
	"slices"
	"strings"
)

// title is how a scheme is called in an edition. The number is an expression for what names
// it among the numbers of an edition; empty if nothing does.
type title struct{ id, edition, title, number string }

// titles are those of the schemes that come with the program. A label may call
// these by no other name, in whatever edition: whoever may label by one scheme shall
// not print another. So a scheme keeps its title over its editions.
// A test of the program holds the table to its schemes.
var titles = []title{
	{"etsi-en-303-645", "V3.1.3", "ETSI EN 303 645, Cyber Security for Consumer Internet of Things: Baseline Requirements", `303 ?645`},
	{"platform-statement", "2019-11-14", "IoT Security Policy Platform, statement of nine common principles", ""},
	{"uk-psti", "SI 2023/1007 as amended by SI 2025/211 and SI 2025/1267", "UK PSTI (Security Requirements) Regulations 2023, Schedule 1", `2023/1007`},
}

// Title gives the name of a scheme in an edition, if the program knows both.
func Title(id, edition string) (name string, known bool) {
	i := slices.IndexFunc(titles, func(t title) bool { return t.id == id && t.edition == edition })
	if i < 0 {
		return "", false
	}
	return titles[i].title, true
}

// known are the words by which people know the schemes of titles: no other scheme is
// called by them.
var known = []mark{
	{"etsi-en-303-645", phrases("303 645", "cyber security for consumer internet of things"), false},
	{"platform-statement", phrases("platform statement", "iot security policy platform", "nine common principles"), false},
	{"uk-psti", phrases("psti", "product security and telecommunications infrastructure", "si 2023 1007", "uk product security"), false},
}

// validateTitles holds what the label calls schemes to what they are called, as far
// as that is known.
func (l *Label) validateTitles() error {
	for _, s := range l.Schemes {
		if err := checkTitle(s.ID, s.Title); err != nil {
			return err
		}
	}
	for _, o := range l.AlsoAssessed {
		if err := checkTitle(o.ID, o.Title); err != nil {
			return err
		}
	}
	return nil
}

// checkTitle refuses a title that is not the scheme's, where that is known, and
// else one that calls a scheme which is known, or a level.
func checkTitle(id, name string) error {
	if want, ok := titleOf(id); ok {
		if name != want {
			return fmt.Errorf("it calls the scheme %s %q; its name is %q", id, name, want)
		}
		return nil
	}
	if err := CheckSchemeID(id); err != nil {
		return err
	}
	t, own := wordsOf(name).withoutKin(id), wordsOf(id)
	for _, k := range known {
		for _, w := range k.words() {
			if t.says(w) {
				return fmt.Errorf("it calls the scheme %s %.120q, as %s is called", id, name, k.scheme)
			}
		}
	}
	for _, w := range levelPhrases() {
		if t.says(w) && !own.says(w) { // whoever may label by the scheme of a level may print it
			return fmt.Errorf("it calls the scheme %s %.120q, which names a level", id, name)
		}
	}
	return nil
}

// CheckSchemeID refuses an id of a scheme that looks like one of another, which people know:
// it is the same to the eye, or holds that one or the scheme's name between its words, and is none
// that people know too.
func CheckSchemeID(id string) error {
	if _, real := kin[id]; real {
		return nil
	}
	t := wordsOf(id)
	for _, k := range slices.Concat(known, marks) {
		if k.scheme == "" || id == k.scheme {
			continue
		}
		words := k.words()
		if _, named := titleOf(k.scheme); !named {
			words = nil // those of marks are found as such: see unmarked
		}
		own := strings.Join(wordsOf(k.scheme).words, "")
		if SameName(id, k.scheme) || t.holds(own) || slices.ContainsFunc(words, func(w phrase) bool { return t.holds(w.form) }) {
			return fmt.Errorf("the scheme %q looks like %s, and is another", id, k.scheme)
		}
	}
	return nil
}

// Known reports whether the program knows a scheme, in whatever edition. What another is
// called on a label are its issuer's words.
func Known(id string) bool {
	_, known := titleOf(id)
	return known
}

func titleOf(id string) (name string, known bool) {
	i := slices.IndexFunc(titles, func(t title) bool { return t.id == id })
	if i < 0 {
		return "", false
	}
	return titles[i].title, true
}
