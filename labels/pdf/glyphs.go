package pdf

import (
	"fmt"
	"sync"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"golang.org/x/image/font/sfnt"
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

// fonts are the two that texts of the label are set in.
var fonts = sync.OnceValues(func() ([]*sfnt.Font, error) {
	var list []*sfnt.Font
	for _, ttf := range [][]byte{dejavusanscondensed.TTF, dejavusanscondensedbold.TTF} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("label font: %w", err)
		}
		list = append(list, f)
	}
	return list, nil
})

// settable gives the text in the form that is drawn: composed characters, plain
// spaces.
func settable(text string) (string, error) {
	list, err := fonts()
	if err != nil {
		return "", err
	}
	out := []rune(norm.NFC.String(text))
	var buf sfnt.Buffer
	for i, r := range out {
		if unicode.IsSpace(r) {
			out[i] = ' '
			continue
		}
		if !unicode.In(r, scripts...) || r > 0xFFFF {
			return "", &GlyphError{r, text}
		}
		for _, f := range list {
			if g, err := f.GlyphIndex(&buf, r); err != nil || g == 0 {
				return "", &GlyphError{r, text}
			}
		}
	}
	return string(out), nil
}
