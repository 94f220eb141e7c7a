package facts

import (
	"path"
	"strings"
)

// vpnLogins reads the logins that settings of OpenVPN name by a file, or hold between
// <auth-user-pass> and its end: a line with the user, one with the password.
func vpnLogins(texts *TextSet) []PlainSecret {
	var found []PlainSecret
	for _, t := range texts.All() {
		if !strings.Contains(t.Content, "auth-user-pass") {
			continue
		}
		var inside []Line
		open := false
		for l := range t.Lines() {
			words := quotedWords(l.Text)
			switch {
			case len(words) == 1 && words[0] == "<auth-user-pass>":
				open = true
			case len(words) == 1 && words[0] == "</auth-user-pass>":
				open = false
			case open:
				inside = append(inside, l)
			case len(words) == 2 && words[0] == "auth-user-pass":
				name := words[1]
				if !strings.HasPrefix(name, "/") {
					name = path.Join(path.Dir(t.File.Name), name)
				}
				if file, ok := texts.Get(t.File.Container, strings.TrimPrefix(name, "/")); ok {
					found = append(found, twoLines(file, linesOf(file, 2))...)
				}
			}
		}
		found = append(found, twoLines(t, inside)...)
	}
	return found
}

// twoLines reads a login of a line with the user and one with the password.
func twoLines(t Text, lines []Line) []PlainSecret {
	if len(lines) < 2 || !isLiteralSecret(strings.TrimSpace(lines[1].Text)) {
		return nil
	}
	return []PlainSecret{secretAt(t, lines[1], "login of OpenVPN", strings.TrimSpace(lines[0].Text), strings.TrimSpace(lines[1].Text))}
}

// linesOf gives the first lines of a text.
func linesOf(t Text, n int) []Line {
	var lines []Line
	for l := range t.Lines() {
		if lines = append(lines, l); len(lines) == n {
			break
		}
	}
	return lines
}

// plainMark says in a list of users that a password is not hashed (RFC 3112).
const plainMark = ":{PLAIN}"

// markedPlain reads lists of users with such passwords, as nginx and Dovecot take them.
func markedPlain(t Text) []PlainSecret {
	if !strings.Contains(t.Content, plainMark) {
		return nil
	}
	var found []PlainSecret
	for l := range t.Lines() {
		user, rest, ok := strings.Cut(strings.TrimSpace(l.Text), plainMark)
		password, _, _ := strings.Cut(rest, ":")
		if ok && user != "" && user[0] != '#' && !strings.ContainsAny(user, " \t:") && isLiteralSecret(password) {
			found = append(found, secretAt(t, l, "list of users", user, password))
		}
	}
	return found
}
