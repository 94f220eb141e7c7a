package firmware

import (
	"github.com/assay-iot/assay/firmware/format"
)

// matcher finds the magics of all formats in one pass. A table over two bytes
// tells where a magic may be; only there are the magics compared.
type matcher struct {
	formats []*format.Format
	maybe   [1 << 16]bool   // by two bytes: some magic has them
	index   [1 << 16]uint16 // by two bytes: where in magics
	magics  [][]magicOf
	longest int
}

type magicOf struct {
	format.Magic
	of  *format.Format
	key int // where in the magic its two bytes for the table are
}

func newMatcher(formats []*format.Format) *matcher {
	m := &matcher{formats: formats, magics: make([][]magicOf, 1)}
	for _, f := range formats {
		for _, g := range f.Magics {
			m.longest = max(m.longest, len(g.Bytes))
			if !f.Anywhere {
				continue
			}
			at := rarest(g.Bytes)
			key := pair(g.Bytes[at:])
			if !m.maybe[key] {
				m.maybe[key], m.index[key] = true, uint16(len(m.magics))
				m.magics = append(m.magics, nil)
			}
			k := m.index[key]
			m.magics[k] = append(m.magics[k], magicOf{g, f, at})
		}
	}
	return m
}

func pair[T string | []byte](b T) uint16 { return uint16(b[0]) | uint16(b[1])<<8 }

// rarest gives the place of the first two bytes of a magic that are not the
// filling of images, where a table lookup would tell nothing.
func rarest(magic string) int {
	common := func(c byte) bool { return c == 0 || c == 0xff }
	for _, enough := range []func(a, b byte) bool{
		func(a, b byte) bool { return !common(a) && !common(b) && a != b },
		func(a, b byte) bool { return !common(a) || !common(b) },
	} {
		for i := range len(magic) - 1 {
			if enough(magic[i], magic[i+1]) {
				return i
			}
		}
	}
	return 0
}

// candidate is a place where a container seems to begin.
type candidate struct {
	off      int64
	format   *format.Format
	likeness format.Likeness
}

// starts lists the formats that may begin at the first byte.
func (m *matcher) starts(in format.Input) []candidate {
	var found []candidate
	for _, f := range m.formats {
		if !hasMagic(in, f) {
			continue
		}
		if l := f.Probe(in); l != format.No {
			found = append(found, candidate{0, f, l})
		}
	}
	return found
}

func hasMagic(in format.Input, f *format.Format) bool {
	if f.Start != nil {
		return false // the scan finds it
	}
	for _, g := range f.Magics {
		if string(in.Peek(int64(g.Offset), len(g.Bytes))) == g.Bytes {
			return true
		}
	}
	return len(f.Magics) == 0
}

// window is how much of the input is looked at at a time.
const window = 1 << 20

// scanner gives the candidates of an input in order.
type scanner struct {
	*matcher
	in    format.Input
	buf   []byte // nil if the input is in memory
	chunk []byte // of the input at base, or nil
	base  int64
}

func (m *matcher) scan(in format.Input) *scanner {
	return &scanner{matcher: m, in: in}
}

// load makes the chunk that begins at a place.
func (s *scanner) load(at int64) (err error) {
	n := min(window+int64(s.longest), s.in.Size-at)
	s.base = at
	s.chunk, s.buf, err = view(s.in, at, n, s.buf)
	return err
}

// view gives n bytes at a place: those of the input if it is in memory, else a
// copy of them in buf, which is given back for the next time.
func view(in format.Input, at, n int64, buf []byte) (b, reuse []byte, err error) {
	if _, ok := in.ReaderAt.(format.Memory); ok {
		b, err = in.Bytes(at, n)
		return b, buf, err
	}
	if int64(cap(buf)) < n {
		buf = make([]byte, n)
	}
	return buf[:n], buf, in.Full(buf[:n], at)
}

// next gives the candidates of the first place that begins at from or later;
// none at the end of the input.
func (s *scanner) next(from int64) ([]candidate, error) {
	for at := from; at < s.in.Size; {
		if s.chunk == nil || at < s.base || at >= s.base+int64(min(window, len(s.chunk))) {
			if err := s.load(at); err != nil {
				return nil, err
			}
		}
		i := s.hit(int(at - s.base))
		if i < 0 {
			at = s.base + int64(min(window, len(s.chunk)))
			continue
		}
		at = s.base + int64(i)
		if found := s.here(at, i, from); found != nil {
			return found, nil
		}
		at++
	}
	return nil, nil
}

// hit finds the next place, from i on, that has two bytes of a magic.
func (s *scanner) hit(i int) int {
	end := min(len(s.chunk)-1, window)
	if i >= end {
		return -1
	}
	chunk := s.chunk[i : end+1]
	last := chunk[0]
	for k, c := range chunk[1:] {
		if s.maybe[uint16(last)|uint16(c)<<8] {
			return i + k
		}
		last = c
	}
	return -1
}

// here compares the magics at a place and asks the formats that have them.
func (s *scanner) here(at int64, i int, from int64) []candidate {
	var found []candidate
	for _, g := range s.magics[s.index[pair(s.chunk[i:])]] {
		if !s.has(g, i) {
			continue
		}
		off := at - int64(g.key) - int64(g.Offset)
		if g.of.Start != nil {
			off = g.of.Start(s.in, at-int64(g.key))
		}
		if off < from {
			continue
		}
		if l := g.of.Probe(s.in.Section(off, s.in.Size-off)); l != format.No {
			found = append(found, candidate{off, g.of, l})
		}
	}
	return found
}

// has compares a magic whose two bytes are at i of the chunk.
func (s *scanner) has(g magicOf, i int) bool {
	i -= g.key
	if i >= 0 && i+len(g.Bytes) <= len(s.chunk) {
		return string(s.chunk[i:i+len(g.Bytes)]) == g.Bytes
	}
	return string(s.in.Peek(s.base+int64(i), len(g.Bytes))) == g.Bytes
}
