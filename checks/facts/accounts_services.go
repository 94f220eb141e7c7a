package facts

import (
	"strings"

	"github.com/assay-iot/assay/checks/facts/hashes"
	"github.com/assay-iot/assay/firmware"
)

// pureFTPFields is the number of fields of a line of Pure-FTPd's file of users
// (pure-pw.c): account, hash, numbers of user and group, name, home, and limits.
const pureFTPFields = 18

// sambaHash is an NT hash: MD4 of the password in UTF-16.
var sambaHash = lazy(`^[0-9A-Fa-f]{32}$`)

// parseSambaLine reads a line of smbpasswd(5): name, number, LAN Manager's hash,
// NT hash, flags in brackets, time. The hash becomes that of crypt(5).
func parseSambaLine(line string) (accountLine, bool) {
	field := strings.Split(line, ":")
	if len(field) < 5 || !isAccountName(field[0]) || !allNumbers(field[1:2]) || !strings.HasPrefix(field[4], "[") {
		return accountLine{}, false
	}
	password := "*"
	switch flags, _, _ := strings.Cut(field[4], "]"); {
	case strings.Contains(flags, "D"): // disabled
	case strings.Contains(flags, "N"), strings.HasPrefix(field[3], "NO PASSWORD"):
		password = ""
	case sambaHash.Get().MatchString(field[3]):
		password = "$3$$" + strings.ToLower(field[3])
	}
	return accountLine{Form: "smbpasswd", Name: field[0], UID: -1, GID: -1, Password: NewSecret("password field", password)}, true
}

// uciLogins reads sections of OpenWrt's settings that hold a name and a hash: the
// logins of rpcd and of uhttpd. "$p$root" is no hash but says that the password
// is that of the account; one in clear is no account's here.
func uciLogins(texts *TextSet) []accountLine {
	var lines []accountLine
	for _, t := range texts.Where(func(f *firmware.File) bool { return strings.Contains("/"+f.Name, "/etc/config/") }) {
		if !strings.Contains(t.Content, "$") || !strings.Contains(t.Content, "password") {
			continue
		}
		for _, s := range parseUCI(t) {
			password, ok := s.get("password")
			name, named := s.get("username")
			if !ok || !named || !isHash(password.Values[0]) || len(lines) >= MaxAccounts {
				continue
			}
			if kind, _ := hashes.KindOf(password.Values[0]); kind == hashes.Unknown {
				continue
			}
			lines = append(lines, accountLine{
				File: t.File.Path, Form: "htpasswd", Name: forPeople(name.Values[0]), UID: -1, GID: -1,
				Password: NewSecret("password field", password.Values[0]), Location: t.At(password.Line),
			})
		}
	}
	return lines
}
