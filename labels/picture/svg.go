package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/labels/picture/letters"
)

// SVG writes the drawing as one SVG image, its pages one under the other. Texts
// are outlines, so that it looks the same everywhere; title and description are
// for those who do not see it.
func (d *Drawing) SVG() ([]byte, error) {
	w := &svg{known: map[glyph]string{}}
	for i, page := range d.Pages {
		w.page(page, float64(i)*(d.Height+pageGap))
	}
	if w.err != nil {
		return nil, w.err
	}
	height := float64(len(d.Pages))*(d.Height+pageGap) - pageGap
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s" role="img" aria-labelledby="title" aria-describedby="description"`,
		num(d.Width), num(height), num(d.Width), num(height))
	if d.Variant.Language != "" {
		fmt.Fprintf(&out, ` xml:lang="%s"`, d.Variant.Language)
	}
	fmt.Fprintf(&out, ">\n<title id=\"title\">%s</title>\n<desc id=\"description\">%s</desc>\n<defs>\n%s</defs>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n%s</svg>\n",
		escape(d.Title), escape(d.Description), w.defs.String(), w.body.String())
	return out.Bytes(), nil
}

// pageGap lies between pages that stand in one picture, in mm.
const pageGap = 4

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

// num writes a number with at most three decimals.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func (c Colour) hex() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

type glyph struct {
	font *letters.Font
	r    rune
}

type svg struct {
	defs, body strings.Builder
	known      map[glyph]string
	err        error
}

func (w *svg) page(page Page, top float64) {
	fmt.Fprintf(&w.body, "<g transform=\"translate(0 %s)\">\n", num(top))
	for _, s := range page {
		if s.Font == nil {
			edges := ""
			if len(s.Outline) > 0 && s.Outline[0].Op == 'R' { // lines and modules
				edges = ` shape-rendering="crispEdges"`
			}
			fmt.Fprintf(&w.body, "<path fill=\"%s\"%s d=\"%s\"/>\n", s.Fill.hex(), edges, path(s.Outline))
			continue
		}
		em := s.Size * pointMM
		fmt.Fprintf(&w.body, "<g fill=\"%s\" transform=\"translate(%s %s) scale(%.5f %.5f)\">", s.Fill.hex(), num(s.X), num(s.Y), em/1000, -em/1000)
		x := 0
		for _, r := range s.Text {
			if id := w.glyph(glyph{s.Font, r}); id != "" {
				fmt.Fprintf(&w.body, "<use href=\"#%s\" x=\"%d\"/>", id, x)
			}
			x += s.Font.Advance(r)
		}
		w.body.WriteString("</g>\n")
	}
	w.body.WriteString("</g>\n")
}

// glyph defines a character's outline, once, and gives its name; none if it is
// empty. Its unit is a thousandth of the size.
func (w *svg) glyph(g glyph) string {
	if id, ok := w.known[g]; ok {
		return id
	}
	outline, err := outlineOf(g.font, g.r)
	if err != nil && w.err == nil {
		w.err = err
	}
	id := ""
	if len(outline) > 0 {
		for i := range outline {
			for j := range outline[i].Points {
				outline[i].Points[j][0] *= 1000
				outline[i].Points[j][1] *= 1000
			}
		}
		id = fmt.Sprintf("%s%x", g.font.Name, g.r)
		fmt.Fprintf(&w.defs, "<path id=\"%s\" d=\"%s\"/>\n", id, path(outline))
	}
	w.known[g] = id
	return id
}

func path(outline []Stroke) string {
	var b strings.Builder
	for _, s := range outline {
		p := s.Points
		switch s.Op {
		case 'R':
			fmt.Fprintf(&b, "M%s %sh%sv%sh%sz", num(p[0][0]), num(p[0][1]), num(p[1][0]), num(p[1][1]), num(-p[1][0]))
		case 'M', 'L':
			fmt.Fprintf(&b, "%c%s %s", s.Op, num(p[0][0]), num(p[0][1]))
		case 'C':
			fmt.Fprintf(&b, "C%s %s %s %s %s %s", num(p[0][0]), num(p[0][1]), num(p[1][0]), num(p[1][1]), num(p[2][0]), num(p[2][1]))
		case 'Z':
			b.WriteByte('z')
		}
	}
	return b.String()
}
