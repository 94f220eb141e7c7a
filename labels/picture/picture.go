// Package picture lays out the picture of a label: in a format, in a language.
//
// [Draw] gives a [Drawing], pages of shapes and texts with all places worked
// out. Package pdf writes it as a PDF; [Drawing.SVG], [Drawing.PNG] and [HTML]
// are here. What is drawn follows from the statement alone; the renderer that a
// statement names never changes once it is released.
package picture

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/picture/letters"
	"github.com/assay-iot/assay/labels/picture/words"
)

// Format is a size of the label, with what has room on it.
type Format string

// The formats.
const (
	A5   Format = "a5"   // one page
	A4   Format = "a4"   // a data sheet: the same page, and all details
	A6   Format = "a6"   // a sticker with the essentials
	Mark Format = "mark" // 40 by 25 mm, for the box
)

// Formats lists the formats; the first is the default.
func Formats() []Format { return []Format{A5, A4, A6, Mark} }

// Variant is one of the pictures that a label has.
type Variant struct {
	Format   Format
	Language words.Language
}

// Default is the variant of a label for which no other is asked.
var Default = Variant{A5, words.English}

// String writes a variant as a PDF label names it.
func (v Variant) String() string { return string(v.Format) + " " + string(v.Language) }

// ParseVariant reads what String writes. It fails with labels.ErrUnknownVariant
// for a variant that the renderer does not have.
func ParseVariant(s string) (Variant, error) {
	format, language, _ := strings.Cut(s, " ")
	v := Variant{Format(format), words.Language(language)}
	return v, v.check()
}

func (v Variant) check() error {
	if !slices.Contains(Formats(), v.Format) || words.Of(v.Language) == nil {
		return fmt.Errorf("%w: the format and language %.20q", labels.ErrUnknownVariant, v.String())
	}
	return nil
}

// Variants lists all that this program can draw.
func Variants() []Variant {
	var list []Variant
	for _, f := range Formats() {
		for _, l := range words.Languages() {
			list = append(list, Variant{f, l})
		}
	}
	return list
}

// Colour is red, green and blue.
type Colour struct{ R, G, B uint8 }

// Drawing is a picture of one or more pages, in millimetres with y downwards.
type Drawing struct {
	Variant       Variant
	Title         string
	Description   string // in words, for those who do not see it
	Width, Height float64
	Pages         []Page
}

// Page is what is drawn, in this order.
type Page []Shape

// Shape is a filled outline, or a piece of text if it has a font.
type Shape struct {
	Fill    Colour
	Outline []Stroke // filled by the rule of non-zero winding

	Font *letters.Font
	Text string  // characters from left to right
	Size float64 // points
	X, Y float64 // of the start of the base line
}

// Stroke is a piece of an outline: 'M' and 'L' with one point, 'C' with three,
// 'Z' with none, 'R' a rectangle: a corner, and its width and height.
type Stroke struct {
	Op     byte
	Points [3][2]float64
}

// Draw lays out a label. The compact label is what its QR code holds, nil if
// there is none. It fails with labels.ErrUnknownRenderer if the statement names
// another renderer, with labels.ErrUnknownVariant if that has no such variant, and
// with a [letters.GlyphError] if a text holds a character that no font has.
func Draw(s *labels.Statement, compactLabel []byte, v Variant) (*Drawing, error) {
	c, err := newContent(s, compactLabel, v)
	if err != nil {
		return nil, err
	}
	return c.draw()
}

func (c *content) draw() (*Drawing, error) {
	var sh *sheet
	switch c.v.Format {
	case A4:
		sh = c.a4()
	case A6:
		sh = c.a6()
	case Mark:
		sh = c.mark()
	default:
		sh = c.a5()
	}
	if c.v.Format != A4 { // whose first page is an A5 page
		c.despite(sh)
	}
	if sh.err != nil {
		return nil, sh.err
	}
	sh.d.Variant, sh.d.Title, sh.d.Description = c.v, c.title(), c.description()
	return sh.d, nil
}

// content is a label with the words for it.
type content struct {
	*words.Words
	l       *labels.Label
	v       Variant
	digest  assay.Digest
	code    string // what the QR code holds
	short   string // what a small one holds
	offline bool   // the code can be verified by itself
}

func newContent(s *labels.Statement, compactLabel []byte, v Variant) (*content, error) {
	if s.Predicate.Renderer != 1 {
		return nil, fmt.Errorf("%w %d", labels.ErrUnknownRenderer, s.Predicate.Renderer)
	}
	if err := v.check(); err != nil {
		return nil, err
	}
	payload, err := s.Payload()
	if err != nil {
		return nil, err
	}
	c := &content{Words: words.Of(v.Language), l: &s.Predicate, v: v, digest: assay.SHA256(sha256.Sum256(payload)), offline: compactLabel != nil}
	if c.code, err = Code(c.l, c.digest, compactLabel); err != nil {
		return nil, err
	}
	c.short, err = Code(c.l, c.digest, nil)
	return c, err
}

func (c *content) title() string {
	return c.SecurityLabel + ": " + c.l.Product.Maker.Name + " " + c.l.Product.Name
}

// description says in words what the picture says first, and where the rest is.
func (c *content) description() string {
	list := []string{c.kind(), c.Support + " " + c.Long(c.l.Product.SupportUntil)}
	for _, p := range c.l.Principles {
		list = append(list, c.principle(p.Principle).Long+c.colon()+c.proof(p))
	}
	list = append(list, c.scopeText(mostOfPart)(mostListed), c.dates(), c.NotEndorsed)
	return strings.NewReplacer("\u200E", "", "\u200F", "").Replace(strings.Join(list, "\n"))
}

// RightToLeft reports whether the drawing's language is written so.
func (d *Drawing) RightToLeft() bool {
	w := words.Of(d.Variant.Language)
	return w != nil && w.RightToLeft
}
