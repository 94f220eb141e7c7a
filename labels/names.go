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
	a, b = composed(oneLine(a)), composed(oneLine(b))
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
		if unicode.In(r, unicode.Mn, unicode.Cf) { // accents set apart, and what has no width
			continue
		}
		_, width := utf8.DecodeRuneInString(name[i:])
		return alike(latin(r)), name[i+width:]
	}
	return -1, ""
}

// latin gives the small Latin letter that a letter looks like, or its own small
// letter.
func latin(r rune) rune {
	if r > unicode.MaxASCII {
		for _, form := range []rune{r, unicode.ToLower(r)} {
			if l, ok := looks()[form]; ok {
				return unicode.ToLower(l)
			}
		}
	}
	return unicode.ToLower(r)
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
		{"ՕՍօոսհցգղ", "OUonuhgqn"},                                 // Armenian
		{"ıɑɡɩſ", "iagis"},                                         // Latin itself
		{"ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏚᏙᏞᏟᏢᏦᏴᏧ", "DRTiAJEWMHGZSVLCPKBd"},           // Cherokee
		{"ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU"}, // Lisu
		{"ⅠⅤⅩⅬⅭⅮⅯⅰⅴⅹⅼⅽⅾⅿ", "IVXLCDMivxlcdm"},
	} {
		from, to := []rune(pair[0]), []rune(pair[1])
		for i, r := range from {
			table[r] = to[i]
		}
	}
	return table
})

// accents gives for each accent that is set apart the small letters that stand
// before it, each with the one letter that is the same.
var accents = map[rune]string{
	'\u0300': "aàeèiìoòuù", '\u0301': "aáeéiíoóuúyýcćlĺnńrŕsśzź", '\u0302': "aâeêiîoôuûcĉgĝhĥjĵsŝwŵyŷ", '\u0303': "aãnñoõiĩuũ",
	'\u0304': "aāeēiīoōuū", '\u0306': "aăeĕgğiĭoŏuŭ", '\u0307': "cċeėgġzż", '\u0308': "aäeëiïoöuüyÿ", '\u030A': "aåuů", '\u030B': "oőuű",
	'\u030C': "cčdďeěnňrřsštťzž", '\u0327': "cçgģkķlļnņrŗsştţ", '\u0328': "aąeęiįuų",
}

// composed writes letters with an accent as one character, as keyboards give them
// and file systems do not; what becomes of their case is nothing to [SameName].
func composed(name string) string {
	var out []rune
	for _, r := range name {
		if n := len(out); n > 0 {
			pairs := []rune(accents[r])
			for i := 0; i+1 < len(pairs); i += 2 {
				if pairs[i] == unicode.ToLower(out[n-1]) {
					out[n-1], r = pairs[i+1], 0
					break
				}
			}
		}
		if r != 0 {
			out = append(out, r)
		}
	}
	return string(out)
}
