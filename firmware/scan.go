package firmware

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// matcher finds the magics of all formats in one pass. A table over two bytes
// tells where a magic may begin; only there are the magics compared.
type matcher struct {
	formats []*format.Format
	first   [1 << 16]uint16 // by the first two bytes: 0, or an index into magics, plus 1
	magics  [][]magicOf
	longest int
}

type magicOf struct {
	format.Magic
	of *format.Format
}

func newMatcher(formats []*format.Format) *matcher {
	m := &matcher{formats: formats}
	for _, f := range formats {
		for _, g := range f.Magics {
			m.longest = max(m.longest, len(g.Bytes))
			if !f.Anywhere {
				continue
			}
			key := binary.LittleEndian.Uint16([]byte(g.Bytes[:2]))
			if m.first[key] == 0 {
				m.magics = append(m.magics, nil)
				m.first[key] = uint16(len(m.magics))
			}
			k := m.first[key] - 1
			m.magics[k] = append(m.magics[k], magicOf{g, f})
		}
	}
	return m
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
	buf   []byte
	chunk []byte // of the input at base, or nil
	base  int64
}

func (m *matcher) scan(in format.Input) *scanner {
	return &scanner{matcher: m, in: in, buf: make([]byte, min(window+int64(m.longest), in.Size))}
}

// next gives the candidates of the first place that begins at from or later;
// none at the end of the input.
func (s *scanner) next(from int64) ([]candidate, error) {
	for at := from; at < s.in.Size; {
		if s.chunk == nil || at < s.base || at >= s.base+int64(min(window, len(s.chunk))) {
			n := min(int64(len(s.buf)), s.in.Size-at)
			if err := s.in.Full(s.buf[:n], at); err != nil {
				return nil, err
			}
			s.base, s.chunk = at, s.buf[:n]
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

// hit finds the next place, from i on, where the first two bytes of a magic are.
func (s *scanner) hit(i int) int {
	end := min(len(s.chunk)-1, window)
	for ; i < end; i++ {
		if s.first[uint16(s.chunk[i])|uint16(s.chunk[i+1])<<8] != 0 {
			return i
		}
	}
	return -1
}

// here compares the magics at a place and asks the formats that have them.
func (s *scanner) here(at int64, i int, from int64) []candidate {
	var found []candidate
	for _, g := range s.magics[s.first[binary.LittleEndian.Uint16(s.chunk[i:])]-1] {
		if len(s.chunk)-i < len(g.Bytes) || string(s.chunk[i:i+len(g.Bytes)]) != g.Bytes {
			continue
		}
		off := at - int64(g.Offset)
		if g.of.Start != nil {
			off = g.of.Start(s.in, at)
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
