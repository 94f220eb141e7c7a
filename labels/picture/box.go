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
	lines, at := c.markLines(s, room, first)
	for _, l := range lines {
		s.set(x, l.y, l.block)
	}
	if x == s.left && c.l.Issuer.Address != "" {
		s.set(x, at+3, s.fit(c.Fill(c.More2, "address", c.l.Issuer.Address), style{regular, 4.6, quiet}, room, 3.6, 2))
		return s
	}
	if !c.l.Demo { // which says so above
		lines := 1 + int((s.bottom-at-issuerGap)/block{style: style{size: issuerSize}}.leading())
		b := s.fitOne(c.kind(), style{regular, 4, quiet}, room, issuerSize, issuerSize, max(1, min(lines, 3)))
		s.set(x, min(s.bottom, max(at+issuerGap, lowest))-b.height(), b)
	}
	return s
}

// The issuer stands below all else on a mark: the distance in mm from the line
// above, and the smallest size in points.
const issuerGap, issuerSize = 2.2, 3.0

// placed is a text and where its first line stands.
type placed struct {
	block
	y float64
}

// markLines sets what a mark says, and gives where the last line stands. If there is
// no room for the issuer below, the texts are set tighter, one after the other: the
// name smaller, the words before the date, the date, and the name in one line.
func (c *content) markLines(s *sheet, room, first float64) (list []placed, at float64) {
	date, words := c.Long(c.l.Product.SupportUntil), style{regular, 4.6, ink}
	for tight := 0; ; tight++ {
		name := s.fitOne(c.l.Product.Name, style{bold, 7, ink}, room, 5, 4, 2)
		support, until := s.fitOne(c.Support, words, room, 4.2, 3.6, 2), s.whole(date, style{bold, 6.8, accent}, room, 5.25, 2)
		if tight > 0 {
			name = s.fitOne(c.l.Product.Name, style{bold, 5, ink}, room, 4.5, 4, 2)
		}
		if tight > 1 {
			support = s.fitOne(c.Support, words, room, 3, 3, 2)
		}
		if tight > 2 {
			until = s.whole(date, style{bold, 5.5, accent}, room, 4, 2)
		}
		if tight > 3 {
			name = s.fit(c.l.Product.Name, style{bold, 5, ink}, room, 4, 1)
		}
		list, at = nil, first
		add := func(gap float64, b block) {
			list = append(list, placed{b, at + gap})
			at += gap + b.height()
		}
		add(0, s.fit(c.SecurityLabel, style{bold, 4.6, accent}, room, 3, 1))
		if c.l.Demo {
			add(2.1, s.whole(c.kind(), style{bold, 4.6, ink}, room, 3.1, 2))
		}
		add(3, name)
		add(2.9, support)
		add(3, until)
		below := issuerGap
		if c.l.Demo {
			below = 0
		}
		if at+below <= s.bottom || tight > 3 {
			return list, at
		}
	}
}
