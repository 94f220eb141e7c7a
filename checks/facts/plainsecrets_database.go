package facts

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/hashes"
	"github.com/assay-iot/assay/checks/facts/sqlite3"
	"github.com/assay-iot/assay/firmware"
)

// databaseLogin is a password, or its hash, in a row of an application's database.
type databaseLogin struct {
	Name     string         `json:"name"` // table and column, or the key of a setting
	Account  string         `json:"account,omitempty"`
	Users    bool           `json:"users,omitempty"` // the table is one of users
	Secret   Secret         `json:"secret"`
	Location assay.Location `json:"location"`
}

// maxLogins is the number of passwords that are kept of one database.
const maxLogins = 100

// databaseLogins are those of SQLite databases: columns that are called so, and
// tables of keys and values.
var databaseLogins = &Scan[databaseLogin]{
	Name:    "database-logins",
	Version: 1,
	Doc:     "Passwords and hashes in SQLite databases, by the names of columns and settings.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size >= 512 },
	Words:   newLiterals([]string{"SQLite format 3\x00"}),
	Spot: func(f *firmware.File, content []byte, words sights) []databaseLogin {
		if !words.Any() || !bytes.HasPrefix(content, []byte("SQLite format 3\x00")) {
			return nil
		}
		db := sqlite3.Open(content)
		if db == nil {
			return nil
		}
		var found []databaseLogin
		for _, t := range db.Tables() {
			columns := loginColumnsOf(t)
			if !columns.any() {
				continue
			}
			db.Rows(t, func(values []sqlite3.Value) bool {
				for _, l := range columns.logins(t.Name, values) {
					l.Location = At(f)
					found = append(found, l)
				}
				return len(found) < maxLogins
			})
		}
		return found
	},
}

// loginColumns says which columns of a table hold what; -1 is none.
type loginColumns struct {
	user, key, value int
	passwords        []int
	names            []string
}

func loginColumnsOf(t sqlite3.Table) loginColumns {
	c := loginColumns{names: t.Columns}
	lower := make([]string, len(t.Columns))
	for i, name := range t.Columns {
		if lower[i] = strings.ToLower(name); isSecretColumn(name) {
			c.passwords = append(c.passwords, i)
		}
	}
	column := func(words ...string) int {
		for _, w := range words {
			if i := slices.Index(lower, w); i >= 0 {
				return i
			}
		}
		return -1
	}
	c.user = column("username", "user_name", "user", "login", "account", "name", "email")
	c.key = column("key", "name", "setting", "option", "param", "k")
	c.value = column("value", "val", "v")
	return c
}

// isSecretColumn reports whether a column, or a setting, is named as one that
// holds a password or its hash.
func isSecretColumn(name string) bool {
	lower := strings.ToLower(name)
	for _, end := range []string{"_hash", "hash", "_digest", "_md5", "_sha1", "_sha256", "md5", "sha1", "sha256"} {
		lower = strings.TrimSuffix(lower, end)
	}
	return lower == "pwd" || lower == "pw" || isPasswordName(lower) || strings.HasSuffix(lower, "psk")
}

// userTable is what the table of those who log in to the device's own application is called.
var userTable = lazy(`(?i)^(?:tbl_?|t_|web_?|sys_?|auth_?|app_?)?(?:users?|accounts?|admins?|logins?)(?:_?(?:info|table|tbl|list))?$`)

func (c loginColumns) any() bool { return len(c.passwords) > 0 || c.key >= 0 && c.value >= 0 }

// logins gives the passwords of a row.
func (c loginColumns) logins(table string, values []sqlite3.Value) []databaseLogin {
	text := func(i int) string {
		if i < 0 || i >= len(values) {
			return ""
		}
		return strings.TrimSpace(values[i].Text)
	}
	var found []databaseLogin
	add := func(name, account, value string) {
		kind, _ := storedHash(value)
		if kind != "" || isLiteralSecret(value) {
			found = append(found, databaseLogin{Name: forPeople(name), Account: forPeople(account), Secret: NewSecret("password", value)})
		}
	}
	for _, i := range c.passwords {
		add(table+"."+c.names[i], text(c.user), text(i))
	}
	for i := range found {
		found[i].Users = userTable.Get().MatchString(table)
	}
	if len(c.passwords) == 0 && isSecretColumn(text(c.key)) {
		add(text(c.key), "", text(c.value))
	}
	return found
}

// storedHash tells the formats of hashes that applications keep. A digest in
// hexadecimal digits has no salt, or one that stands elsewhere.
func storedHash(value string) (HashKind, int) {
	if hash, ok := strings.CutPrefix(value, "argon2:"); ok { // as Jupyter writes it
		value = hash
	}
	if kind, rounds := hashes.KindOf(value); kind != "" && kind != hashes.DES && kind != hashes.BSDi && kind != hashes.Unknown {
		return kind, rounds
	}
	if kind, rounds := hashes.Web(value); kind != "" {
		return kind, rounds
	}
	if kind, rounds := hashes.Labelled(value); kind != "" {
		return kind, rounds
	}
	if hashes.IsSalted(value) {
		return hashes.SaltedDigest, 1
	}
	if strings.Trim(value, "0123456789abcdefABCDEF") == "" && !isRepeated(value) {
		switch len(value) {
		case 32:
			return hashes.RawMD5, 1
		case 40:
			return hashes.RawSHA1, 1
		case 64:
			return hashes.RawSHA256, 1
		}
	}
	return "", 0
}

// databaseLines are the hashes of databases, as lines of account files.
func databaseLines(all []databaseLogin) []accountLine {
	var lines []accountLine
	for _, l := range all {
		value, _ := l.Secret.Reveal()
		if kind, _ := storedHash(value); kind == "" {
			continue
		}
		name := l.Account
		if name == "" {
			name = l.Name
		}
		lines = append(lines, accountLine{File: l.Location.Path, Form: "database", Name: name, UID: -1, GID: -1, Password: NewSecret("password field", value), Location: l.Location})
	}
	return lines
}

// databaseSecrets are the passwords in clear of databases.
func databaseSecrets(all []databaseLogin) []PlainSecret {
	var found []PlainSecret
	for _, l := range all {
		value, _ := l.Secret.Reveal()
		if kind, _ := storedHash(value); kind != "" {
			continue
		}
		wifi := strings.HasSuffix(strings.ToLower(l.Name), "psk") || isWifiName(l.Name)
		user := ""
		if l.Users {
			user = l.Account
		}
		found = append(found, PlainSecret{Name: l.Name, Account: l.Account, User: user, Wifi: wifi, OnList: isListed(value), Secret: l.Secret, Location: l.Location})
	}
	return found
}
