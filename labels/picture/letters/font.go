package letters

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Font is a TrueType font, read once.
type Font struct {
	Name     string // short, one for each font
	tables   map[string][]byte
	outlines *sfnt.Font
	glyphs   [1 << 16]uint16 // by character of the Basic Multilingual Plane
	advances []uint16        // by glyph, in thousandths of the size
}

// The fonts that this program brings with it: DejaVu Sans Condensed, and for
// Japanese the characters of JIS X 0208, from M+ 1 and VL Gothic (folder japanese).
var (
	latin = [...]func() *Font{
		Regular: load("r", func() []byte { return dejavusanscondensed.TTF }),
		Bold:    load("b", func() []byte { return dejavusanscondensedbold.TTF }),
		Mono:    load("m", func() []byte { return dejavusansmono.TTF }),
	}
	japanese = [...]func() *Font{Regular: japaneseRegular, Bold: japaneseBold, Mono: japaneseRegular}

	japaneseRegular = load("jr", func() []byte { return unzip(japaneseRegularTTF) })
	japaneseBold    = load("jb", func() []byte { return unzip(japaneseBoldTTF) })

	// rest has what is in JIS X 0208 and not in M+ 1, in one weight.
	rest = load("jx", func() []byte { return unzip(restTTF) })

	//go:embed japanese/regular.ttf.gz
	japaneseRegularTTF []byte
	//go:embed japanese/bold.ttf.gz
	japaneseBoldTTF []byte
	//go:embed japanese/rest.ttf.gz
	restTTF []byte
)

// load reads a font when it is first asked for. That one of the program's own
// fonts cannot be read is a mistake in the program.
func load(name string, data func() []byte) func() *Font {
	return sync.OnceValue(func() *Font {
		f, err := read(name, data())
		if err != nil {
			panic(fmt.Errorf("label font %s: %w", name, err))
		}
		return f
	})
}

func unzip(in []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(in))
	if err != nil {
		panic(fmt.Errorf("label font: %w", err))
	}
	out, err := io.ReadAll(r) // of what is part of this program
	if err != nil {
		panic(fmt.Errorf("label font: %w", err))
	}
	return out
}

func read(name string, data []byte) (*Font, error) {
	f := &Font{Name: name, tables: map[string][]byte{}}
	var err error
	if f.outlines, err = sfnt.Parse(data); err != nil {
		return nil, err
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		entry := data[12+16*i:]
		at, n := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		f.tables[string(entry[:4])] = data[at : at+n]
	}
	var buf sfnt.Buffer
	for r := range rune(len(f.glyphs)) {
		g, err := f.outlines.GlyphIndex(&buf, r)
		if err != nil {
			return nil, err
		}
		f.glyphs[r] = uint16(g)
	}
	units := int(f.outlines.UnitsPerEm())
	for g := range f.outlines.NumGlyphs() {
		w, err := f.outlines.GlyphAdvance(&buf, sfnt.GlyphIndex(g), fixed.I(units), font.HintingNone)
		if err != nil {
			return nil, err
		}
		f.advances = append(f.advances, uint16(math.Round(float64(w)/64*1000/float64(units))))
	}
	return f, nil
}

func (f *Font) glyph(r rune) uint16 {
	if r < 0 || int(r) >= len(f.glyphs) {
		return 0
	}
	return f.glyphs[r]
}

// Advance is a character's width in thousandths of the size, a whole number, as
// a PDF says it.
func (f *Font) Advance(r rune) int { return int(f.advances[f.glyph(r)]) }

// Segment is a piece of an outline: 'M', 'L', 'Q' or 'C', and its points with y
// upwards, in ems.
type Segment struct {
	Op     byte
	Points [3][2]float64
}

// Outline gives the shape of a character.
func (f *Font) Outline(r rune) ([]Segment, error) {
	var buf sfnt.Buffer
	units := int(f.outlines.UnitsPerEm())
	segments, err := f.outlines.LoadGlyph(&buf, sfnt.GlyphIndex(f.glyph(r)), fixed.I(units), nil)
	if err != nil {
		return nil, fmt.Errorf("outline of %q: %w", r, err)
	}
	var list []Segment
	for _, s := range segments {
		out := Segment{Op: "MLQC"[s.Op]}
		for i, p := range s.Args {
			out.Points[i] = [2]float64{float64(p.X) / 64 / float64(units), -float64(p.Y) / 64 / float64(units)}
		}
		list = append(list, out)
	}
	return list, nil
}
