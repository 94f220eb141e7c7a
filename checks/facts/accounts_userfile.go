package facts

import (
	"strings"
)

// userFile is a setting of lighttpd, nginx or Apache that names a file of users
// and passwords.
var userFile = lazy(`(?:\.userfile|auth_basic_user_file|AuthUserFile)\s*=?\s*"?(/[^"\s;]+)`)

var userFileAnchors = newLiterals([]string{".userfile", "auth_basic_user_file", "AuthUserFile"})

// userFileLines reads the files of users that web servers are told of and whose
// names do not say what they are.
func userFileLines(texts *TextSet) []accountLine {
	var lines []accountLine
	seen := map[string]bool{}
	for _, t := range texts.All() {
		if !t.holds(userFileAnchors) {
			continue
		}
		for l := range t.Lines() {
			m := userFile.Get().FindStringSubmatch(l.Text)
			if m == nil || isComment(strings.TrimSpace(l.Text)) || accountForm(m[1]) != "" {
				continue
			}
			users, ok := texts.Get(t.File.Container, strings.TrimPrefix(m[1], "/"))
			if !ok || accountForm(users.File.Name) != "" || seen[users.File.Path] {
				continue
			}
			seen[users.File.Path] = true
			form := "htpasswd"
			if strings.Contains(l.Text, "htdigest") {
				form = "htdigest"
			}
			lines = append(lines, accountLines(users.File, form, []byte(users.Content))...)
		}
	}
	return lines
}

func holdsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
