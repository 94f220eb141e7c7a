package pdf

import (
	"fmt"
	"math"
	"sync"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
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

// scripts are those that can be set one character after the other, from left to
// right. Others need shaping, which this renderer does not do, even where the
// fonts have their characters.
var scripts = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Common}

// faces are the fonts of the label, by the face of a style.
var faces = map[string][]byte{"": dejavusanscondensed.TTF, "B": dejavusanscondensedbold.TTF, "M": dejavusansmono.TTF}

// parsed reads the fonts, once.
var parsed = sync.OnceValues(func() (map[string]*sfnt.Font, error) {
	all := map[string]*sfnt.Font{}
	for face, ttf := range faces {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("label font: %w", err)
		}
		all[face] = f
	}
	return all, nil
})

// ruler measures texts without drawing.
type ruler struct {
	fonts    map[string]*sfnt.Font
	buf      sfnt.Buffer
	advances map[glyph]float64
}

type glyph struct {
	face string
	r    rune
}

func newRuler() (*ruler, error) {
	all, err := parsed()
	return &ruler{fonts: all, advances: map[glyph]float64{}}, err
}

// has reports whether a face can set a character.
func (u *ruler) has(face string, r rune) bool {
	i, err := u.fonts[face].GlyphIndex(&u.buf, r)
	return err == nil && i != 0
}

// advance is a character's width in thousandths of the size, a whole number, as
// the PDF says it.
func (u *ruler) advance(g glyph) float64 {
	if w, ok := u.advances[g]; ok {
		return w
	}
	f := u.fonts[g.face]
	units := float64(f.UnitsPerEm())
	i, err := f.GlyphIndex(&u.buf, g.r)
	if err != nil {
		return 0 // settable has refused the character
	}
	w, err := f.GlyphAdvance(&u.buf, i, fixed.I(int(f.UnitsPerEm())), font.HintingNone)
	if err != nil {
		return 0
	}
	u.advances[g] = math.Round(float64(w) / 64 * 1000 / units)
	return u.advances[g]
}

// width of a text in mm.
func (u *ruler) width(text string, st style) float64 {
	sum := 0.0
	for _, r := range text {
		sum += u.advance(glyph{st.face, r})
	}
	return sum * st.size * pointMM / 1000
}

// settable gives the text in the form that is drawn: composed characters, plain
// spaces.
func (u *ruler) settable(text string) (string, error) {
	out := []rune(norm.NFC.String(text))
	for i, r := range out {
		switch {
		case unicode.IsSpace(r):
			out[i] = ' '
		case !unicode.In(r, scripts...), r > 0xFFFF, !u.has("", r), !u.has("B", r):
			return "", &GlyphError{r, text}
		}
	}
	return string(out), nil
}
