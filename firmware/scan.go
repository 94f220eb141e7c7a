package firmware

import (
	"encoding/binary"
	"math"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// matcher finds the magics of all formats in one pass. Every magic is known by
// the two bytes of it that are least common; a table over two bytes tells where
// one of them may be, and only there are the magics compared.
type matcher struct {
	*heads
	list    [1 << 16]uint8 // by two bytes: which list of magics has them; 0 if none
	lists   [1 << 8][]magicOf
	longest int
}

type magicOf struct {
	format.Magic
	of         *format.Format
	key        int    // where in the magic its two bytes for the table are
	want, mask uint64 // the word that begins there, as far as the magic goes
}

// allFormats and allCarriers find what every image is opened by. Their tables take longer
// to make than a small image to open.
var (
	allFormats  = sync.OnceValue(func() *matcher { return newMatcher(formats()) })
	allCarriers = sync.OnceValue(func() *matcher { return newMatcher(carriers(formats())) })
)

func newMatcher(formats []*format.Format) *matcher {
	m := &matcher{heads: newHeads(formats)}
	keys := 0
	for _, f := range formats {
		for _, g := range f.Magics {
			m.longest = max(m.longest, len(g.Bytes)+word)
			if !f.Anywhere {
				continue
			}
			one := newMagic(f, g)
			list := &m.list[uint16(one.want)]
			if *list == 0 {
				*list = uint8(1 + keys%(len(m.lists)-1)) // if there are more keys than lists, some share one
				keys++
			}
			m.lists[*list] = append(m.lists[*list], one)
		}
	}
	return m
}

func newMagic(f *format.Format, g format.Magic) magicOf {
	one := magicOf{Magic: g, of: f, key: rarest(g.Bytes)}
	for i, c := range []byte(g.Bytes[one.key:min(one.key+word, len(g.Bytes))]) {
		one.want |= uint64(c) << (8 * i)
		one.mask |= 0xff << (8 * i)
	}
	return one
}

// rarest gives the place of the two bytes of a magic that are least common in
// images: the table tells little about the others.
func rarest(magic string) (at int) {
	least := math.MaxInt
	for i := range len(magic) - 1 {
		a, b := magic[i], magic[i+1]
		cost := common(a) + common(b)
		if a == b || a == 0 && isSmall(b) || b == 0 && isSmall(a) {
			cost += common(0) // filling, or a number
		}
		if cost < least {
			at, least = i, cost
		}
	}
	return at
}

// common says how common a byte is in images.
func common(c byte) int {
	switch {
	case c == 0 || c == 0xff:
		return 4
	case isSmall(c) || c >= 'a' && c <= 'z' || c == ' ':
		return 2
	case c > ' ' && c <= '~':
		return 1
	default:
		return 0
	}
}

func isSmall(c byte) bool { return c > 0 && c <= 8 }

// candidate is a place where a container seems to begin.
type candidate struct {
	off      int64
	format   *format.Format
	likeness format.Likeness
}

// starts lists the formats that may begin at the first byte.
func (m *matcher) starts(in format.Input) []candidate {
	var found []candidate
	for _, f := range m.begun(in) {
		if l := f.Probe(in); l != format.No {
			found = append(found, candidate{0, f, l})
		}
	}
	return found
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
			if n := zerosAt(s.in, at); n > window {
				at += n - 1 // no key is zeros, but one may begin with the last of them
				continue
			}
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

// hit finds the next place, from i on, that has the first bytes of a key.
func (s *scanner) hit(i int) int {
	end := min(len(s.chunk)-1, window)
	for i < end {
		i = s.pass(i, end)
		for stop := min(i+word, end); i < stop; i++ {
			if k := s.list[binary.LittleEndian.Uint16(s.chunk[i:])]; k != 0 && s.begins(k, i) {
				return i
			}
		}
	}
	return -1
}

// pass goes over whole words in which no two bytes are those of a key: eight
// places at a time, and over runs of one byte at once.
func (s *scanner) pass(i, end int) int {
	chunk, list := s.chunk[:end+1], &s.list
	for ; i+word < len(chunk); i += word {
		a, b := binary.LittleEndian.Uint64(chunk[i:]), binary.LittleEndian.Uint64(chunk[i+1:])
		if a == b && list[uint16(a)] == 0 {
			i = runEnd(chunk, i, chunk[i]) - 1 - word // the last byte of the run may begin a key
			continue
		}
		if list[uint16(a)]|list[uint16(a>>16)]|list[uint16(a>>32)]|list[a>>48]|
			list[uint16(b)]|list[uint16(b>>16)]|list[uint16(b>>32)]|list[b>>48] != 0 {
			break
		}
	}
	return i
}

// begins reports whether the word at a place is the one of a magic of a list.
func (s *scanner) begins(list uint8, i int) bool {
	w := uint64(0)
	if i+word <= len(s.chunk) {
		w = binary.LittleEndian.Uint64(s.chunk[i:])
	} else {
		for k, c := range s.chunk[i:] {
			w |= uint64(c) << (8 * k)
		}
	}
	for k := range s.lists[list] {
		if g := &s.lists[list][k]; w&g.mask == g.want {
			return true
		}
	}
	return false
}

// here compares the magics at a place and asks the formats that have them.
func (s *scanner) here(at int64, i int, from int64) []candidate {
	var found []candidate
	for _, g := range s.lists[s.list[binary.LittleEndian.Uint16(s.chunk[i:])]] {
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
