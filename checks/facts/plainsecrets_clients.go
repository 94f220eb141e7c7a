package facts

import (
	"slices"
	"strings"
)

// pgpassSecrets reads the logins that PostgreSQL's clients keep:
// host:port:database:user:password, where a backslash keeps a colon.
func pgpassSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		if strings.HasPrefix(l.Text, "#") {
			continue
		}
		fields := strings.Split(strings.ReplaceAll(l.Text, `\:`, "\x00"), ":")
		if len(fields) != 5 {
			continue
		}
		if password := strings.ReplaceAll(fields[4], "\x00", ":"); isLiteralSecret(password) {
			found = append(found, secretAt(t, l, "login of PostgreSQL", fields[3], password))
		}
	}
	return found
}

// svnSecrets reads a login that Subversion keeps, as a list of lines: "K LENGTH", a name,
// "V LENGTH", its value.
func svnSecrets(t Text) []PlainSecret {
	lines := linesOf(t, 64)
	user := ""
	var found []PlainSecret
	for i := 0; i+3 < len(lines); i++ {
		if !strings.HasPrefix(lines[i].Text, "K ") || !strings.HasPrefix(lines[i+2].Text, "V ") {
			continue
		}
		switch value := lines[i+3]; lines[i+1].Text {
		case "username":
			user = value.Text
		case "password":
			if isLiteralSecret(value.Text) {
				found = append(found, secretAt(t, value, "login of Subversion", "", value.Text))
			}
		}
	}
	for i := range found {
		found[i].Account = forPeople(user)
	}
	return found
}

// stupidSecrets reads the users of stupid-ftpd: user=NAME PASSWORD FOLDER LOGINS RIGHTS,
// where the password of those that need none is a star.
func stupidSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		rest, ok := strings.CutPrefix(strings.TrimSpace(l.Text), "user=")
		if words := strings.Fields(rest); ok && len(words) >= 4 && words[1] != "*" && isLiteralSecret(words[1]) {
			found = append(found, secretAt(t, l, "user of stupid-ftpd", words[0], words[1]))
		}
	}
	return found
}

// haproxySecrets reads who may see the statistics of haproxy, "stats auth USER:PASSWORD",
// and the users of its lists, "user NAME insecure-password PASSWORD".
func haproxySecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		words := quotedWords(l.Text)
		user, password := "", ""
		switch {
		case len(words) >= 3 && words[0] == "stats" && words[1] == "auth":
			user, password, _ = strings.Cut(words[2], ":")
		case len(words) >= 4 && words[0] == "user" && words[2] == "insecure-password":
			user, password = words[1], words[3]
		}
		if isLiteralSecret(password) {
			found = append(found, secretAt(t, l, "user of haproxy", user, password))
		}
	}
	return found
}

// clientSecrets reads the secrets of FreeRADIUS's clients, but those of the device itself.
func clientSecrets(t Text) []PlainSecret {
	blocks := loopbackClients(t.Content)
	return slices.DeleteFunc(wordSecret("secret")(t), func(s PlainSecret) bool {
		at := int(s.Location.Offset)
		return slices.ContainsFunc(blocks, func(b [2]int) bool { return b[0] <= at && at < b[1] })
	})
}

// loopbackClients gives the ranges of the blocks of FreeRADIUS's clients.conf that are for
// the device itself: a secret that only it can use opens nothing to others.
func loopbackClients(content string) (blocks [][2]int) {
	start, depth, loopback, at := -1, 0, false, 0
	for line := range strings.Lines(content) {
		text, _, _ := strings.Cut(line, "#")
		f := strings.Fields(strings.NewReplacer("=", " = ", "{", " { ", "}", " } ").Replace(text))
		if start < 0 && len(f) > 2 && f[0] == "client" {
			start, depth, loopback = at, 0, isLoopback(f[1])
		}
		if start >= 0 {
			if len(f) > 2 && f[1] == "=" && (f[0] == "ipaddr" || f[0] == "ipv4addr" || f[0] == "ipv6addr") {
				loopback = isLoopback(f[2])
			}
			depth += strings.Count(text, "{") - strings.Count(text, "}")
			if depth <= 0 {
				if loopback {
					blocks = append(blocks, [2]int{start, at + len(line)})
				}
				start = -1
			}
		}
		at += len(line)
	}
	return blocks
}
