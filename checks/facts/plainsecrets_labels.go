package facts

import (
	"slices"
	"strings"
)

// foreignPasswords are what a password is called in other languages, as far as ASCII
// writes it, in small letters and without what joins words.
var foreignPasswords = []string{
	"passwort", "kennwort", "geheimnis", "motdepasse", "contrasena", "contrasenya", "clave", "senha", "palavrapasse", "wachtwoord", "paswoord", "heslo", "haslo", "geslo", "lozinka",
	"sifra", "parola", "parool", "jelszo", "salasana", "adgangskode", "kodeord", "passord", "losenord", "lykilord", "slaptazodis", "sifre", "katasandi",
}

// maxLabels is how many such words of a file are looked at: each costs a look around it.
const maxLabels = 128

// isForeignLabel reports whether a value is a word for a password in another language, as
// people read it on a page: with a capital, and of letters alone.
func isForeignLabel(value string) bool {
	if value == "" || value[0] < 'A' || value[0] > 'Z' {
		return false
	}
	word := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(value))
	return strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == "" &&
		slices.ContainsFunc(foreignPasswords, func(w string) bool { return strings.HasPrefix(word, w) || strings.HasSuffix(word, w) })
}

// besideValue is a setting that says who logs in, or where, by a value that is no word with
// a capital.
var besideValue = lazy(`(?im)(?:^|[{,\s])["']?[\w.-]*(?:user(?:_?name)?|usr|login|account|host(?:name)?|server|broker|url|uri|port|ssid)["']?\s*(?:=>|[:=])\s*["']?(?-i:[a-z0-9/$!{\[*])`)

// besideValues reports whether settings around a password are those of a login.
func besideValues(section string) bool { return besideValue.Get().MatchString(section) }

// Limits of elements that are switched off.
const (
	maxOffElements = 64       // of a file that are looked at
	maxOffElement  = 64 << 10 // bytes of one, behind its tag
	maxOffTag      = 1 << 10  // bytes of a tag in it
)

// offElement is the tag of an element of XML that an attribute switches off.
var offElement = lazy(`(?i)<([a-z_][\w:.-]*)(?:\s[^<>]*?)?\s(?:(?:enabled?|active)\s*=\s*["'](?:no|false|0|off)["']|disabled\s*=\s*["'](?:yes|true|1|on|disabled)["'])[^<>]*>`)

// offElements gives the ranges of elements that are switched off, from their tags on.
func offElements(content string) [][2]int {
	var off [][2]int
	past := 0
	for _, m := range offElement.Get().FindAllStringSubmatchIndex(content, maxOffElements) {
		if m[0] < past {
			continue // inside of another
		}
		past = m[1]
		if content[m[1]-2] != '/' {
			past = elementEnd(content, content[m[2]:m[3]], m[1])
		}
		off = append(off, [2]int{m[0], past})
	}
	return off
}

// elementEnd is where the element ends whose content begins at a place; that place if it
// does not end.
func elementEnd(content, name string, from int) int {
	content = content[:min(len(content), from+maxOffElement)]
	for at, depth := from, 1; ; {
		i := strings.Index(content[at:], name)
		if i < 0 {
			return from
		}
		at += i + len(name)
		if at < len(content) && strings.IndexByte(" \t\r\n/>", content[at]) < 0 {
			continue
		}
		tag, _, _ := strings.Cut(content[at:min(len(content), at+maxOffTag)], ">")
		switch before := content[:at-len(name)]; {
		case strings.HasSuffix(before, "</"):
			if depth--; depth == 0 {
				return at
			}
		case strings.HasSuffix(before, "<") && !strings.HasSuffix(tag, "/"):
			depth++
		}
	}
}

// allWithin reports whether a value stands in a line, and there in ranges only.
func allWithin(l Line, value string, ranges [][2]int) bool {
	seen := false
	for at := 0; len(ranges) > 0; {
		i := strings.Index(l.Text[at:], value)
		if i < 0 {
			break
		}
		place := int(l.Offset) + at + i
		if !slices.ContainsFunc(ranges, func(r [2]int) bool { return r[0] <= place && place < r[1] }) {
			return false
		}
		seen, at = true, at+i+len(value)
	}
	return seen
}
