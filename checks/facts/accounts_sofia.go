package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

// sofiaMarks are all in the settings of accounts of Xiongmai's and Dahua's recorders and
// cameras (mnt/mtd/Config/Account1 and the like): JSON with a list of users, who have rights
// and a group.
var sofiaMarks = []string{`"Users"`, `"Group"`, `"AuthorityList"`}

var (
	// sofiaUser is an object of such a user, without objects in it.
	sofiaUser     = lazy(`\{[^{}]*"Password"\s*:\s*"[0-9A-Za-z]{8}"[^{}]*\}`)
	sofiaPassword = lazy(`"Password"\s*:\s*"([0-9A-Za-z]{8})"`)
	sofiaName     = lazy(`"Name"\s*:\s*"([A-Za-z0-9_.@-]{1,64})"`)
)

// isSofiaUsers reports whether a text is such settings.
func isSofiaUsers(t Text) bool {
	return t.holds(userFileAnchors) && !slices.ContainsFunc(sofiaMarks, func(m string) bool { return !strings.Contains(t.Content, m) })
}

// sofiaLines are the users of such settings. Their hash of nothing says that no password is
// asked of them.
func sofiaLines(t Text) []accountLine {
	var lines []accountLine
	line, counted := 1, 0
	for _, m := range sofiaUser.Get().FindAllStringIndex(t.Content, MaxAccounts) {
		user := t.Content[m[0]:m[1]]
		name, p := sofiaName.Get().FindStringSubmatch(user), sofiaPassword.Get().FindStringSubmatchIndex(user)
		if name == nil || p == nil {
			continue
		}
		at := m[0] + p[2]
		line, counted = line+strings.Count(t.Content[counted:at], "\n"), at
		l := lineAt(t, at)
		l.Number = line
		field := user[p[2]:p[3]]
		if field == hashes.SofiaHash("") {
			field = ""
		} else {
			field = hashes.SofiaLabel + field
		}
		lines = append(lines, accountLine{
			File: t.File.Path, Form: "database", Name: forPeople(name[1]), UID: -1, GID: -1,
			Password: NewSecret("password field", field), Location: t.At(l),
		})
	}
	return lines
}

// sofiaSecrets are the passwords of such settings that are in clear.
func sofiaSecrets(t Text) []PlainSecret {
	return slices.DeleteFunc(textSecrets(t), func(s PlainSecret) bool {
		value, _ := s.Secret.Reveal()
		return s.Name == "Password" && sofiaPassword.Get().MatchString(`"Password":"`+value+`"`)
	})
}
