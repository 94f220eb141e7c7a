package facts

import (
	"slices"
	"strings"
)

// Passwords that a program hands over by their place among the arguments of a call, and
// not by a name. Only what stands there in quotes, as a whole argument, counts.

// secretCall is such a call. It begins with its anchor, up to the bracket; user and
// password count the arguments from 0. Where the name of the call says little, sure
// demands that the user is one too.
type secretCall struct {
	anchor, what   string
	user, password int
	sure           bool
}

// secretCalls are those of Python, PHP, Perl, Lua, and scripts of servers.
var secretCalls = []secretCall{
	{"define(", "", 0, 1, true},
	{"environ.get(", "", 0, 1, true},
	{"env(", "", 0, 1, true},
	// Databases.
	{"mysqli(", "mysqli", 1, 2, false},
	{"mysqli_connect(", "mysqli", 1, 2, false},
	{"mysqli_real_connect(", "mysqli", 2, 3, false},
	{"->real_connect(", "mysqli", 1, 2, false},
	{"mysql_connect(", "mysql_connect", 1, 2, false},
	{"mysql_pconnect(", "mysql_pconnect", 1, 2, false},
	{"PDO(", "PDO", 1, 2, false},
	{"odbc_connect(", "odbc_connect", 1, 2, false},
	{"oci_connect(", "oci_connect", 0, 1, false},
	{"DBI->connect(", "DBI", 1, 2, false},
	{"DBI->connect_cached(", "DBI", 1, 2, false},
	{":connect(", "connect", 1, 2, true},
	{"pymysql.connect(", "pymysql", 1, 2, false},
	{"MySQLdb.connect(", "MySQLdb", 1, 2, false},
	{"mysql.connector.connect(", "mysql.connector", 1, 2, false},
	{"mariadb.connect(", "mariadb", 1, 2, false},
	{"pymssql.connect(", "pymssql", 1, 2, false},
	{"InfluxDBClient(", "InfluxDBClient", 2, 3, false},
	// Files, mail, directories, messages.
	{"ftp_login(", "ftp_login", 1, 2, false},
	{"FTP(", "FTP", 1, 2, false},
	{"FTP_TLS(", "FTP", 1, 2, false},
	{"ssh2_auth_password(", "ssh2_auth_password", 1, 2, false},
	{"imap_open(", "imap_open", 1, 2, false},
	{".login(", "login", 0, 1, true},
	{"->login(", "login", 0, 1, true},
	{"ldap_bind(", "ldap_bind", 1, 2, false},
	{"simple_bind_s(", "simple_bind_s", 0, 1, false},
	{"username_pw_set(", "username_pw_set", 0, 1, false},
	// The web.
	{"BasicAuth(", "BasicAuth", 0, 1, false},
	{"DigestAuth(", "DigestAuth", 0, 1, false},
	{"->credentials(", "credentials", 2, 3, false},
	{"authorization_basic(", "authorization_basic", 0, 1, false},
	{"auth", "auth", 0, 1, false},
	{"USERPWD", "USERPWD", 0, 1, false},
}

var secretCallAnchors = newLiterals(slices.Concat(anchorsOf(secretCalls), tablesOfUsers))

func anchorsOf(calls []secretCall) []string {
	anchors := make([]string, len(calls))
	for i, c := range calls {
		anchors[i] = c.anchor
	}
	return anchors
}

var (
	// authPair begins a pair of user and password: auth=("a", "b"), 'auth' => ['a', 'b'].
	authPair = lazy(`^auth["']?\s*(?:=>|=|:)\s*[\[(]`)
	// loginWhole is both in one text: auth: 'a:b', CURLOPT_USERPWD, 'a:b'.
	loginWhole = lazy(`^(?:auth["']?\s*[:=]|USERPWD["']?\s*(?:,|=>))\s*["']([^"':\n/]{1,64}):([^"'\n]{3,128})["']\s*[,;)}\]\n]`)
	// loginVariable is a variable that holds who logs in.
	loginVariable = lazy(`(?i)^[$A-Z_.>-]*(?:user|login|mail|account|sender|from|name)[A-Z_]*(?:\(\))?$`)
	// lineRemark begins what a line says to people behind its code.
	lineRemark = lazy(`(?:^|[\s;,)}])(?:#|//|--)\s`)
)

// Limits of a call that is looked at.
const (
	maxCall      = 512 // bytes, over lines
	maxArguments = 8
)

// placedSecrets finds such passwords in a program.
func placedSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	comments := commentBlocks(t.Content)
	var l Line
	secretCallAnchors.FindIn(t.Content, func(word, at int) bool {
		for len(comments) > 0 && comments[0][1] <= at {
			comments = comments[1:]
		}
		if at >= int(l.Offset)+len(l.Text) || l.Text == "" {
			l = lineAt(t, at)
		}
		before := l.Text[:min(at-int(l.Offset), len(l.Text))]
		if len(comments) > 0 && comments[0][0] <= at || len(l.Text) > maxWord || isComment(l.Text) || lineRemark.Get().MatchString(before) {
			return true
		}
		if word >= len(secretCalls) {
			found = append(found, usersSecrets(t, at)...)
		} else if p, ok := secretCalls[word].in(t.Content[at:min(len(t.Content), at+maxCall)]); ok {
			p.Location = t.At(l)
			found = append(found, p)
		}
		return len(found) < maxSecrets
	})
	return found
}

// in finds the password of a call that begins a text.
func (c secretCall) in(text string) (PlainSecret, bool) {
	if strings.HasPrefix(text, "auth") || strings.HasPrefix(text, "USERPWD") {
		if m := loginWhole.Get().FindStringSubmatch(text); m != nil {
			return placedSecret(c.what, m[1], m[2])
		}
	}
	from := len(c.anchor)
	if c.anchor[from-1] != '(' {
		m := authPair.Get().FindStringIndex(text)
		if m == nil {
			return PlainSecret{}, false
		}
		from = m[1]
	}
	args := argumentsOf(text[from:])
	if c.password >= len(args) || !args[c.password].quoted {
		return PlainSecret{}, false
	}
	user, value := args[c.user], args[c.password].text
	switch {
	case c.what == "" && (!user.quoted || !isPasswordName(user.text)):
		return PlainSecret{}, false
	case c.what == "":
		return placedSecret(user.text, "", value)
	case !user.quoted && c.sure && (c.password > 1 || !loginVariable.Get().MatchString(user.text)):
		return PlainSecret{}, false
	case !user.quoted:
		return placedSecret(c.what, "", value)
	}
	return placedSecret(c.what, user.text, value)
}

// placedSecret is a password by its place, if it can be one.
func placedSecret(what, user, value string) (PlainSecret, bool) {
	word := strings.TrimRight(strings.ToLower(value), "0123456789")
	manual := slices.Contains(likeAddress, strings.ToLower(user)) && slices.Contains(likeAddress, word)
	guest := slices.Contains([]string{"anonymous", "ftp"}, strings.ToLower(user)) && strings.Contains(value, "@")
	if manual || guest || !isLiteralSecret(value) || !isStrongWord(value) || isFieldName(word) && !isListed(value) {
		return PlainSecret{}, false
	}
	return PlainSecret{Name: forPeople(what), Account: forPeople(user), OnList: isListed(value), Secret: NewSecret("password", value)}, true
}

// callArgument is one of a call: the text between its quotes, or an expression.
type callArgument struct {
	text   string
	quoted bool
}

// argumentsOf reads the arguments of a call behind its bracket, as far as they are whole.
func argumentsOf(text string) []callArgument {
	var args []callArgument
	quote, depth, from := byte(0), 0, 0
	for i := 0; i < len(text) && len(args) < maxArguments; i++ {
		switch b := text[i]; {
		case quote != 0 && b == '\\':
			i++
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '(' || b == '[' || b == '{':
			depth++
		case depth > 0 && (b == ')' || b == ']' || b == '}'):
			depth--
		case depth == 0 && (b == ',' || b == ')' || b == ']' || b == ';'):
			args = append(args, argumentOf(text[from:i]))
			if from = i + 1; b != ',' {
				return args
			}
		}
	}
	return args
}

// argumentOf knows a text in quotes, which Python may mark as bytes.
func argumentOf(text string) callArgument {
	text = strings.TrimSpace(text)
	body := strings.TrimLeft(text, "bu")
	if n := len(body); len(text)-n <= 1 && n >= 2 && (body[0] == '"' || body[0] == '\'') && body[n-1] == body[0] && strings.Count(body, body[:1]) == 2 {
		return callArgument{body[1 : n-1], true}
	}
	return callArgument{text, false}
}
