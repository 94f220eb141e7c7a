package facts

import (
	"path"
	"slices"
	"strings"
)

// tokenName is the name of a setting that holds a token.
var tokenName = lazy(`(?i)(?:^|[-_.a-z0-9])(?:token|api_?-?key|apikey|access_?key|(?:access|app|api)[-_]?key[-_]?secret|secret[-_]?key|secret_access_key|client_?secret|shared_?access_?key|auth_?key|account_?key|ap[pi]_?secret|(?:device|license|cloud|iot|fleet|hub|mqtt|webhook|oauth2?|partner|platform)[-_]?secret|hmac_?(?:key|secret)|(?:encryption|signing|aes)[-_]?key|jwt_?key|(?:jwt|session|cookie|signing|consumer|product|provision|next_?auth)[-_.]?secret|subscription[-_]?key)$|^(?:token|secret|(?-i:AUTH_SECRET)|rails_master_key)$`)

// otherTokens are words that make it something else: a name, a place, a public one.
var otherTokens = []string{"csrf", "xsrf", "public", "pub", "file", "path", "url", "uri", "name", "id", "type", "expiry", "endpoint", "refresh_interval"}

var tokenPair = lazy(`([A-Za-z0-9_.\-]*(?:[Tt][Oo][Kk][Ee][Nn]|[Kk][Ee][Yy]|[Ss][Ee][Cc][Rr][Ee][Tt]))["']?\s*(?:=>|:=|=|:|\s)\s*["']?([A-Za-z0-9+/=_.\-]{16,})["']?\s*[,;}]?\s*$`)

// tokenWords are those of which one stands in whatever these expressions find.
var tokenWords = []string{"token", "key", "secret"}

// tokenMember finds a token among other settings of its line: in JSON, YAML or
// TOML that is written without line breaks, and before a comment.
var tokenMember = lazy(`([A-Za-z0-9_.\-]*(?:[Tt][Oo][Kk][Ee][Nn]|[Kk][Ee][Yy]|[Ss][Ee][Cc][Rr][Ee][Tt]))["']?\s*(?:=>|:=|=|:)\s*(?:"([A-Za-z0-9+/=_.\-]{16,})"|'([A-Za-z0-9+/=_.\-]{16,})'|([A-Za-z0-9+/=_.\-]{16,})(?:\s*[,;}\]]|\s+#))`)

// maxSettingLine is the number of bytes up to which a line of settings is read:
// programs write a whole file of JSON as one line.
const maxSettingLine = 1 << 16

// tokenSuffixes are those of settings; a program that compares tokens is none.
var tokenSuffixes = []string{"", ".conf", ".cfg", ".ini", ".json", ".yaml", ".yml", ".toml", ".env", ".properties", ".xml", ".config", ".token", ".key", ".txt", ".service", ".local", ".default", ".settings"}

// namedTokens finds tokens by the names of settings, and files that are nothing
// but a token.
func namedTokens(t Text) []Token {
	base := path.Base(t.File.Name)
	isSettings := slices.Contains(tokenSuffixes, strings.ToLower(path.Ext(base))) || strings.HasPrefix(base, ".env.") // of one surrounding
	if !isSettings || isBuildService(t.File.Name) || textKindOf(t) != settingText {
		return nil
	}
	if t.File.Size <= maxToken {
		if word := strings.TrimSpace(t.Content); len(word) == 32 && isHexDigits(word) && isTokenValue(word) && railsKey.Get().MatchString(t.File.Name) {
			return []Token{{What: "key of Rails' credentials", Secret: NewSecret("token", word), Location: AtSecret(t.File)}}
		}
		if word := strings.TrimSpace(t.Content); inStorage(t.File) && len(word) == 32 && isHexDigits(word) && isTokenValue(word) && storedLoraKey.Get().MatchString(base) {
			return []Token{{What: "key of LoRaWAN", Secret: NewSecret("token", word), Location: AtSecret(t.File)}}
		}
		if word := strings.TrimSpace(t.Content); isTokenValue(word) && tokenFile.Get().MatchString(base) {
			return []Token{{What: "token", Secret: NewSecret("token", word), Location: AtSecret(t.File)}}
		}
	}
	if !holdsAny(t.Content, []string{"oken", "OKEN", "ecret", "ECRET", "ey", "EY"}) {
		return nil
	}
	var found []Token
	known := contextOf(t)
	t = settable(t)
	for l := range t.Lines() {
		s := strings.TrimSpace(l.Text)
		if len(s) < 20 || len(s) > maxSettingLine || isComment(s) {
			continue
		}
		for _, p := range slices.Concat(tokenPairs(s, known), tokenElements(s), webTokens(s), signingPairs(s)) {
			n := Token{What: "token (" + forPeople(p.name) + ")", Secret: NewSecret("token", p.value), Location: t.At(l)}
			if !slices.ContainsFunc(found, n.isOf) {
				found = append(found, n)
			}
		}
	}
	return found
}

// storedLoraKey is a key of LoRaWAN as a key of ESP-IDF's storage is called.
var storedLoraKey = lazy(`(?i)^(?:(?:lora|lorawan|lw|otaa|abp)_?)?(?:app|nwk|apps|nwks)_?s?_?key(?:@.*)?$`)

// namedValue is a setting.
type namedValue struct{ name, value string }

// tokenPairs gives the settings of a line that hold a token.
func tokenPairs(line string, known tokenContext) []namedValue {
	if !holdsAny(strings.ToLower(line), tokenWords) || !mayHoldToken(line, false) {
		return nil
	}
	var pairs []namedValue
	for _, m := range tokenMember.Get().FindAllStringSubmatch(line, 64) {
		pairs = append(pairs, namedValue{m[1], m[2] + m[3] + m[4]})
	}
	if m := tokenPair.Get().FindStringSubmatch(line); m != nil && !slices.Contains(pairs, namedValue{m[1], m[2]}) {
		pairs = append(pairs, namedValue{m[1], m[2]})
	}
	return slices.DeleteFunc(pairs, func(p namedValue) bool {
		lower := strings.ToLower(p.name)
		return known.colours && (lower == "token" || lower == "tokens") || !isNamedToken(p) && !known.isToken(p) || !isTokenValue(p.value) || isOtherToken(lower, p.value)
	})
}

// isNamedToken reports whether a setting is called a token.
func isNamedToken(p namedValue) bool { return tokenName.Get().MatchString(p.name) }

// isOtherToken reports whether a name in small letters makes it something else than a
// secret of the device.
func isOtherToken(lower, value string) bool {
	return isKeyName(lower, value) || slices.ContainsFunc(otherTokens, func(w string) bool { return strings.Contains(lower, w) })
}

var tokenFile = lazy(`(?i)^(?:.*[-_.])?(?:token|api[-_]?key|secret)(?:[-_.](?:txt|conf|key))?$`)

// railsKey is a file with which Rails opens its sealed settings: AES-128, in hexadecimal
// digits (Rails' guide to securing applications, custom credentials).
var railsKey = lazy(`(?:^|/)config/(?:master|credentials/[a-z_]+)\.key$`)

// maxTokenValue is the size in bytes of the longest token. It does not stand in the
// expressions, each of which would grow by as many steps.
const maxTokenValue = 512

// isTokenValue reports whether a value can be a token: letters and digits mixed,
// no path, address, version, date or place to fill in. A JSON web token must be one.
func isTokenValue(v string) bool {
	if len(v) > maxTokenValue || !isOpaque(v, 16) && !isScrambled(v) || strings.Count(v, "/") > 4 || strings.Contains(v, "EXAMPLE") || isRepeated(v) {
		return false
	}
	if strings.HasPrefix(v, "eyJ") {
		return isWebToken(v)
	}
	lower := strings.ToLower(v)
	return !slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(lower, p) })
}

// mayHoldToken is a cheap question before any expression for a token: isTokenValue asks for
// as many letters and digits in a row, with signs between them at most.
// Quoted asks for a quote before them.
func mayHoldToken(line string, quoted bool) bool {
	length, digits := 0, 0
	counts := !quoted
	for i := range len(line) {
		switch c := line[i]; {
		case isDigit(c):
			length++
			digits++
		case isLetter(c) || strings.IndexByte("+/=_-.", c) >= 0:
			length++
		case strings.IndexByte(tokenSigns, c) < 0:
			length, digits = 0, 0
			counts = !quoted || c == '"' || c == '\''
		}
		if counts && length >= 16 && digits > 0 || counts && length >= 32 {
			return true
		}
	}
	return false
}

// scriptTokens finds tokens in assignments and arguments of a script.
func scriptTokens(s Script) []Token {
	var found []Token
	add := func(c *Command, name, value string) {
		name = strings.TrimLeft(name, "-")
		if isTokenValue(value) && !Unresolved(value) && tokenName.Get().MatchString(name) && !isKeyName(strings.ToLower(name), value) {
			found = append(found, Token{What: "token (" + forPeople(name) + ")", Secret: NewSecret("token", value), Location: c.Location})
		}
	}
	for _, c := range s.Commands.All() {
		for _, a := range c.Assigns {
			for _, w := range webTokens(a.Name + "=" + a.Value) {
				add(&c, "token", w.value)
			}
			add(&c, a.Name, a.Value)
		}
		_, args := c.Effective()
		for i, a := range args {
			name, value, ok := strings.Cut(a, "=")
			switch m := bearerOf(a); {
			case m != nil:
				add(&c, "token", m[1])
			case ok:
				add(&c, name, value)
			case strings.HasPrefix(a, "--") && i+1 < len(args):
				add(&c, a, args[i+1])
			}
		}
	}
	return found
}

// bearer is a header by which curl shows a token.
var bearer = lazy(`^(?i)(?:Authorization: *(?:Bearer|token)|X-Api-Key:|X-Auth-Token:) *(\S+)$`)

func bearerOf(arg string) []string {
	if len(arg) < 2 || !strings.EqualFold(arg[:2], "au") && arg[:2] != "X-" && arg[:2] != "x-" || strings.IndexByte(arg, ':') < 0 {
		return nil
	}
	return bearer.Get().FindStringSubmatch(arg)
}
