package labels

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// CheckText refuses what a text of a label may not hold: more than MaxText
// characters, controls, and what turns the direction of writing or shows nothing.
// The names in a trust policy are held to it too.
func CheckText(s string) error { return checkText(s) }

// Visible makes the text of a stranger safe for a terminal: control characters, what
// turns the direction of writing, and broken UTF-8 become escapes that can be seen,
// those of JSON.
func Visible(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, hidden) {
		return s
	}
	b, before := &strings.Builder{}, rune(0)
	for i, r := range s {
		last := before
		before = r
		switch {
		case r == nonJoiner || r == joiner:
			if after, _ := utf8.DecodeRuneInString(s[i+3:]); mayJoin(last, after) {
				b.WriteRune(r)
			} else {
				fmt.Fprintf(b, `\u%04x`, r)
			}
		case r == utf8.RuneError && s[i] >= utf8.RuneSelf && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(b, `\x%02x`, s[i])
		case hidden(r):
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hidden reports characters that could change what a terminal shows.
func hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f // DEL
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
