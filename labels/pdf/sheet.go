package pdf

import (
	"fmt"
	"strings"

	"github.com/jung-kurt/gofpdf"
)

type colour struct{ r, g, b int }

// The label has one accent; all else is ink on white.
var (
	ink    = colour{24, 32, 40}
	quiet  = colour{94, 104, 114}
	rule   = colour{214, 220, 226}
	accent = colour{11, 87, 108}
	white  = colour{255, 255, 255}
	ghost  = colour{236, 239, 242}
)

// style is how a text is set: face "" is regular, "B" bold, "M" monospaced.
type style struct {
	face   string
	size   float64 // points
	colour colour
}

// pointMM is a point in millimetres.
const pointMM = 25.4 / 72

// sheet is the page. It remembers the first text that could not be set.
type sheet struct {
	*ruler
	pdf *gofpdf.Fpdf
	err error
}

func newSheet(width, height float64) (*sheet, error) {
	r, err := newRuler()
	if err != nil {
		return nil, err
	}
	p := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: gofpdf.SizeType{Wd: width, Ht: height}})
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true)
	p.AddUTF8FontFromBytes("label", "", faces[""])
	p.AddUTF8FontFromBytes("label", "B", faces["B"])
	p.AddUTF8FontFromBytes("mono", "", faces["M"])
	p.AddPage()
	return &sheet{ruler: r, pdf: p}, nil
}

func (s *sheet) use(st style) {
	if st.face == "M" {
		s.pdf.SetFont("mono", "", st.size)
	} else {
		s.pdf.SetFont("label", st.face, st.size)
	}
	s.pdf.SetTextColor(st.colour.r, st.colour.g, st.colour.b)
}

func (s *sheet) fill(c colour) { s.pdf.SetFillColor(c.r, c.g, c.b) }
func (s *sheet) draw(c colour, width float64) {
	s.pdf.SetDrawColor(c.r, c.g, c.b)
	s.pdf.SetLineWidth(width)
}

func (s *sheet) line(x1, y, x2 float64) {
	s.draw(rule, 0.2)
	s.pdf.Line(x1, y, x2, y)
}

// clean gives the text in settable form and remembers if there is none.
func (s *sheet) clean(text string) string {
	out, err := s.settable(text)
	if err != nil && s.err == nil {
		s.err = err
	}
	return out
}

// put sets one line with its baseline at y. A line that leaves the margins is a
// bug of the renderer; better no label than one that nobody can read.
func (s *sheet) put(x, y float64, text string, st style) {
	const slack = 0.01
	w := s.width(text, st)
	if s.err == nil && (x < left-slack || x+w > right+slack || y > pageHeight-5) {
		s.err = fmt.Errorf("draw label: %q runs out of the page", text)
	}
	s.use(st)
	s.pdf.Text(x, y, text)
}

// right sets one line that ends at x.
func (s *sheet) right(x, y float64, text string, st style) {
	s.put(x-s.width(text, st), y, text, st)
}

// spaced sets a line of capitals with air between them, as headings have.
func (s *sheet) spaced(x, y float64, text string, st style) {
	for _, r := range text {
		s.put(x, y, string(r), st)
		x += s.width(string(r), st) + st.size*0.022
	}
}

// block is text that was made to fit.
type block struct {
	lines []string
	style style
}

// height of the block in mm, from the first baseline to the last.
func (b block) height() float64 { return float64(len(b.lines)-1) * b.leading() }

func (b block) leading() float64 { return b.style.size * pointMM * 1.28 }

// fit makes a text fit a width in at most n lines. It shrinks the text, half a
// point at a time, down to least; what is still too long ends with an ellipsis.
// Nothing ever runs over.
func (s *sheet) fit(text string, st style, width, least float64, n int) block {
	text = s.clean(text)
	for {
		lines := s.wrap(text, st, width)
		if len(lines) <= n {
			return block{lines, st}
		}
		if st.size-0.5 < least {
			lines = lines[:n]
			lines[n-1] = s.shorten(lines[n-1], st, width)
			return block{lines, st}
		}
		st.size -= 0.5
	}
}

// mostListed is how many entries of a list a label names at most.
const mostListed = 6

// fitLists makes a text with lists in it fit. As many entries are named as have
// room at the smallest size, so that "and 3 more" is never cut away; only where
// a single entry is too long does the text end with an ellipsis.
func (s *sheet) fitLists(text listed, st style, width, least float64, n int) block {
	smallest := st
	smallest.size = least
	for entries := mostListed; ; entries-- {
		if entries <= 1 || len(s.wrap(s.clean(text(entries)), smallest, width)) <= n {
			return s.fit(text(entries), st, width, least, n)
		}
	}
}

// wrap breaks a text at spaces, and inside words that are wider than a line.
func (s *sheet) wrap(text string, st style, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if both := strings.TrimSpace(line + " " + word); s.width(both, st) <= width {
			line = both
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for s.width(word, st) > width {
			head := s.head(word, st, width)
			lines, word = append(lines, head), word[len(head):]
		}
		line = word
	}
	return append(lines, line)
}

// head is as much of a word as a line takes, at least one character.
func (s *sheet) head(word string, st style, width float64) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if end > 0 && s.width(word[:next], st) > width {
			break
		}
		end = next
	}
	return word[:end]
}

func (s *sheet) shorten(line string, st style, width float64) string {
	runes := []rune(line)
	for len(runes) > 0 && s.width(string(runes)+"…", st) > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ,;") + "…"
}

// set puts a block with its first baseline at y and gives the last baseline.
func (s *sheet) set(x, y float64, b block) float64 {
	for i, l := range b.lines {
		s.put(x, y+float64(i)*b.leading(), l, b.style)
	}
	return y + b.height()
}
