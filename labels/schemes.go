package labels

import (
	"fmt"
	"regexp"
	"slices"
)

// title is how a scheme is called in an edition.
type title struct{ id, edition, title string }

// titles are those of the schemes that come with the program. A label may call
// these by no other name, in whatever edition: whoever may label by one scheme shall
// not print another. So a scheme keeps its title over its editions.
// A test of the program holds the table to its schemes.
var titles = []title{
	{"etsi-en-303-645", "V3.1.3", "ETSI EN 303 645, Cyber Security for Consumer Internet of Things: Baseline Requirements"},
	{"platform-statement", "2019-11-14", "IoT Security Policy Platform, statement of nine common principles"},
	{"uk-psti", "SI 2023/1007 as amended by SI 2025/211 and SI 2025/1267", "UK PSTI (Security Requirements) Regulations 2023, Schedule 1"},
}

// Title gives the name of a scheme in an edition, if the program knows both.
func Title(id, edition string) (name string, known bool) {
	i := slices.IndexFunc(titles, func(t title) bool { return t.id == id && t.edition == edition })
	if i < 0 {
		return "", false
	}
	return titles[i].title, true
}

// validateTitles holds what the label calls schemes to what they are called, as far
// as that is known.
func (l *Label) validateTitles() error {
	type named struct{ id, title string }
	var all []named
	for _, s := range l.Schemes {
		all = append(all, named{s.ID, s.Title})
	}
	for _, o := range l.AlsoAssessed {
		all = append(all, named{o.ID, o.Title})
	}
	for _, s := range all {
		if want, known := titleOf(s.id); known && s.title != want {
			return fmt.Errorf("it calls the scheme %s %q; its name is %q", s.id, s.title, want)
		}
	}
	return nil
}

func titleOf(id string) (name string, known bool) {
	i := slices.IndexFunc(titles, func(t title) bool { return t.id == id })
	if i < 0 {
		return "", false
	}
	return titles[i].title, true
}

// editionForm is that of a version or a date: "V3.1.3", "2024", "SI 2023/1007".
var editionForm = regexp.MustCompile(`^[A-Za-z]{0,4} ?[0-9][0-9A-Za-z.:/-]{0,23}$`)

// checkEdition refuses an edition that says more than which one it is: a sentence there
// would stand on the label as if the scheme said it.
func checkEdition(id, s string) error {
	if _, known := Title(id, s); known || editionForm.MatchString(s) {
		return nil
	}
	return fmt.Errorf("the edition %.120q of %s is no version or date of up to 24 characters", s, id)
}
