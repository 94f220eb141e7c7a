// Package letters has the fonts of the label and makes texts ready for drawing:
// which font has a character, how wide a text is, in which order and shape its
// characters stand.
//
// It sets Latin, Greek, Cyrillic, Armenian, Georgian, Japanese and Arabic. A
// character that no font has, or whose script would need more than this package
// does, is a [GlyphError], never an empty place.
package letters

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// GlyphError says that a text holds a character that the fonts cannot set.
// Nothing is drawn then, since an empty place would be a lie.
type GlyphError struct {
	Rune rune
	Text string
}

func (e *GlyphError) Error() string {
	return fmt.Sprintf("the label's fonts cannot set the character %q (%U) in %q", e.Rune, e.Rune, e.Text)
}

// Face is how a text looks.
type Face int

// The faces.
const (
	Regular Face = iota
	Bold
	Mono
)

// The marks that steer the direction of a text. The words of a language hold
// them; they are never drawn.
const (
	leftMark  = '\u200E'
	rightMark = '\u200F'
)

func isMark(r rune) bool { return r == leftMark || r == rightMark }

// scripts are those that can be set one character after the other.
var scripts = []*unicode.RangeTable{
	unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Common,
	unicode.Han, unicode.Hiragana, unicode.Katakana,
}

// Clean gives a text in the form that is drawn: composed characters, plain
// spaces. It fails with a [GlyphError].
func Clean(text string) (string, error) {
	out := []rune(norm.NFC.String(text))
	for i, r := range out {
		switch {
		case unicode.IsSpace(r) && r != '\u3000':
			out[i] = ' '
		case isMark(r):
		case joins(r):
		case (r == nonJoiner || r == joiner) && i > 0 && joins(out[i-1]) && joins(at(out, i+1)):
		case r > 0xFFFF, unicode.Is(unicode.C, r), !unicode.In(r, scripts...), !Regular.has(r), !Bold.has(r):
			return "", &GlyphError{r, text}
		}
	}
	return string(out), nil
}

func (f Face) has(r rune) bool {
	_, ok := f.font(r)
	return ok
}

// font finds the font that sets a character.
func (f Face) font(r rune) (*Font, bool) {
	first := latin[f]()
	if first.glyph(r) != 0 {
		return first, true
	}
	if r < 0x2000 {
		return first, false
	}
	if second := japanese[f](); second.glyph(r) != 0 {
		return second, true
	}
	return rest(), rest().glyph(r) != 0
}

// Width of a text in thousandths of its size, where it runs from left to right. In a
// line of a language that does not, marks of Japanese keep their whole squares, and
// what has some is wider.
func (f Face) Width(text string) int {
	letters := join([]rune(text))
	sum, last, tight := 0, rune(0), !slices.ContainsFunc(letters, isRight)
	for _, r := range letters {
		if isMark(r) {
			continue
		}
		font, _ := f.font(r)
		if sum += font.Advance(r); tight {
			sum -= closer(last, r)
		}
		last = r
	}
	return sum
}

// Marks of Japanese that fill half of their square: the half before is empty, or
// the half behind.
const (
	opening = "（「『【〔〈《"
	closing = "）」』】〕〉》、。，．"
)

// closer is by how much less than their squares two characters stand apart, in
// thousandths of the size: an empty half between two marks is one too many
// (a small part of JIS X 4051), and behind a Latin word it looks like a space.
func closer(a, b rune) int {
	const half = 500
	isOpening := strings.ContainsRune(opening, b)
	switch {
	case a == 0:
	case strings.ContainsRune(closing, a) && (isOpening || strings.ContainsRune(closing+"：；", b)):
		return half
	case isOpening && (strings.ContainsRune(opening, a) || a < 0x2E80 && a != ' '):
		return half
	}
	return 0
}

// Run is a piece of a line in one font, its characters as they stand from left
// to right.
type Run struct {
	Font    *Font
	Text    string
	Advance int // in thousandths of the size
}

// Line puts the characters of one line in the order in which they stand, and
// joins those that are written joined. The text is one that Clean has given.
func (f Face) Line(text string, rightToLeft bool) []Run {
	var runs []Run
	letters := join([]rune(text))
	before, tight := rune(0), !rightToLeft && !slices.ContainsFunc(letters, isRight)
	for _, r := range order(letters, rightToLeft) {
		if isMark(r) {
			continue
		}
		font, _ := f.font(r)
		n, less := len(runs), 0
		if tight {
			less = closer(before, r)
		}
		if less > 0 {
			runs[n-1].Advance -= less
		}
		if n == 0 || less > 0 || runs[n-1].Font != font {
			runs = append(runs, Run{Font: font})
		}
		before = r
		last := &runs[len(runs)-1]
		last.Text += string(r)
		last.Advance += font.Advance(r)
	}
	return runs
}
