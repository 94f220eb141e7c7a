package picture

import (
	"strconv"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels/picture/letters"
)

// flow sets sections one under the other, on as many pages as it takes.
type flow struct {
	*content
	s     *sheet
	y     float64 // where the next thing begins
	first int     // index of the first page
	air   float64 // how much of the space between rows is kept
}

const flowTop = 22.0

func (f *flow) newPage() {
	s := f.s
	s.newPage()
	if f.l.Demo {
		s.watermark(s.d.Width, 52)
	}
	s.rect(0, 0, s.d.Width, 2.4, accent)
	s.label(s.left, 13, f.SecurityLabel+" · "+f.Details, 6.5)
	name := s.fit(f.l.Product.Name, style{regular, 7.5, quiet}, s.column(), 5, 1)
	s.end(s.right, 13, name.lines[0], name.style)
	s.line(s.left, 16.5, s.right)
	f.y = flowTop
}

// number writes at the foot of each page which of how many it is.
func (f *flow) number() {
	all := len(f.s.d.Pages)
	for i := f.first; i < all; i++ {
		f.s.page = &f.s.d.Pages[i]
		text := f.s.clean(f.Fill(f.Page, "n", strconv.Itoa(i+1), "all", strconv.Itoa(all)))
		f.s.end(f.s.right, f.s.bottom, text, style{regular, 6.5, quiet})
		f.s.latin(f.s.left, f.s.bottom, string(f.digest), style{mono, 5.6, quiet})
	}
}

// room makes sure that there are h mm left on the page.
func (f *flow) room(h float64) {
	if f.y+h > f.s.bottom-6 {
		f.newPage()
	}
}

func (f *flow) section(title string) {
	f.room(20)
	f.y += 2 * f.air
	f.s.heading(f.s.left, f.y, title)
	f.y += 3.4 + 1.2*f.air
}

// cell is a text in a row. What is in the monospaced face runs from left to
// right in every language.
type cell struct {
	text  string
	style style
}

var (
	plainCell = style{regular, 7.8, ink}
	boldCell  = style{bold, 7.8, ink}
	quietCell = style{regular, 6.8, quiet}
	codeCell  = style{mono, 5.6, quiet}
)

func plain(s string) cell { return cell{s, plainCell} }
func faint(s string) cell { return cell{s, quietCell} }

func code(d assay.Digest) cell { return cell{string(d), codeCell} }

// row sets cells side by side, each in its share of the width.
func (f *flow) row(shares []float64, cells ...cell) {
	const space, below = 3.0, 1.3
	blocks := make([]block, len(cells))
	lines, leading := 0, 0.0
	for i, c := range cells {
		blocks[i] = f.s.flow(c.text, c.style, f.s.width()*shares[i]-space)
		lines, leading = max(lines, len(blocks[i].lines)), max(leading, blocks[i].leading())
	}
	for n := range lines {
		f.room(4)
		x := f.s.left
		for i, b := range blocks {
			if n < len(b.lines) {
				f.line(x, b.lines[n], b.style)
			}
			x += f.s.width() * shares[i]
		}
		f.y += leading
	}
	f.y += below*f.air - leading
	f.s.line(f.s.left, f.y, f.s.right)
	f.y += 2.2 + 0.9*f.air
}

func (f *flow) line(x float64, text string, st style) {
	if st.face == letters.Mono {
		f.s.latin(x, f.y, text, st)
		return
	}
	f.s.put(x, f.y, text, st)
}

// text sets a paragraph.
func (f *flow) text(s string, st style) {
	b := f.s.flow(s, st, f.s.width())
	for _, l := range b.lines {
		f.room(4)
		f.line(f.s.left, l, st)
		f.y += b.leading()
	}
	f.y += 1
}

// scaled puts the one page of a sheet, larger or smaller, on a new page.
func (s *sheet) scaled(from *sheet, by float64) {
	s.newPage()
	if s.err == nil {
		s.err = from.err
	}
	for _, shape := range from.d.Pages[0] {
		shape.X, shape.Y, shape.Size = shape.X*by, shape.Y*by, shape.Size*by
		for i := range shape.Outline {
			for j := range shape.Outline[i].Points {
				shape.Outline[i].Points[j][0] *= by
				shape.Outline[i].Points[j][1] *= by
			}
		}
		*s.page = append(*s.page, shape)
	}
}
