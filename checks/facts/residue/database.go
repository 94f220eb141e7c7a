package residue

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/sqlite3"
	"github.com/assay-iot/assay/firmware"
)

// databaseResidue knows SQLite databases in which a table about persons has a
// row: an empty table, and the account that a product is sold with, are none.
func databaseResidue(f *firmware.File, content []byte) []Trace {
	db := sqlite3.Open(content)
	if db == nil {
		return nil
	}
	for _, t := range db.Tables() {
		columns := personColumns(t.Columns)
		if len(columns) == 0 {
			continue
		}
		person := false
		db.Rows(t, func(values []sqlite3.Value) bool {
			person = aboutPerson(columns, values)
			return !person
		})
		if person {
			return []Trace{{PersonRows, facts.At(f)}}
		}
	}
	return nil
}

// personWords are names of columns, without "_" and "-", by what they say.
var personWords = map[string][]string{
	"mail":  {"mail", "email", "emailaddress", "useremail", "mailaddress"},
	"first": {"firstname", "givenname", "forename", "fname"},
	"last":  {"lastname", "surname", "familyname", "lname"},
	"born":  {"birthday", "birthdate", "dateofbirth", "dob"},
	"phone": phoneWords,
	"name":  {"name", "fullname", "displayname", "contactname"},
}

// personColumns says which columns tell of a person, by their place.
func personColumns(columns []string) map[int]string {
	found := map[int]string{}
	for i, c := range columns {
		c = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(c))
		for what, words := range personWords {
			if slices.Contains(words, c) {
				found[i] = what
			}
		}
	}
	return found
}

// aboutPerson reports whether a row names someone: by a mail address, by first
// and last name, or by a name and a day of birth or telephone number.
func aboutPerson(columns map[int]string, values []sqlite3.Value) bool {
	has := map[string]bool{}
	for i, what := range columns {
		if i >= len(values) {
			continue
		}
		v := strings.TrimSpace(values[i].Text)
		if what == "mail" {
			_, is := firstMail(v)
			has[what] = has[what] || is
			continue
		}
		is := len(v) > 1
		switch what {
		case "phone":
			is = isPhone(v, false)
		case "name":
			is = isPersonName(v)
		}
		has[what] = has[what] || is
	}
	names := 0
	for _, what := range []string{"first", "last", "born", "phone", "name"} {
		if has[what] {
			names++
		}
	}
	return has["mail"] || names >= 2
}
