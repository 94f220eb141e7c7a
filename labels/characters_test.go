package labels_test

import (
	"testing"
	"unicode"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/page"
)

// beyond are the blocks beyond the first plane of which characters are taken.
var beyond = [][2]rune{{0x11100, 0x1114F}, {0x1E900, 0x1E95F}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFF}}

func TestCharacters(t *testing.T) {
	if unicode.Version != "15.0.0" {
		t.Skipf("Go has Unicode %s, and the list is of 15.0.0", unicode.Version)
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		taken := r <= 0xFFFF
		for _, b := range beyond {
			taken = taken || r >= b[0] && r <= b[1]
		}
		want := taken && (unicode.IsPrint(r) || r == '\u00a0') && r != '\u2800' &&
			!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
		if got := labels.CheckText(string(r)) == nil; got != want && !(r >= 0xD800 && r <= 0xDFFF) { // those become U+FFFD
			t.Fatalf("%U: may stand in a text %v, want %v", r, got, want)
		}
	}
}

// The page judges every character as the program does, whatever Unicode its browser has; and
// what may stand on a label looks the same to both.
func TestCharactersAsThePage(t *testing.T) {
	const size = 0x1000
	var asks []int
	for from := 0; from <= unicode.MaxRune; from += size {
		asks = append(asks, from)
	}
	var answers [][]string
	labeltest.Node(t, string(page.Verifier()), `from => {
		const list = [];
		for (let c = from; c < from + 0x1000; c++) {
			const text = "a" + String.fromCodePoint(c) + "b";
			list.push(isPlain(text) ? face(text) + "|" + face(text).replace(/\p{M}/gu, "").split(/[^\p{L}\p{Nd}]+/u).filter(w => w).join(" ") : "");
		}
		return list;
	}`, asks, &answers)
	plain := 0
	for i, list := range answers {
		for n, face := range list {
			r := rune(asks[i] + n)
			if r >= 0xD800 && r <= 0xDFFF { // half a character
				continue
			}
			want := ""
			if text := "a" + string(r) + "b"; labels.CheckText(text) == nil {
				want = labels.Seen(text)
				plain++
			}
			if face != want {
				t.Errorf("%U: the page sees %q, the program %q", r, face, want)
			}
		}
	}
	t.Logf("%d characters may stand in a text", plain)
}
