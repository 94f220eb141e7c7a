package facts

import (
	"strings"
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
	if len(field) < 5 || !accountName.Get().MatchString(field[0]) || !allNumbers(field[1:2]) || !strings.HasPrefix(field[4], "[") {
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
	for _, t := range texts.All() {
		if !strings.Contains("/"+t.File.Name, "/etc/config/") || !strings.Contains(t.Content, "$") || !strings.Contains(t.Content, "password") {
			continue
		}
		for _, s := range parseUCI(t) {
			password, ok := s.get("password")
			name, named := s.get("username")
			if !ok || !named || !isHash(password.Values[0]) || len(lines) >= MaxAccounts {
				continue
			}
			if kind, _ := HashKindOf(password.Values[0]); kind == UnknownHash {
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

// hashAssignment is a hash of crypt(3) as the value of a setting, and hashOwner the
// user that the same line names.
var (
	hashAssignment = lazy(`([A-Za-z0-9_.\-]+)["']?\s*(?:=>|=|:)\s*["']?(\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|apr1|argon2id?|argon2i)\$[^\s"',;}<>]{20,256})["']?`)
	hashOwner      = lazy(`(?i)["']?\b(?:user|username|user_name|login|name)["']?\s*[=:]\s*["']?([A-Za-z0-9_.@\-]{1,64})`)
)

// settingHashes are the hashes of passwords in settings of JSON, YAML, INI and the
// like: the name of the setting says that it is one.
func settingHashes(texts *TextSet) []accountLine {
	var lines []accountLine
	for _, t := range texts.All() {
		if !strings.Contains(t.Content, "$") || accountForm(t.File.Name) != "" || textKindOf(t) != settingText {
			continue
		}
		for l := range t.Lines() {
			s := strings.TrimSpace(l.Text)
			if len(s) < 30 || len(s) > maxSettingLine || !strings.Contains(s, "$") || isComment(s) {
				continue
			}
			at := 0 // behind the hash before, whose user is another
			for _, m := range hashAssignment.Get().FindAllStringSubmatchIndex(s, 64) {
				name, value := s[m[2]:m[3]], s[m[4]:m[5]]
				kind, _ := storedHash(value)
				short := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
				if kind == "" || short != "hash" && !isSecretColumn(short) || len(lines) >= MaxAccounts {
					continue
				}
				owner := name
				if u := hashOwner.Get().FindStringSubmatch(s[at:m[0]]); u != nil {
					owner = u[1]
				}
				at = m[1]
				lines = append(lines, accountLine{File: t.File.Path, Form: "database", Name: forPeople(owner), UID: -1, GID: -1, Password: NewSecret("password field", value), Location: t.At(l)})
			}
		}
	}
	return lines
}
