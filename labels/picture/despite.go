package picture

// bandHeights are the heights, in millimetres, of the band that a decision takes.
var bandHeights = map[Format]float64{A4: 9.6, A5: 9.6, A6: 6.4, Mark: 4}

// despite says, in a band over everything else, that the issuer labelled the
// product although something is not met: first in a sentence that anybody
// understands, then which requirements, who decided and why. The mark has no room
// for those.
func (c *content) despite(s *sheet) {
	if len(c.l.Despite) == 0 {
		return
	}
	h := bandHeights[c.v.Format]
	y := 0.0
	if c.v.Format == Mark {
		y = s.d.Height - h
	}
	s.rect(0, y, s.d.Width, h, accent)
	if c.v.Format == Mark {
		b := s.fit(c.DespiteShort, style{bold, 4.4, white}, s.width(), 3, 1)
		s.set(s.left, y+h/2+b.style.size*pointMM*0.36, b)
		return
	}
	size, lines := h*0.55, 2
	if c.v.Format == A6 {
		size, lines = h*0.8, 1
	}
	at := s.set(s.left, h*0.43, s.fit(c.DespiteShort, style{bold, h * 1.1, white}, s.width(), 5, 1))
	list := s.fitLists(c.decisions(), style{regular, size, white}, s.width(), 4, lines)
	s.set(s.left, at+h*0.37-list.height()/2, list)
}

// despiteText says that the product was labelled all the same, and the decisions.
func (c *content) despiteText() listed {
	list := c.decisions()
	return func(n int) string { return c.Fill(c.Despite, "list", list(n)) }
}

// decisions names the requirements that are not met, who labelled the product all
// the same, and why.
func (c *content) decisions() listed {
	var all []string
	for _, d := range c.l.Despite {
		all = append(all, c.Fill(c.DespiteItem, "requirement", d.Requirement, "outcome", c.outcome(d.Outcome), "by", d.By, "reason", d.Reason))
	}
	return func(n int) string { return c.List(all, n) }
}
