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
	typedInto = lazy(`(?:^|[\s;{(,])(?:my\s+|local\s+|let\s+|const\s+|var\s+)?[$]?([A-Za-z_][A-Za-z0-9_]{0,31})\s*:?=\s*[^=;\n"'][^=;\n]{0,100}?(?:["']([A-Za-z0-9_-]{2,32})["']\s*[\])]|\.(?:body|query|params|form)\.([A-Za-z0-9_]{2,32}))`)
	// ofVisitor marks where what was sent is taken from.
	ofVisitor = newLiterals([]string{"_POST", "_GET", "_REQUEST", "formvalue", "request.", "req.", "FieldStorage", "getvalue", "getParameter", "param("})
)

// maxTyped is the number of such variables of one program.
const maxTyped = 16

// backdoorSecrets finds passwords that such variables are compared with.
func backdoorSecrets(t Text) []PlainSecret {
	if !ofVisitor.In(t.Content) {
		return nil
	}
	var typed []string
	var found []PlainSecret
	for l := range t.Lines() {
		if len(l.Text) > maxWord || isComment(l.Text) {
			continue
		}
		if len(typed) < maxTyped && holdsAny(l.Text, passwordAnchors) && ofVisitor.In(l.Text) {
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

var (
	// tableOfUsers begins a table of who may log in, by name.
	tableOfUsers = lazy(`(?i)\b(?:[a-z]+_)?(users|accounts|credentials|creds|logins|passwords|user_?passwords)\s*=\s*(?:dict\(|array\(|new\s+Map\(|[{\[])`)
	// usersRow is one row of it: 'admin': 'x', admin = "x", 'admin' => 'x'.
	usersRow = lazy(`["']?\b([A-Za-z][A-Za-z0-9_.@-]{1,31})["']?\]?\s*(?:=>|:|=)\s*b?["']([^"'\s]{3,64})["']\s*(?:[,;}\])]|$)`)
)

// maxUsersTable is the number of bytes of a table that are read.
const maxUsersTable = 2 << 10

// deviceUsers are names of those who log in to a device.
var deviceUsers = []string{"admin", "administrator", "root", "user", "guest", "operator", "service", "support", "installer", "factory", "technician", "tech", "maintenance", "engineer", "superuser", "super", "supervisor", "debug", "test"}

// usersSecrets finds passwords in tables of users in a program: one of them must be called
// as users of devices are, and a password no word or name of a role.
func usersSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for _, m := range tableOfUsers.Get().FindAllStringIndex(t.Content, 16) {
		l := lineAt(t, m[0])
		if isComment(l.Text) || len(l.Text) > maxWord {
			continue
		}
		body := t.Content[m[1]-1 : min(len(t.Content), m[1]+maxUsersTable)]
		if body[0] != '(' && body[0] != '{' && body[0] != '[' {
			continue
		}
		body = bracketed(body)
		rows := usersRow.Get().FindAllStringSubmatchIndex(body, 64)
		group := func(r []int, i int) string { return body[r[2*i]:r[2*i+1]] }
		if strings.ContainsAny(body[1:], "{[(") || !slices.ContainsFunc(rows, func(r []int) bool { return slices.Contains(deviceUsers, strings.ToLower(group(r, 1))) }) {
			continue
		}
		for _, r := range rows {
			user, value := group(r, 1), group(r, 2)
			if !isLiteralSecret(value) || !isStrongWord(value) || !strings.ContainsAny(value, "0123456789") || roleName.Get().MatchString(value) || isFieldName(strings.TrimRight(value, "0123456789")) {
				continue
			}
			if kind, _ := storedHash(value); kind != "" || strings.ContainsAny(value, "$") || strings.Contains(value, "sha256") {
				continue // a hash
			}
			at := lineAt(t, m[1]-1+r[0])
			p := PlainSecret{Name: "table of users", Account: forPeople(user), OnList: isListed(value), Secret: NewSecret("password", value), Location: t.At(at)}
			found = append(found, p)
		}
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
