package labels

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// SameName compares names as people see them: without regard to case and spaces,
// and to letters that look alike, such as a Cyrillic а in place of a Latin a, or the
// digit 1 in place of an l. The issuer of a label is its maker if it bears the
// maker's name.
func SameName(a, b string) bool {
	a, b = oneLine(a), oneLine(b)
	return strings.EqualFold(a, b) || lookAlike(a, b)
}

// lookAlike compares what is seen of two names, letter by letter.
func lookAlike(a, b string) bool {
	for {
		var x, y rune
		x, a = nextSeen(a)
		y, b = nextSeen(b)
		if x != y || x < 0 {
			return x == y
		}
	}
}

// nextSeen takes the first letter that is seen off a name, and gives the one that
// stands for all that look like it; -1 at the end.
func nextSeen(name string) (rune, string) {
	for i, r := range name {
		if r >= '！' && r <= '～' { // forms as wide as an ideograph
			r -= '！' - '!'
		}
		if r > unicode.MaxASCII {
			if unicode.In(r, unicode.Mn, unicode.Cf) { // accents set apart, and what has no width
				continue
			}
			if latin, ok := looks()[r]; ok {
				r = latin
			}
		}
		_, width := utf8.DecodeRuneInString(name[i:])
		return alike(unicode.ToLower(r)), name[i+width:]
	}
	return -1, ""
}

// alike joins the ASCII characters that many typefaces draw the same.
func alike(r rune) rune {
	switch r {
	case 'i', '1', '|':
		return 'l'
	case '0':
		return 'o'
	}
	return r
}

// looks are letters of other scripts that look like Latin ones, after the data of
// Unicode Technical Standard 39 (confusables), cut to the scripts that are written
// in letters of that kind.
var looks = sync.OnceValue(func() map[rune]rune {
	table := map[rune]rune{}
	for _, pair := range [][2]string{
		{"АВЕЅІЈКМНОРСТУҮХԚԜԌԀҺЬ", "ABESIJKMHOPCTYYXQWGdhb"}, // Cyrillic
		{"аеѕіјӏорсухһԁԛԝѵгү", "aesijlopcyxhdqwvry"},
		{"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"}, // Greek
		{"αγικνορυϲϳς", "ayiKvopucjσ"},
		{"ՕՍօոսհցգղ", "OUonuhgqn"}, // Armenian
		{"ıɑɡɩſ", "iagis"},         // Latin itself
		{"ⅠⅤⅩⅬⅭⅮⅯⅰⅴⅹⅼⅽⅾⅿ", "IVXLCDMivxlcdm"},
	} {
		from, to := []rune(pair[0]), []rune(pair[1])
		for i, r := range from {
			table[r] = to[i]
		}
	}
	return table
})
