package facts

import (
	"slices"
	"strings"
)

// tokenContext says what a file is about, where the name of a setting alone does not
// tell a secret from a mark that everybody may know.
type tokenContext struct {
	lora     bool // LoRaWAN: "AppKey" is a key there, and a mark of the application in clouds
	colours  bool // a theme of colours: a "token" is a kind of word of a language
	memfault bool // Memfault: its "project_key" lets devices send; that of others is a name
}

func contextOf(t Text) tokenContext {
	lower := func(words ...string) bool {
		return holdsAny(strings.ToLower(t.Content), words) || holdsAny(strings.ToLower(t.File.Name), words)
	}
	return tokenContext{
		lora:     holdsAny(t.Content, []string{"Key", "KEY", "key"}) && lower("deveui", "dev_eui", "appeui", "app_eui", "joineui", "join_eui", "lorawan"),
		colours:  holdsAny(t.Content, []string{`"foreground"`, `"fontStyle"`, `"tokenColors"`}) && lower("theme", "syntax", `"rules"`, "tokencolors"),
		memfault: holdsAny(t.Content, []string{"project_key", "PROJECT_KEY", "projectKey"}) && lower("memfault"),
	}
}

// loraKey is one of the keys of LoRaWAN (1.1, 6.1 and 6.2): AES-128, of the device or
// of its session.
var loraKey = lazy(`(?i)(?:^|[-_.])(?:app|nwk|app_?s|nwk_?s|fnwksint|snwksint|nwksenc)_?key$`)

// modemKey is such a key in a command to a modem, as digits with or without marks between.
var modemKey = lazy(`^AT\+[A-Z]{3,4}S?KEY="?[0-9A-Fa-f]{2}(?:[ :,.-]?[0-9A-Fa-f]{2}){15}(?:[^0-9A-Za-z]|$)`)

// manualKeys are those of examples: of FIPS 197 (appendix A.1), which Semtech's code has too,
// and such as count up.
var manualKeys = []string{"2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f", "0102030405060708090a0b0c0d0e0f10", "00112233445566778899aabbccddeeff", "0123456789abcdef0123456789abcdef", "11223344556677881122334455667788"}

// ownModemKey reports whether the key in such a command is none of an example.
func ownModemKey(command string) bool {
	_, key, _ := strings.Cut(strings.ToLower(command), "=")
	key = strings.NewReplacer(" ", "", ":", "", ",", "", ".", "", "-", "", `"`, "").Replace(key)
	return !slices.Contains(manualKeys, key) && !isRepeated(key)
}

// isToken reports whether a setting is one in this context.
func (c tokenContext) isToken(p namedValue) bool {
	if c.lora && loraKey.Get().MatchString(p.name) {
		return len(p.value) == 32 && isHexDigits(p.value)
	}
	name := strings.ToLower(strings.ReplaceAll(p.name, "_", ""))
	return c.memfault && strings.HasSuffix(name, "projectkey") && len(p.value) >= 20
}

func isHexDigits(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// isScrambled reports whether a value of letters and few digits, or none if it is long, is no word, nor words
// in camel case: it changes between capitals and small letters all the time.
func isScrambled(v string) bool {
	capitals, small, digits := 0, 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'A' && c <= 'Z':
			capitals++
		case c >= 'a' && c <= 'z':
			small++
		case isDigit(c):
			digits++
		default:
			return false
		}
	}
	return len(v) >= 20 && (digits > 0 || len(v) >= 32) && 10*capitals >= 3*len(v) && 10*small >= 3*len(v)
}
