package picture

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// a5 is the label on one page, in millimetres, on a grid of two columns.
func (c *content) a5() *sheet {
	s := c.sheet(a5Width, 210, 13, 5)
	c.first(s, 5.6)
	s.qr(s.left, footerTop+1, codeSide, c.code)
	return s
}

const a5Width, gutter = 148.0, 6.0

func (s *sheet) column() float64 { return (s.width() - gutter) / 2 }

// first is all of the page but the code.
func (c *content) first(s *sheet, row float64) {
	if c.l.Demo {
		s.watermark(s.d.Width, 52)
	}
	c.header(s)
	c.support(s)
	c.factsAt(s, 53.8)
	end := c.principlesAt(s, 88.5, row)
	c.coverageAt(s, end+15)
	c.footer(s)
}

// The code stands at the foot of the page.
const footerTop, codeSide = 177.0, 26.2

// heading sets a heading: capitals with air between them, where the script has
// capitals.
func (s *sheet) heading(x, y float64, text string) {
	s.label(x, y, text, 6.5)
}

// spaced is how wide a heading is at most.
func (s *sheet) spaced(text string, st style) float64 {
	return width(strings.ToUpper(text), st)*1.2 + float64(utf8.RuneCountInString(text))*st.size*0.022
}

func (s *sheet) label(x, y float64, text string, size float64) {
	st := style{bold, size, accent}
	text = s.clean(text)
	if !s.capitals {
		st.size *= 1.2
		s.put(x, y, text, st)
		return
	}
	for _, r := range strings.ToUpper(text) {
		s.put(x, y, string(r), st)
		x += width(string(r), st) + st.size*0.022
	}
}

func (c *content) header(s *sheet) {
	top := 13.0
	if len(c.l.Despite) > 0 { // clear of the band
		top = 14.5
	}
	s.rect(0, 0, s.d.Width, 2.4, accent)
	s.heading(s.left, top, c.SecurityLabel)
	c.kindAt(s, top, 7.5)
	c.nameAt(s, 25, 15, 24.2, 19.6)
	s.set(s.left, 30.8, s.fitLists(c.maker, style{regular, 9.5, quiet}, s.width(), 6.5, 1))
}

// kindAt says at the end of the first line what sort of label this is.
func (c *content) kindAt(s *sheet, y, size float64) {
	if c.l.Demo {
		st := style{bold, size, white}
		text := s.clean(c.kind())
		w, h := width(text, st), size*pointMM*2.1
		s.pill(s.right-w-6, y-h*0.68, w+6, h)
		s.put(s.right-w-3, y, text, st)
		return
	}
	room := s.width() - s.spaced(c.SecurityLabel, style{bold, size, accent}) - gutter
	b := s.fit(c.kind(), style{regular, size, quiet}, room, 5, 1)
	if cut(b) {
		b = s.fit(c.kind(), style{regular, 5.5, quiet}, room, 3.5, 3)
	}
	for i, l := range b.lines {
		s.end(s.right, y+float64(i)*b.leading()-b.height()/2, l, b.style)
	}
}

// pill is a box with round ends.
func (s *sheet) pill(x, y, w, h float64) {
	x = s.mirror(x, w)
	r := h / 2
	k := arc * r
	s.fill(accent, move(x+r, y), lineTo(x+w-r, y), curve(x+w-r+k, y, x+w, y+r-k, x+w, y+r), curve(x+w, y+r+k, x+w-r+k, y+h, x+w-r, y+h),
		lineTo(x+r, y+h), curve(x+r-k, y+h, x, y+r+k, x, y+r), curve(x, y+r-k, x+r-k, y, x+r, y), closed)
}

// nameAt sets the product's name in one line as large as it goes, or in two
// from a higher place.
func (c *content) nameAt(s *sheet, most, least, y, higher float64) {
	st := style{bold, most, ink}
	text := s.clean(c.l.Product.Name)
	for width(text, st) > s.width() && st.size > least {
		st.size--
	}
	if width(text, st) <= s.width() {
		s.put(s.left, y, text, st)
		return
	}
	s.set(s.left, higher, s.fit(text, st, s.width(), 6, 2))
}

// support is what people ask first, so it is what they see first.
func (c *content) support(s *sheet) {
	const y = 40.2
	s.line(s.left, y-5, s.right)
	st := style{bold, 19, accent}
	date := s.clean(c.Long(c.l.Product.SupportUntil))
	room := s.width() - width(date, st) - 4
	s.set(s.left, y+2.6, s.fit(c.Support, style{regular, 9.5, ink}, room, 6, 1))
	s.end(s.right, y+2.6, date, st)
	s.line(s.left, y+7, s.right)
}

func (c *content) factsAt(s *sheet, y float64) {
	s.heading(s.left, y, c.MakerSays)
	for i, f := range c.facts() {
		x, top := s.left+float64(i%2)*(s.column()+gutter), y+5.6+float64(i/2)*13.3
		s.put(x, top, s.clean(f.what), style{regular, 7, quiet})
		s.set(x, top+4.3, s.fitLists(f.text, style{regular, 9, ink}, s.column(), 6.5, 2))
	}
}

// principlesAt sets the nine and what the marks mean, and says where they end.
func (c *content) principlesAt(s *sheet, y, row float64) float64 {
	s.heading(s.left, y, c.NinePrinciples)
	for i, p := range c.l.Principles {
		top := y + 2.6 + float64(i)*row
		base := top + row*0.68
		s.line(s.left, top, s.right)
		s.mark(s.left+1.5, top+row/2, 1.45, p)
		st := known(p, 8.5)
		word := s.clean(c.proof(p))
		s.set(s.left+6, base, s.fit(c.principle(p.Principle).Long, style{regular, 8.5, ink}, s.width()-9-width(word, st), 6, 1))
		s.end(s.right, base, word, st)
	}
	end := y + 2.6 + float64(len(c.l.Principles))*row
	s.line(s.left, end, s.right)
	for i, p := range proofs {
		x, base := s.left+float64(i%2)*(s.column()+gutter), end+4.4+float64(i/2)*3.7
		s.mark(x+1.0, base-0.85, 0.95, labels.Principle{Outcome: assay.Met, Proof: p})
		s.set(x+3.4, base, s.fit(c.meaning(p), style{regular, 6.5, quiet}, s.column()-3.4, 5, 1))
	}
	return end
}

func (c *content) coverageAt(s *sheet, y float64) {
	s.heading(s.left, y, c.WhatWasExamined)
	c.barAt(s, s.left, y+2.4, s.width(), 2.6)
	c.coversAt(s, y+8.5, 7)
	s.set(s.left, y+13.2, c.scopeIn(s, style{regular, 7, ink}, 5.5))
}

// coversAt says what the boxes of the bar mean, and that the sizes are bytes.
func (c *content) coversAt(s *sheet, y, size float64) {
	st, box := style{regular, size, ink}, size*0.314
	of := s.clean(c.OfAll)
	for st.size > 4.5 && c.coversWidth(st)+width(of, style{regular, st.size, quiet}) > s.width() {
		st.size -= 0.25
	}
	x := s.left
	for _, k := range c.covers() {
		text := s.clean(k.text)
		s.swatch(x, y-box*0.86, box, box, k.class)
		s.put(x+box+1, y, text, st)
		x += box + 1 + width(text, st) + st.size*0.55
	}
	s.end(s.right, y, of, style{regular, st.size, quiet})
}

func (c *content) coversWidth(st style) float64 {
	sum := 0.0
	for _, k := range c.covers() {
		sum += width(k.text, st) + st.size*0.864 + 1
	}
	return sum
}

// barAt shows the three classes side by side, to scale; a class that exists is
// never too thin to see.
func (c *content) barAt(s *sheet, x, y, w, h float64) {
	const least = 0.8
	v := c.l.Coverage
	share := func(n int64) float64 {
		if n == 0 || v.Bytes == 0 {
			return 0
		}
		return max(least, w*float64(n)/float64(v.Bytes))
	}
	opaque, open := share(v.DeclaredOpaque), share(v.Unexplained)
	examined := max(0, w-opaque-open)
	if v.Bytes == 0 {
		examined, open = 0, w
	}
	s.swatch(x, y, examined, h, assay.Opened)
	s.swatch(x+examined, y, opaque, h, assay.DeclaredOpaque)
	s.swatch(x+examined+opaque, y, open, h, assay.Unexplained)
}

// swatch fills a box as its class is shown: full, hatched, or empty.
func (s *sheet) swatch(x, y, w, h float64, class assay.CoverageClass) {
	if w <= 0 {
		return
	}
	if class == assay.Opened {
		s.rect(x, y, w, h, accent)
		return
	}
	x = s.mirror(x, w)
	const frame = 0.2
	s.fill(accent, slices.Concat(
		[]Stroke{move(x, y), lineTo(x+w, y), lineTo(x+w, y+h), lineTo(x, y+h), closed},
		[]Stroke{move(x+frame, y+frame), lineTo(x+frame, y+h-frame), lineTo(x+w-frame, y+h-frame), lineTo(x+w-frame, y+frame), closed})...)
	if class == assay.DeclaredOpaque {
		s.hatch(x, y, w, h)
	}
}

// hatch draws slanted lines, cut at the edges of a box.
func (s *sheet) hatch(x, y, w, h float64) {
	const step, thick = 0.8, 0.2
	var outline []Stroke
	for d := -h + step/2; d < w; d += step { // from (d, h) up to (d+h, 0)
		from, to := max(d, 0), min(d+h, w)
		if to-from > thick {
			outline = append(outline, bar(x+from, y+h-(from-d), x+to, y+h-(to-d), thick)...)
		}
	}
	if outline != nil {
		s.fill(accent, outline...)
	}
}

func (c *content) footer(s *sheet) {
	const y = footerTop
	s.line(s.left, y-2.2, s.right)
	x := s.left + codeSide + 5
	w := s.right - x
	at := s.set(x, y+3, s.fitLists(c.schemes(), style{regular, 7, ink}, w, 5, 3))
	at = s.set(x, at+3.8, s.whole(c.dates(), style{bold, 7, ink}, w, 4.5, 2))
	small := s.fit(c.Disclaimer, style{regular, 6, quiet}, w, 5, 3)
	if two := (style{regular, 5.7, quiet}); len(wrap(c.Disclaimer, two, w)) == 2 {
		small = s.fit(c.Disclaimer, two, w, 5, 2)
	}
	at = s.set(x, at+3.5, small)
	s.latin(x, at+3.4, string(c.digest), style{mono, 5.6, quiet})
}
