package picture

import "github.com/assay-iot/assay/labels"

// band is the room that a decision takes on a format, over everything else: places
// in millimetres from its upper edge, sizes in points.
type band struct {
	height, base, size float64 // of the sentence
	under, small       float64 // the middle of the list below it, and its size
	lines              int
}

// bands has the mark's too, on which there is room for the sentence only.
var bands = map[Format]band{
	A4:   {10.8, 4.5, 10.5, 8.35, 6, 2},
	A5:   {10.8, 4.5, 10.5, 8.35, 6, 2},
	A6:   {8.8, 4.1, 8, 7.2, 6, 1},
	Mark: {4, 2.5, 4.4, 0, 0, 0},
}

// despite says that the issuer labelled the product although something is not met:
// first in a sentence that anybody understands, then what, who decided and why.
func (c *content) despite(s *sheet) {
	if len(c.l.Despite) == 0 {
		return
	}
	b, top := bands[c.v.Format], 0.0
	if c.v.Format == Mark {
		top = s.d.Height - b.height
		s.bottom = s.d.Height
	}
	s.rect(0, top, s.d.Width, b.height, accent)
	s.set(s.left, top+b.base, s.fit(c.DespiteShort, style{bold, b.size, white}, s.width(), 3, 1))
	if b.lines == 0 {
		return
	}
	of := c.inFull
	if c.v.Format == A6 {
		of = c.inShort
	}
	list := s.fitLists(c.decisions(of), style{regular, b.small, white}, s.width(), 4.5, b.lines)
	s.set(s.left, top+b.under+list.style.size*pointMM*0.24-list.height()/2, list)
}

// despiteText says that the product was labelled all the same, and the decisions.
func (c *content) despiteText() listed {
	list := c.decisions(c.inFull)
	return func(n int) string { return c.Fill(c.Despite, "list", list(n)) }
}

// inShort names what is not met by its principle, which everybody knows a word for.
func (c *content) inShort(d labels.Decision) string { return c.principle(d.Principle).Short }

// inFull names the requirement too.
func (c *content) inFull(d labels.Decision) string {
	return c.apart(c.principle(d.Principle).Long) + " [" + c.apart(d.Requirement) + "]"
}

// decisions names what is not met, who labelled the product all the same, and why.
func (c *content) decisions(of func(labels.Decision) string) listed {
	var all []string
	for _, d := range c.l.Despite {
		all = append(all, c.Fill(c.DespiteItem, "requirement", of(d), "outcome", c.outcome(d.Outcome), "by", d.By, "reason", d.Reason))
	}
	return func(n int) string { return c.List(all, n) }
}
