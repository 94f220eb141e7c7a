package picture

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// a6 is a sticker: the essentials, large enough to read at arm's length.
func (c *content) a6() *sheet {
	s := c.sheet(105, 148, 8, 4)
	if c.l.Demo {
		s.watermark(s.d.Width, 52)
	}
	down := 0.0
	if len(c.l.Despite) > 0 { // whose band takes room above, and whose code is smaller
		down = 2.8
	}
	s.rect(0, 0, s.d.Width, 2, accent)
	s.label(s.left, 9.4+down, c.SecurityLabel, 6)
	c.kindAt(s, 9.4+down, 6.5)
	c.nameAt(s, 20, 13, 18.4+down, 14.8+down)
	s.set(s.left, 23.8+down, s.fitLists(c.maker, style{regular, 8, quiet}, s.width(), 5.5, 1))
	c.supportAt(s, 27.2+down)
	end := c.shortPrinciples(s, 42.6+down)
	c.barAt(s, s.left, end+8.4, s.width(), 2)
	c.coversAt(s, end+13, 6)
	s.set(s.left, end+16.9, c.scopeIn(s, style{regular, 6, ink}, 4.5))
	c.stickerFoot(s, 111.6+down, 31-down)
	return s
}

// supportAt puts the words over the date.
func (c *content) supportAt(s *sheet, y float64) {
	s.line(s.left, y, s.right)
	s.set(s.left, y+4.4, s.fit(c.Support, style{regular, 7.5, ink}, s.width(), 6, 1))
	s.put(s.left, y+10.9, s.clean(c.Long(c.l.Product.SupportUntil)), style{bold, 17, accent})
	s.line(s.left, y+13.2, s.right)
}

func (c *content) shortPrinciples(s *sheet, y float64) float64 {
	const row = 5.25
	for i, p := range c.l.Principles {
		top := y + float64(i)*row
		base := top + row*0.66
		if i > 0 {
			s.line(s.left, top, s.right)
		}
		s.mark(s.left+1.5, top+row/2, 1.35, p)
		st := known(p, 8)
		word := s.clean(c.proof(p))
		s.set(s.left+5.5, base, s.fit(c.principle(p.Principle).Short, style{regular, 8, ink}, s.width()-8-width(word, st), 6, 1))
		s.end(s.right, base, word, st)
	}
	end := y + float64(len(c.l.Principles))*row
	s.line(s.left, end, s.right)
	x := s.left
	for _, p := range proofs { // what the marks mean, in a word each
		word, st := s.clean(c.Proofs[p].Word), style{regular, 5.5, quiet}
		s.mark(x+0.9, end+3.2, 0.85, labels.Principle{Outcome: assay.Met, Proof: p})
		s.put(x+2.8, end+3.9, word, st)
		x += s.width() / 4
	}
	return end - 1.6
}

func (c *content) stickerFoot(s *sheet, y, side float64) {
	lines := 5
	if len(c.l.Despite) > 0 {
		lines = 4
	}
	s.line(s.left, y-1.6, s.right)
	s.qr(s.left, y+1, side, c.code)
	x := s.left + side + 4
	w := s.right - x
	s.label(x, y+3.4, c.Scan, 6)
	at := s.set(x, y+7.2, s.fitLists(c.schemes(), style{regular, 6, ink}, w, 4.5, lines))
	at = s.set(x, at+3.1, s.whole(c.Fill(c.ValidUntil, "until", c.Long(c.l.ValidUntil)), style{bold, 6.5, ink}, w, 5, 2))
	s.set(x, at+3, s.fit(c.NotEndorsed, style{regular, 5.5, quiet}, w, 4.5, 2))
}
