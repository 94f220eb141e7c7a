package facts

import (
	"slices"
	"strings"
)

// A page that keeps what its visitor typed in a variable, whatever it is called, and
// compares that with a password of its own.
var (
	// typedInto is a variable that takes a field for a password of what was sent: of PHP, Lua,
	// Python, JavaScript, Perl.
	typedInto = lazy(`(?:^|[\s;{(,])(?:my\s+|local\s+|let\s+|const\s+|var\s+)?[$]?([A-Za-z_][A-Za-z0-9_]*)\s*:?=\s*[^=;\n"'][^=;\n]*?(?:["']([A-Za-z0-9_-]+)["']\s*[\])]|\.(?:body|query|params|form)\.([A-Za-z0-9_]+))`)
	// ofVisitor marks where what was sent is taken from.
	ofVisitor = []string{"_POST", "_GET", "_REQUEST", "formvalue", "request.", "req.", "FieldStorage", "getvalue", "getParameter", "param("}
)

// maxTyped is the number of such variables of one program.
const maxTyped = 16

// backdoorSecrets finds passwords that such variables are compared with.
func backdoorSecrets(t Text) []PlainSecret {
	var typed []string
	var found []PlainSecret
	for l := range t.Lines() {
		if len(l.Text) > maxWord || isComment(l.Text) {
			continue
		}
		if len(typed) < maxTyped && holdsAny(l.Text, passwordAnchors) && holdsAny(l.Text, ofVisitor) {
			for _, m := range typedInto.Get().FindAllStringSubmatch(l.Text, 16) {
				if name := m[2] + m[3]; (isPasswordName(name) || name == "pwd") && !isPasswordName(m[1]) && m[1] != "pwd" {
					typed = append(typed, m[1])
				}
			}
		}
		if len(typed) == 0 || !holdsAny(l.Text, comparisons) {
			continue
		}
		for _, p := range comparedPairs(l.Text) {
			if slices.Contains(typed, p.name) {
				for _, s := range appendCompared(nil, "password", p.value) {
					s.Location = t.At(l)
					found = append(found, s)
				}
			}
		}
	}
	return found
}

// tablesOfUsers are what such a table is called, by the end that begins it.
var tablesOfUsers = []string{"USERS", "ACCOUNTS", "CREDENTIALS", "LOGINS", "users =", "accounts =", "credentials =", "logins ="}

var (
	// tableOfUsers begins a table of who may log in, behind its name.
	tableOfUsers = lazy(`^[A-Za-z]{1,12}\s*=\s*(?:dict\(|array\(|new\s+Map\(|[{\[])`)
	// usersRow is one row of it: 'admin': 'x', admin = "x", 'admin' => 'x'.
	usersRow = lazy(`["']?\b([A-Za-z][A-Za-z0-9_.@-]{1,31})["']?\]?\s*(?:=>|:|=)\s*b?["']([^"'\s]{3,64})["']\s*(?:[,;}\])]|$)`)
)

// maxUsersTable is the number of bytes of a table that are read.
const maxUsersTable = 2 << 10

// deviceUsers are names of those who log in to a device.
var deviceUsers = []string{"admin", "administrator", "root", "user", "guest", "operator", "service", "support", "installer", "factory", "technician", "tech", "maintenance", "engineer", "superuser", "super", "supervisor", "debug", "test"}

// usersSecrets finds passwords in a table of users that a program has in a line, from the
// offset of its name on: one of the users must be called as those of devices are, and a
// password no word or name of a role.
func usersSecrets(t Text, at int) []PlainSecret {
	m := tableOfUsers.Get().FindStringIndex(t.Content[at:min(len(t.Content), at+64)])
	if m == nil {
		return nil
	}
	from := at + m[1] - 1
	body := bracketed(t.Content[from:min(len(t.Content), from+maxUsersTable)])
	rows := usersRow.Get().FindAllStringSubmatchIndex(body, 64)
	group := func(r []int, i int) string { return body[r[2*i]:r[2*i+1]] }
	if strings.ContainsAny(body[1:], "{[(") || !slices.ContainsFunc(rows, func(r []int) bool { return slices.Contains(deviceUsers, strings.ToLower(group(r, 1))) }) {
		return nil
	}
	var found []PlainSecret
	for _, r := range rows {
		user, value := group(r, 1), group(r, 2)
		if !isLiteralSecret(value) || !isStrongWord(value) || !strings.ContainsAny(value, "0123456789") || roleName.Get().MatchString(value) || isFieldName(strings.TrimRight(value, "0123456789")) {
			continue
		}
		if kind, _ := storedHash(value); kind != "" || strings.Contains(value, "$") || strings.Contains(value, "sha256") {
			continue
		}
		found = append(found, PlainSecret{Name: "table of users", Account: forPeople(user), OnList: isListed(value), Secret: NewSecret("password", value), Location: t.At(lineAt(t, from+r[0]))})
	}
	return found
}

// roleName is what a user may do, a number or an address, and no password.
var roleName = lazy(`(?i)^(?:role|level|group|grp|perm|permission|priv|uid|id|user|type|class|rank|access)[-_:.]?[0-9]+$|^[0-9.:]+$|@.*\.`)

// bracketed is a text up to the bracket that closes its first one.
func bracketed(text string) string {
	depth, quote := 0, byte(0)
	for i := range len(text) {
		switch b := text[i]; {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '{' || b == '[' || b == '(':
			depth++
		case b == '}' || b == ']' || b == ')':
			if depth--; depth == 0 {
				return text[:i]
			}
		}
	}
	return text
}
