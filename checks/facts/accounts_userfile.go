package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

// userFile is a setting of lighttpd, nginx or Apache that names a file of users and
// passwords; boaUsers is Boa's, for a part of its pages, and busyboxUsers names the settings
// of busybox httpd, by its argument or by uhttpd's setting.
var (
	userFile     = lazy(`(?:\.userfile|auth_basic_user_file|AuthUserFile)\s*=?\s*"?(/[^"\s;]+)`)
	boaUsers     = lazy(`^\s*Auth\s+/\S*\s+(/\S+)\s*$`)
	busyboxUsers = lazy(`\bhttpd\s+(?:-[^\n;&|]*\s)?-c\s*"?(/[^"\s;&|]+)|^\s*option\s+config\s+["']?(/[^"'\s]+)`)
)

var userFileAnchors = newLiterals([]string{".userfile", "auth_basic_user_file", "AuthUserFile", "Auth /", "httpd -", goaheadUser, "AuthorityList"})

// userFileLines reads the files of users that web servers are told of and whose
// names do not say what they are.
func userFileLines(texts *TextSet) []accountLine {
	var lines []accountLine
	seen := map[string]bool{}
	for _, t := range texts.All() {
		uhttpd := strings.HasSuffix(t.File.Name, "etc/config/uhttpd")
		if !uhttpd && !t.holds(userFileAnchors) {
			continue
		}
		if isSofiaUsers(t) {
			lines = append(lines, sofiaLines(t)...)
		}
		if isGoaheadUsers(t) {
			lines = append(lines, goaheadLines(t)...)
		}
		for l := range t.Lines() {
			name, form := usersNamed(t, l.Text, uhttpd)
			if name == "" || isComment(strings.TrimSpace(l.Text)) || accountForm(name) != "" {
				continue
			}
			users, ok := texts.Get(t.File.Container, strings.TrimPrefix(name, "/"))
			if !ok || accountForm(users.File.Name) != "" || seen[users.File.Path] {
				continue
			}
			seen[users.File.Path] = true
			lines = append(lines, accountLines(users.File, form, []byte(users.Content))...)
		}
	}
	return lines
}

// usersNamed gives the file of users that a line names, and its form.
func usersNamed(t Text, line string, uhttpd bool) (name, form string) {
	if m := userFile.Get().FindStringSubmatch(line); m != nil {
		if strings.Contains(line, "htdigest") {
			return m[1], "htdigest"
		}
		return m[1], "htpasswd"
	}
	if strings.Contains(line, "Auth") && strings.Contains(path.Base(t.File.Name), "boa") {
		if m := boaUsers.Get().FindStringSubmatch(line); m != nil {
			return m[1], "htpasswd"
		}
	}
	if uhttpd || strings.Contains(line, "httpd -") && strings.Contains(line, "-c") {
		if m := busyboxUsers.Get().FindStringSubmatch(line); m != nil && (m[1] != "" || uhttpd) {
			return m[1] + m[2], "httpd.conf"
		}
	}
	return "", ""
}

// goaheadUser begins a user in GoAhead's list of them.
const goaheadUser = "user name="

// goaheadLogin is such a user: user name=N password=P roles=R (GoAhead's auth.txt and
// route.txt). The password is the MD5 of name, realm and password, or a hash by Blowfish.
var goaheadLogin = lazy(`^\s*user\s+name=(\S+)\s+password=(\S+)\s+roles?=`)

// goaheadRealm is the realm of GoAhead as it comes.
const goaheadRealm = "example.com"

// isGoaheadUsers reports whether a text is GoAhead's list of users.
func isGoaheadUsers(t Text) bool {
	return path.Ext(t.File.Name) == ".txt" && strings.Contains(t.Content, goaheadUser)
}

func goaheadLines(t Text) []accountLine {
	var lines []accountLine
	for l := range t.Lines() {
		m := goaheadLogin.Get().FindStringSubmatch(l.Text)
		if m == nil || !isAccountName(m[1]) {
			continue
		}
		a := accountLine{File: t.File.Path, Name: m[1], UID: -1, GID: -1, Location: t.At(l)}
		kind, _ := hashes.Labelled(m[2])
		switch {
		case digestSum.Get().MatchString(m[2]):
			a.Form, a.Password = "htdigest", NewSecret("password field", m[1]+":"+goaheadRealm+":"+m[2])
		case kind != "":
			a.Form, a.Password = "database", NewSecret("password field", m[2])
		case isLiteralSecret(m[2]):
			a.Form, a.Password = "plain", NewSecret("password field", m[2])
		default:
			continue
		}
		if lines = append(lines, a); len(lines) == MaxAccounts {
			break
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
