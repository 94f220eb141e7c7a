package labels

import (
	"strings"
	"testing"
)

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Example Body", "example   BODY", true},
		{"Example Body", "Ex\u0430mple Body", true},           // Cyrillic a
		{"Example Body", "\u0415\u0445\u0430mple Body", true}, // Cyrillic E, x, a
		{"BODY", "\u0412\u041eDY", true},                      // Cyrillic capitals
		{"Example Body", "Examp1e Body", true},                // a digit
		{"TUV Example", "TU\u200bV Example", true},            // a space of no width
		{"T\u00dcV Example", "TU\u0308V Example", true},       // an accent set apart
		{"Foy\u00e9r", "Foye\u0301r", true},
		{"Tuv Example", "Tu\u0308v Example", false},
		{"\u04c0nc", "Inc", true},                          // Cyrillic palochka, large
		{"\ua4d4UV", "TUV", true},                          // Lisu
		{"\u13a2uv", "Tuv", true},                          // Cherokee
		{"Body \uff11", "Body 1", true},                    // a wide digit
		{"\u039f\u03a5\u0396", "\u03bf\u03c5\u03b6", true}, // large and small
		{"ガラス電機", "カ\u3099ラス電機", true},
		{"Việt Home", "Vie\u0323\u0302t Home", true},
		{"TP-Link", "TP\u2011Link", true},
		{"O'Neil", "O\u2019Neil", true},
		{"Kärcher", "K\u04d3rcher", true}, // Cyrillic ä
		{"\ufb01tbit", "fitbit", true},
		{"hue", "\u043due", true}, // Cyrillic, small
		{"kasa", "\u043aasa", true},
		{"한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", true},
		{"Example Body", "Example Bodies", false},
		{"T\u00dcV Example", "TUV Example", false}, // people see that
		{"\u65e5\u672c", "\u65e5\u66f8", false},
		{"\u0411\u044e\u0440\u043e", "\u0411\u044e\u0440\u043e 2", false},
		{"", "a", false},
	} {
		if SameName(c.a, c.b) != c.same || SameName(c.b, c.a) != c.same {
			t.Errorf("%q and %q: want %v", c.a, c.b, c.same)
		}
	}
}

func BenchmarkSameName(b *testing.B) {
	for b.Loop() {
		SameName("Example Body of Certification", "Example B\u043edy of Certification")
	}
}

// Characters that the fonts of labels have and that look like a Latin letter or a digit
// (after the data of Unicode Technical Standard 39) are no other name, large or small;
// nor are letters that look like one when they stand together.
func TestConfusables(t *testing.T) {
	pairs := strings.Fields("Ƨ2 Ϩ2 Ꙅ2 Ʒ3 Ȝ3 З3 з3 Ӡ3 Ƽ5 б6 Ȣ8 ȣ8 Ƅb ᑲb ᖯb ᴄc ᑯd ᗞd ꓒd ҽe Ҽe ⴹe Ϝf քf ƍg ᕼh ᒍj ǀl ɪl וl ןl اl ١l ۱l ߊl ᒪl ⵏl ꙇl ﺍl ﺎl Ϻm ռn σo סo هo ٥o ھo ەo ۵o ߀o ໐o ᴏo ᴑo ⵔo 〇o ﮪo ﻩo ﻬo ᑭp զq ⵕq Ʀr ᴦr ƽs Տs ꜱs ʋu ᑌu ᴜu טv ٧v ۷v ᐯv ᴠv ⴸv ɯw ѡw Ѡw աw ᴡw ᕁx ᕽx ⵝx ɣy ʏy ყy ᴢz rnm vvw")
	for _, pair := range pairs {
		r := []rune(pair)
		like, plain := "Ka"+string(r[:len(r)-1])+"ta", "Ka"+string(r[len(r)-1:])+"ta"
		if !SameName(like, plain) || !BeginsName(like+" Ltd", plain) {
			t.Errorf("%q and %q look the same (%q, %q)", like, plain, seen(like), seen(plain))
		}
	}
	for _, other := range [][2]string{{"Kasa", "Kara"}, {"Barn", "Bar"}, {"דלתא", "דלתה"}, {"شركة", "شرکت"}} {
		if SameName(other[0], other[1]) {
			t.Errorf("%q and %q are two names", other[0], other[1])
		}
	}
	if !BeginsName("Barn Doors Ltd", "Bar") {
		t.Error("a name that was cut between two letters that look like one")
	}
	t.Logf("%d pairs", len(pairs))
}
