package facts

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
)

// hashAssignment is a hash of crypt(3), of Werkzeug or of Django as the value of a
// setting; digestAssignment is a digest in hexadecimal digits as one, also of an element
// or of UCI. hashOwner is the user that is named before it.
var (
	hashAssignment   = lazy(`([A-Za-z0-9_.\-]+)["']?\s*(?:=>|=|:)\s*["']?((?:\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|apr1)\$|\$argon2id?\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$|\$argon2i\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$|pbkdf2[:_]sha|scrypt:)[^\s"',;}<>]{20,256})["']?`)
	digestAssignment = lazy(`([A-Za-z0-9_.\-]+)(?:["'\])]{0,4}\s*(?:=>|={1,3}|:)\s*|(?:\s[^<>]{0,64})?>\s*|\s+)["']?([0-9a-fA-F]{32,64})(?:["'\s,;}<)]|$)`)
	hashOwner        = lazy(`(?i)["'<]?\b(?:user|username|user_name|login|name)["']?(?:\s*(?:=>|[=:>])\s*["']?|\s+["'])([A-Za-z0-9_.@\-]{1,64})`)
)

// maxOwnerLines is the number of lines that the user may stand before the hash.
const maxOwnerLines = 3

// settingHashes are the hashes of passwords in settings of JSON, YAML, INI and the
// like: the name of the setting says that it is one, or the digest is that of a default
// password. Of programs, the latter count only.
func settingHashes(texts *TextSet) []accountLine {
	var lines []accountLine
	salts := &salting{maxSalted}
	for _, t := range texts.All() {
		if accountForm(t.File.Name) != "" || !t.holds(hashMarks) {
			continue
		}
		kind := textKindOf(t)
		if kind == proseText {
			continue
		}
		var before [maxOwnerLines]string // the lines before, the last one first
		for l := range t.Lines() {
			s := strings.TrimSpace(l.Text)
			for _, h := range lineHashes(s, kind, before[:], func(digest, user string) (string, bool) {
				near, at := around(t.Content, l)
				return salts.form(digest, user, near, at+strings.Index(l.Text, digest))
			}) {
				if len(lines) < MaxAccounts {
					h.File, h.Location = t.File.Path, t.At(l)
					lines = append(lines, h)
				}
			}
			copy(before[1:], before[:])
			before[0] = s
			if s == "" || s[0] == '[' {
				before = [maxOwnerLines]string{}
			}
		}
	}
	return lines
}

// hashMarks are parts of texts without one of which no hash is looked for.
var hashMarks = newLiterals([]string{"pass", "Pass", "PASS", "pwd", "Pwd", "PWD", "pw", "hash", "Hash", "HASH"})

// lineHashes are the hashes of a line. Where it names no user, one of the lines before
// may, the nearest first. Salted gives a digest with the salt that stands near it, and
// whether it is that of a default password.
func lineHashes(s string, kind textKind, before []string, salted func(digest, user string) (form string, opened bool)) []accountLine {
	if len(s) < 30 || len(s) > maxSettingLine || isComment(s) {
		return nil
	}
	var lines []accountLine
	add := func(form *pattern) {
		at := 0 // behind the hash before, whose user is another
		for _, m := range form.Get().FindAllStringSubmatchIndex(s, 64) {
			name, value := s[m[2]:m[3]], s[m[4]:m[5]]
			if !mayBeHash(name, value) {
				continue
			}
			owner := name
			for _, text := range slices.Concat([]string{s[at:m[0]]}, before) {
				if u := lastOwner(text); u != "" {
					owner = u
					break
				}
			}
			at = m[1]
			isHash := isHashSetting(name, value, kind)
			if isHexDigits(value) && !isDigestOfListed(value) {
				form, opened := salted(value, owner)
				if isHash = isHash || opened; isHash && form != "" {
					value = form
				}
			}
			if !isHash {
				continue
			}
			lines = append(lines, accountLine{Form: "database", Name: forPeople(owner), UID: -1, GID: -1, Password: NewSecret("password field", value)})
		}
	}
	if mayHoldHash(s) {
		add(hashAssignment)
	}
	if hasDigits(s, md5.Size*2) {
		add(digestAssignment)
		if kind == codeText && len(lines) == 0 {
			lines = append(lines, comparedDigests(s)...)
		}
	}
	return lines
}

// digestCompared is the digest of something in a program, compared with one that stands there:
// md5($p) === '…', hashlib.sha256(p.encode()).hexdigest() == "…".
var digestCompared = lazy(`(?i)\b(?:md5|sha1|sha256|hash)[A-Za-z0-9_.]*\([^;"'\n]{0,80}\)\s*(?:={2,3}|\beq\b)\s*b?["']([0-9a-f]{32,64})["']`)

// comparedDigests are those of default passwords, whatever is compared with them.
func comparedDigests(s string) []accountLine {
	var lines []accountLine
	for _, m := range digestCompared.Get().FindAllStringSubmatch(s, 16) {
		if isDigestOfListed(m[1]) {
			lines = append(lines, accountLine{Form: "database", Name: "password", UID: -1, GID: -1, Password: NewSecret("password field", m[1])})
		}
	}
	return lines
}

// mayHoldHash is a cheap question before hashAssignment: a dollar sign, and the name
// of a form either between two of them or without.
func mayHoldHash(s string) bool {
	const longest = len("argon2id")
	for rest := s; ; {
		i := strings.IndexByte(rest, '$')
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
		n := strings.IndexByte(rest[:min(len(rest), longest+1)], '$')
		if n > 0 && slices.Contains(formNames, rest[:n]) && (strings.HasPrefix(rest, "argon2") || isLongWord(rest[n+1:])) || strings.Contains(s, "pbkdf2") || strings.Contains(s, "scrypt:") {
			return true
		}
	}
}

// formNames are those of the forms in hashAssignment that stand between two dollar signs.
var formNames = []string{"1", "2", "2a", "2b", "2x", "2y", "5", "6", "7", "y", "gy", "sha1", "apr1", "argon2i", "argon2id"}

// isLongWord reports whether a text begins with as much as a hash has at least behind its
// form, without a sign that none has.
func isLongWord(s string) bool {
	end := strings.IndexAny(s, " \t\n\f\r\"',;}<>")
	return end >= leastHash || end < 0 && len(s) >= leastHash
}

// leastHash is the number of bytes of such a word in hashAssignment.
const leastHash = 20

// hasDigits reports whether n hexadecimal digits stand in a row.
func hasDigits(s string, n int) bool {
	row := 0
	for i := range len(s) {
		if c := s[i] | 0x20; isDigit(s[i]) || c >= 'a' && c <= 'f' {
			row++
		} else {
			row = 0
		}
		if row == n {
			return true
		}
	}
	return false
}

// lastOwner is the user that a text names last; empty if it names none.
func lastOwner(s string) string {
	owner := ""
	if len(s) <= maxSettingLine {
		for _, m := range hashOwner.Get().FindAllStringSubmatch(s, 64) {
			owner = m[1]
		}
	}
	return owner
}

// isHashSetting reports whether a setting holds the hash of a password. A digest in
// hexadecimal digits is one if the name says so, as "password_md5", or if a default
// password has it; else it may be the password.
func isHashSetting(name, value string, kind textKind) bool {
	short := shortName(name)
	if isHexDigits(value) {
		return isDigestOfListed(value) || kind == settingText && short != "hash" && !isPasswordName(short) && short != "pwd"
	}
	return kind == settingText
}

// mayBeHash reports whether name and value are those of a hash, or of a password that looks
// like one.
func mayBeHash(name, value string) bool {
	hash, _ := storedHash(value)
	short := shortName(name)
	return hash != "" && (short == "hash" || isSecretColumn(short)) && !strings.Contains(short, "psk")
}

// shortName is the last part of the name of a setting.
func shortName(name string) string {
	return strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
}

// isDigestOfListed reports whether a value is the digest of a default password: then
// it is no password itself.
func isDigestOfListed(value string) bool { return listedDigests()[strings.ToLower(value)] }

var listedDigests = sync.OnceValue(func() map[string]bool {
	digests := map[string]bool{}
	for w := range listedPasswords() {
		if w == "" { // its digest is that of an empty file too
			continue
		}
		m, s, l := md5.Sum([]byte(w)), sha1.Sum([]byte(w)), sha256.Sum256([]byte(w))
		for _, sum := range [][]byte{m[:], s[:], l[:]} {
			digests[hex.EncodeToString(sum)] = true
		}
	}
	return digests
})
