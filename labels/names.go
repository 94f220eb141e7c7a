package labels

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SameName compares names as people see them: without regard to case and spaces,
// to how accents are written, and to characters that look alike, such as a Cyrillic а
// in place of a Latin a, or the digit 1 in place of an l. The issuer of a label is its
// maker if it bears the maker's name.
func SameName(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(oneLine(a)), norm.NFC.String(oneLine(b))) || joined(a) == joined(b)
}

// BeginsName reports whether a name begins with another one, in the same sense.
func BeginsName(name, beginning string) bool {
	return strings.HasPrefix(seen(name), seen(beginning)) || strings.HasPrefix(joined(name), joined(beginning))
}

// joined is seen, with the letters together that look like one.
func joined(s string) string { return strings.NewReplacer("rn", "m", "vv", "w").Replace(seen(s)) }

// seen is what people see of a text: one form for all that look the same. The
// verifier in the browser computes the same.
func seen(s string) string {
	plain := norm.NFKD.String(strings.Map(latin, oneLine(s)))
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r) || unseen(r): // what has no width
			return -1
		case unicode.Is(unicode.Pd, r), r == '\u2212':
			return '-'
		case strings.ContainsRune("\u2018\u2019\u02bc\u02b9\u2032`\u00b4", r):
			return '\''
		}
		return alike(latin(r))
	}, plain)
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

// Looks gives the letters of other scripts that look like Latin ones, small or large,
// with the small ones that they look like.
func Looks() map[string]string {
	table := map[string]string{}
	for from, to := range looks() {
		table[string(from)] = string(unicode.ToLower(to))
	}
	return table
}

// looks are letters of other scripts that look like Latin ones, after the data of
// Unicode Technical Standard 39 (confusables), cut to the scripts that are written
// in letters of that kind.
var looks = sync.OnceValue(func() map[rune]rune {
	table := map[rune]rune{}
	for _, pair := range [][2]string{
		{"АВЕЅІЈКМНОРСТУҮХԚԜԌԀҺЬ", "ABESIJKMHOPCTYYXQWGdhb"}, // Cyrillic
		{"аеѕіјӏорсухһԁԛԝѵгүвкмнт", "aesijlopcyxhdqwvrybkmht"},
		{"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"}, // Greek
		{"αγικνορυϲϳς", "ayiKvopucjσ"},
		{"ՕՍօոսհցգղ", "OUonuhgqn"}, // Armenian
		{"ıɑɡɩſ", "iagis"},         // Latin itself
		{"ƨʒȝƼȣƅᴄƍǀɪᴏᴑʀƽꜱʋᴜᴠɯᴡɣʏᴢ", "23358bcglloorssuuvwwyyz"},
		{"ꙅзӡбҽꙇѡ", "2336elw"},               // Cyrillic
		{"ϩϝϻᴦσ", "2fmro"},                   // Coptic and Greek
		{"քռզՏաყ", "fnqswy"},                 // Armenian, Georgian
		{"וןסטا١۱ه٥ھە۵٧۷", "llovlllooooovv"}, // Hebrew, Arabic
		{"ߊ߀໐〇", "looo"},                     // N'Ko, Lao, Han
		{"ⴹⵏⵔⵕⴸⵝ", "eloqvx"},                 // Tifinagh
		{"ᑲᖯᑯᗞᕼᒍᒪᑭᑌᐯᕁᕽ", "bbddhjlpuvxx"},     // Canadian
		{"ꓒ", "d"},
		{"ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏚᏙᏞᏟᏢᏦᏴᏧ", "DRTiAJEWMHGZSVLCPKBd"},           // Cherokee
		{"ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU"}, // Lisu
	} {
		from, to := []rune(pair[0]), []rune(pair[1])
		for i, r := range from {
			table[r] = to[i]
		}
	}
	return table
})
