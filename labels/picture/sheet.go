package picture

import (
	"fmt"
	"math"

	"github.com/assay-iot/assay/labels/picture/letters"
)

// The label has one accent; all else is ink on white.
var (
	ink    = Colour{24, 32, 40}
	quiet  = Colour{84, 94, 104}
	rule   = Colour{214, 220, 226}
	accent = Colour{11, 87, 108}
	white  = Colour{255, 255, 255}
	ghost  = Colour{236, 239, 242}
)

// style is how a text is set.
type style struct {
	face   letters.Face
	size   float64 // points
	colour Colour
}

// The faces, in short.
const (
	regular = letters.Regular
	bold    = letters.Bold
	mono    = letters.Mono
)

// pointMM is a point in millimetres.
const pointMM = 25.4 / 72

// sheet is what is drawn on. In a language from right to left every place is
// mirrored: the layout is written for left to right. It remembers the first
// text that could not be set.
type sheet struct {
	d           *Drawing
	page        *Page
	rtl         bool
	capitals    bool
	left, right float64 // margins
	bottom      float64
	err         error
}

func (c *content) sheet(width, height, margin, bottom float64) *sheet {
	s := &sheet{
		d: &Drawing{Width: width, Height: height}, rtl: c.RightToLeft, capitals: c.Capitals,
		left: margin, right: width - margin, bottom: height - bottom,
	}
	s.newPage()
	return s
}

func (s *sheet) newPage() {
	s.d.Pages = append(s.d.Pages, nil)
	s.page = &s.d.Pages[len(s.d.Pages)-1]
}

func (s *sheet) width() float64 { return s.right - s.left }

// mirror gives the left side of what is w wide and would begin at x.
func (s *sheet) mirror(x, w float64) float64 {
	if s.rtl {
		return s.d.Width - x - w
	}
	return x
}

func (s *sheet) fill(c Colour, outline ...Stroke) {
	*s.page = append(*s.page, Shape{Fill: c, Outline: outline})
}

func (s *sheet) rect(x, y, w, h float64, c Colour) {
	s.fill(c, rect(s.mirror(x, w), y, w, h))
}

func (s *sheet) line(x1, y, x2 float64) { s.rect(x1, y-0.1, x2-x1, 0.2, rule) }

func rect(x, y, w, h float64) Stroke { return Stroke{'R', [3][2]float64{{x, y}, {w, h}}} }
func move(x, y float64) Stroke       { return Stroke{'M', [3][2]float64{{x, y}}} }
func lineTo(x, y float64) Stroke     { return Stroke{'L', [3][2]float64{{x, y}}} }
func curve(a, b, c, d, e, f float64) Stroke {
	return Stroke{'C', [3][2]float64{{a, b}, {c, d}, {e, f}}}
}

var closed = Stroke{Op: 'Z'}

// arc is the handle that makes a cubic curve a quarter of a circle.
const arc = 0.5523

// circle goes round clockwise, or the other way, as a hole in a disc does.
func circle(cx, cy, r float64, hole bool) []Stroke {
	k, d := arc*r, 1.0
	if hole {
		d = -1
	}
	return []Stroke{
		move(cx, cy-r),
		curve(cx+d*k, cy-r, cx+d*r, cy-k, cx+d*r, cy),
		curve(cx+d*r, cy+k, cx+d*k, cy+r, cx, cy+r),
		curve(cx-d*k, cy+r, cx-d*r, cy+k, cx-d*r, cy),
		curve(cx-d*r, cy-k, cx-d*k, cy-r, cx, cy-r), closed,
	}
}

// bar is a straight line of a width, as a box.
func bar(x1, y1, x2, y2, w float64) []Stroke {
	n := math.Hypot(x2-x1, y2-y1)
	dx, dy := (y2-y1)/n*w/2, (x1-x2)/n*w/2
	return []Stroke{move(x1+dx, y1+dy), lineTo(x2+dx, y2+dy), lineTo(x2-dx, y2-dy), lineTo(x1-dx, y1-dy), closed}
}

// clean gives the text in settable form and remembers if there is none.
func (s *sheet) clean(text string) string {
	out, err := letters.Clean(text)
	if err != nil && s.err == nil {
		s.err = err
	}
	return out
}

func width(text string, st style) float64 {
	return float64(st.face.Width(text)) * st.size * pointMM / 1000
}

// put sets one line with its baseline at y; in a language from right to left it
// ends at x, mirrored. A line that leaves the margins is a bug of the renderer;
// better no label than one that nobody can read.
func (s *sheet) put(x, y float64, text string, st style) {
	const slack = 0.01
	w := width(text, st)
	if s.err == nil && (x < s.left-slack || x+w > s.right+slack || y > s.bottom+slack) {
		s.err = fmt.Errorf("draw label: %q runs out of the page", text)
	}
	s.ink(s.mirror(x, w), y, text, st, s.rtl)
}

// ink draws a text from x on, to the right.
func (s *sheet) ink(x, y float64, text string, st style, rtl bool) {
	for _, run := range st.face.Line(text, rtl) {
		*s.page = append(*s.page, Shape{Fill: st.colour, Font: run.Font, Text: run.Text, Size: st.size, X: x, Y: y})
		x += float64(run.Advance) * st.size * pointMM / 1000
	}
}

// end sets one line that ends at x.
func (s *sheet) end(x, y float64, text string, st style) { s.put(x-width(text, st), y, text, st) }

// latin sets a line that always runs from left to right, such as a digest.
func (s *sheet) latin(x, y float64, text string, st style) {
	w := width(text, st)
	if s.err == nil && x+w > s.right+0.01 {
		s.err = fmt.Errorf("draw label: %q runs out of the page", text)
	}
	s.ink(s.mirror(x, w), y, text, st, false)
}

// set puts a block with its first baseline at y and gives the last baseline.
func (s *sheet) set(x, y float64, b block) float64 {
	for i, l := range b.lines {
		s.put(x, y+float64(i)*b.leading(), l, b.style)
	}
	return y + b.height()
}

// watermark lies under everything, from corner to corner. It is an outline: a
// reader of texts shall not find four big letters in them.
func (s *sheet) watermark(size, angle float64) {
	const text = "DEMO"
	st := style{bold, size, ghost}
	em := size * pointMM
	sin, cos := math.Sincos(-angle * math.Pi / 180)
	x, base := -width(text, st)/2, 0.36*em
	place := func(p [2]float64) [2]float64 {
		px, py := x+p[0]*em, base-p[1]*em
		return [2]float64{s.d.Width/2 + px*cos - py*sin, s.d.Height/2 + px*sin + py*cos}
	}
	for _, r := range text {
		run := bold.Line(string(r), false)[0]
		outline, err := outlineOf(run.Font, r)
		if err != nil {
			s.err = err
			return
		}
		for i := range outline {
			for j, p := range outline[i].Points {
				outline[i].Points[j] = place(p)
			}
		}
		s.fill(ghost, outline...)
		x += float64(run.Advance) / 1000 * em
	}
}

// outlineOf gives a character's outline in ems with y upwards, in cubic curves.
func outlineOf(f *letters.Font, r rune) ([]Stroke, error) {
	segments, err := f.Outline(r)
	if err != nil {
		return nil, err
	}
	var list []Stroke
	var at [2]float64
	for _, g := range segments {
		p := g.Points
		switch g.Op {
		case 'M':
			if list != nil {
				list = append(list, closed)
			}
			list = append(list, move(p[0][0], p[0][1]))
			at = p[0]
		case 'L':
			list = append(list, lineTo(p[0][0], p[0][1]))
			at = p[0]
		case 'Q':
			list = append(list, curve(
				at[0]+(p[0][0]-at[0])*2/3, at[1]+(p[0][1]-at[1])*2/3,
				p[1][0]+(p[0][0]-p[1][0])*2/3, p[1][1]+(p[0][1]-p[1][1])*2/3, p[1][0], p[1][1]))
			at = p[1]
		case 'C':
			list = append(list, curve(p[0][0], p[0][1], p[1][0], p[1][1], p[2][0], p[2][1]))
			at = p[2]
		}
	}
	if list != nil {
		list = append(list, closed)
	}
	return list, nil
}
