package facts

import "strings"

// signingSetting is a setting that holds what a service signs, seals or encrypts with, as
// frameworks and files of surroundings (.env, Compose's "environment") have it: such a
// value may have signs, and a mark of how it is written.
var signingSetting = lazy(`(?i)["']?\b((?:[a-z0-9]+[_.\-])*(?:(?:hmac|jwt|signing|session|cookie|token|next_?auth)[_.\-]?secret(?:[_\-]?key)?|(?:hmac|jwt|signing|encryption|secret|aes)[_.\-]?key(?:[_\-]?base)?|app_key|(?-i:AUTH_SECRET)))["']?\s*[:=]\s*(base64:)?(?:"([^"\s]{16,})"|'([^'\s]{16,})'|([^\s"'#,;]{16,}))["']?\s*[,;}]?\s*(?:#.*)?$`)

// tokenSigns may stand within such a value.
const tokenSigns = "!@#^&*$+,~?()"

// signingPairs finds them in a line of settings.
func signingPairs(line string) []namedValue {
	if !holdsAny(strings.ToLower(line), []string{"key", "secret"}) || !mayHoldToken(line, false) {
		return nil
	}
	m := signingSetting.Get().FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	name, marked, value := strings.ToLower(m[1]), m[2] != "", m[3]+m[4]+m[5]
	if rest, ok := strings.CutPrefix(value, "base64:"); ok {
		marked, value = true, rest
	}
	plain := strings.Map(func(c rune) rune {
		if strings.ContainsRune(tokenSigns, c) {
			return -1
		}
		return c
	}, value)
	switch {
	case strings.ContainsAny(value[:1], "$/") || strings.ContainsAny(value, "<>{}%`") || strings.Contains(value, "$(") || !isTokenValue(plain):
		return nil
	case strings.HasSuffix(name, "app_key") && !marked: // a mark that everybody may know
		return nil
	case isKeyName(name, value):
		return nil
	}
	return []namedValue{{m[1], value}}
}

// isKeyName reports whether a setting in small letters says which key of GnuPG signs: by
// the last digits of its fingerprint, or all of them, which programs write in capitals (RFC 9580, 5.5.4).
func isKeyName(name, value string) bool {
	name = strings.NewReplacer("-", "_", ".", "_").Replace(name)
	return strings.HasSuffix(name, "signing_key") && !strings.Contains(name, "jwt") && isHexDigits(value) &&
		(len(value) == 8 || len(value) == 16 || len(value) == 40 || value == strings.ToUpper(value))
}
