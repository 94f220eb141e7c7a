package picture

// bandHeights are the heights, in millimetres, of the band that a decision takes.
var bandHeights = map[Format]float64{A4: 9.6, A5: 9.6, A6: 6.4, Mark: 4}

// despite says, in a band over everything else, that the issuer labelled the
// product although something is not met. The mark has no room for what.
func (c *content) despite(s *sheet) {
	if len(c.l.Despite) == 0 {
		return
	}
	h := bandHeights[c.v.Format]
	if c.v.Format == Mark {
		c.band(s, s.d.Height-h, h, func(int) string { return c.DespiteShort }, 4.4, 3, 1)
		return
	}
	c.band(s, 0, h, c.despiteText(), h*0.83, 4, 2)
}

func (c *content) band(s *sheet, y, h float64, text listed, size, least float64, lines int) {
	b := s.fitLists(text, style{bold, size, white}, s.width(), least, lines)
	s.rect(0, y, s.d.Width, h, accent)
	s.set(s.left, y+(h-b.height())/2+b.style.size*pointMM*0.36, b)
}

// despiteText names the requirements that are not met, who labelled the product
// all the same, and why.
func (c *content) despiteText() listed {
	var all []string
	for _, d := range c.l.Despite {
		all = append(all, c.Fill(c.DespiteItem, "requirement", d.Requirement, "outcome", c.outcome(d.Outcome), "by", d.By, "reason", d.Reason))
	}
	return func(n int) string { return c.Fill(c.Despite, "list", c.List(all, n)) }
}
