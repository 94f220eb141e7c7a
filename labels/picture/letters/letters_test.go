package letters

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"golang.org/x/image/font/sfnt"
)

func TestJoin(t *testing.T) {
	for in, want := range map[string]string{
		"ب":   "\uFE8F",
		"بب":  "\uFE91\uFE90",
		"ببب": "\uFE91\uFE92\uFE90",
		"دب":  "\uFEA9\uFE8F",
		"بد":  "\uFE91\uFEAA",
		"لا":  "\uFEFB",
		"بلا": "\uFE91\uFEFC",
		"لأ":  "\uFEF7",
		"ءب":  "\uFE80\uFE8F",
		"بـب": "\uFE91\u0640\uFE90",
		"بء":  "\uFE8F\uFE80",
		"ab":  "ab",
	} {
		if got := string(join([]rune(in))); got != want {
			t.Errorf("%q: %+q, want %+q", in, got, want)
		}
	}
}

// The order in which characters stand, as browsers show it.
func TestOrder(t *testing.T) {
	for _, c := range []struct {
		in, want string
		rtl      bool
	}{
		{"abc 123", "abc 123", false},
		{"abc 123", "abc 123", true}, // numbers behind Latin letters are part of them
		{"אבג abc", "abc גבא", true},
		{"אבג abc", "גבא abc", false},
		{"אב 12 גד", "דג 12 בא", true},
		{"אב 12", "12 בא", false},
		{"(אב)", "(בא)", true},
		{"אב (abc)", "(abc) בא", true},
		{"abc (אב) def", "abc (בא) def", false},
		{"אב 2.4.1", "2.4.1 בא", true},
		{"abc (def)\u200F. אב", "בא .\u200Fabc (def)", true},
		{"א « ב »", "« ב » א", true},
		{"30 \u064A 2031", "2031 \u064A 30", true},
	} {
		if got := string(order([]rune(c.in), c.rtl)); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{"Cafe\u0301\tx": "Café x", "カメラ；々": "カメラ；々", "كاميرا": "كاميرا"} {
		if got, err := Clean(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"מצלמה", "กล้อง", "😀", "گ", "كِ", "\uFEFB", "카", "𠮷", "\x00", "\u202E", "摄", "\uE000"} {
		var glyph *GlyphError
		if got, err := Clean(in); !errors.As(err, &glyph) || !strings.Contains(err.Error(), "U+") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// All of JIS X 0208's kanji are there that Japanese names are likely to have.
func TestJapanese(t *testing.T) {
	for _, r := range "亜腕弌熙堯槇遙瑤凜々〆仝髙ヶ№㈱" {
		in := strings.ContainsRune("髙㈱", r) // beyond the standard
		if got := Regular.has(r) && Bold.has(r); got == in {
			t.Errorf("%c: %v", r, got)
		}
	}
}

// A small font has the same outlines and widths as the whole one.
func TestSubset(t *testing.T) {
	for _, c := range []struct {
		face Face
		text string
	}{{Regular, "Aé ﬁ½Ǻ\uFEFC"}, {Bold, "Öß"}, {Mono, "0a"}, {Regular, "カ亜"}, {Bold, "検証"}, {Regular, "弌"}} {
		font, _ := c.face.font([]rune(c.text)[0])
		small, err := read("small", font.Subset([]rune(c.text)))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.text {
			want, _ := font.Outline(r)
			got, err := small.Outline(r)
			if err != nil || !slices.Equal(got, want) || small.Advance(r) != font.Advance(r) || small.glyph(r) == 0 {
				t.Errorf("%s %c: %d pieces, want %d; %v", font.Name, r, len(got), len(want), err)
			}
		}
		if small.glyph('Z') != 0 || small.outlines.NumGlyphs() > 3*utf8.RuneCountInString(c.text)+1 {
			t.Errorf("%s: %d glyphs for %q", font.Name, small.outlines.NumGlyphs(), c.text)
		}
	}
	if _, err := sfnt.Parse(latin[Regular]().Subset(nil)); err != nil {
		t.Error(err)
	}
}

// Whatever is set, every character comes out once: letters join, but none is
// lost.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"abc", "كاميرا (2) abc", "لا 12% [x] {y}", "カ（ナ）", "١", "((أ)", "12-13 ,5", "a\u200Fb\u200E", "\u200Fb『", "ا『（一）", "一、（二"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, in string, rtl bool) {
		text, err := Clean(in)
		if err != nil {
			return
		}
		want := 0
		for _, r := range join([]rune(text)) {
			if !isMark(r) {
				want++
			}
		}
		got, sum := 0, 0
		for _, run := range Regular.Line(text, rtl) {
			got += utf8.RuneCountInString(run.Text)
			sum += run.Advance
			for _, r := range run.Text {
				if run.Font.glyph(r) == 0 {
					t.Fatalf("%q: no glyph for %q", in, r)
				}
			}
		}
		if got != want {
			t.Fatalf("%q: %d characters, want %d", in, got, want)
		}
		w, most := Regular.Width(text), 0
		if rtl { // half a square more beside each mark of Japanese
			most = 500 * strings.Count(text, "")
		}
		if sum < w || sum > w+most || sum > w && !strings.ContainsAny(text, opening+closing) {
			t.Fatalf("%q: width %d, set %d", in, w, sum)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	data := dejavusanscondensed.TTF
	for b.Loop() {
		if _, err := read("x", data); err != nil {
			b.Fatal(err)
		}
	}
}

// An empty half of a Japanese mark stands where it parts, and nowhere else; a line is
// as wide as what stands in it.
func TestCloser(t *testing.T) {
	for text, less := range map[string]int{
		"なし（宣言）。個人": 500, "principles（2019）、UK": 1000, "（一）": 0, "「（一）」": 1000, "一。二": 0, "）：": 500, "ab (c)": 0, "一、（二": 500, "a （": 0,
	} {
		whole := 0
		for _, r := range text {
			whole += Regular.Width(string(r))
		}
		if got := whole - Regular.Width(text); got != less {
			t.Errorf("%q is set closer by %d thousandths, want %d", text, got, less)
		}
		set := 0
		for _, run := range Regular.Line(text, false) {
			set += run.Advance
		}
		if set != Regular.Width(text) {
			t.Errorf("%q takes %d thousandths and is said to take %d", text, set, Regular.Width(text))
		}
	}
}

// What keeps letters apart, or joins them, is not drawn; where it changes nothing it cannot be set.
func TestJoiners(t *testing.T) {
	for text, want := range map[string]string{
		"م\u200cم":        "\ufee1\ufee1",
		"م\u200dد":        "\ufee3\ufeaa",
		"ميم":             "\ufee3\ufef4\ufee2",
		"م\u200cي\u200cم": "\ufee1\ufef1\ufee1",
	} {
		clean, err := Clean(text)
		if got := string(join([]rune(clean))); err != nil || got != want {
			t.Errorf("%+q is drawn as %+q, want %+q (%v)", text, got, want, err)
		}
	}
	for _, text := range []string{"a\u200cb", "\u200cم", "م\u200c", "م\u200c1"} {
		if _, err := Clean(text); err == nil {
			t.Errorf("%+q can be set", text)
		}
	}
}
