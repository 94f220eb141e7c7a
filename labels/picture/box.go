package picture

// mark is a small mark for the box: what it is, until when it is kept secure,
// and where more is. Its code holds the address and the digest only, as the
// modules of the whole one would be too fine; without room for that it has the
// address in letters.
func (c *content) mark() *sheet {
	const w, h, wide, finest = 40.0, 25.0, 19.1, 0.3
	side, top := wide, 3.6
	if len(c.l.Despite) > 0 { // whose band stands below: the code keeps its quiet zone
		side, top = 17.0, 2.6
	}
	s := c.sheet(w, h, 2, 1.4)
	lowest, first := 22.6, 5.2
	if len(c.l.Despite) > 0 {
		s.bottom = h - bands[Mark].height - 0.9
		lowest, first = s.bottom, 4.4
	}
	s.rect(0, 0, w, 1, accent)
	x := s.left + wide + 1.8
	code, err := encode(c.short)
	if err == nil && side/float64(code.Size) >= finest {
		s.modules(s.left, top, side, code)
	} else {
		x = s.left
	}
	room := s.right - x
	at := s.set(x, first, s.fit(c.SecurityLabel, style{bold, 4.6, accent}, room, 3, 1))
	if c.l.Demo {
		at = s.set(x, at+2.1, s.whole(c.kind(), style{bold, 4.6, ink}, room, 3.1, 2))
	}
	at = s.set(x, at+3, s.fitOne(c.l.Product.Name, style{bold, 7, ink}, room, 5, 4, 2))
	at = s.set(x, at+2.9, s.fitOne(c.Support, style{regular, 4.6, ink}, room, 4.2, 3.6, 2))
	at = s.set(x, at+3, s.whole(c.Long(c.l.Product.SupportUntil), style{bold, 6.8, accent}, room, 5.25, 2))
	if x == s.left && c.l.Issuer.Address != "" {
		s.set(x, at+3, s.fit(c.Fill(c.More2, "address", c.l.Issuer.Address), style{regular, 4.6, quiet}, room, 3.6, 2))
		return s
	}
	if !c.l.Demo { // which says so above
		const least = 3.0
		lines := 1 + int((s.bottom-at-2.2)/block{style: style{size: least}}.leading())
		b := s.fitOne(c.kind(), style{regular, 4, quiet}, room, least, least, max(1, min(lines, 3)))
		s.set(x, min(s.bottom, max(at+2.2, lowest))-b.height(), b)
	}
	return s
}
