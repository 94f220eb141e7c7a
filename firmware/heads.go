package firmware

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// heads tells which formats may begin at the first byte of an input: a root file
// system has thousands of files, and each is asked for more than a hundred formats.
type heads struct {
	formats []*format.Format
	bare    []*format.Format // those without a magic, which may begin anywhere
	numbers []int            // of bare, in formats
	first   [256][]head      // magics at the first byte, by it
	later   []head           // other magics, the nearest first
}

type head struct {
	format.Magic
	number int // in formats
}

func newHeads(formats []*format.Format) *heads {
	h := &heads{formats: formats}
	for i, f := range formats {
		if f.Start != nil {
			continue // the scan finds it
		}
		if len(f.Magics) == 0 {
			h.bare, h.numbers = append(h.bare, f), append(h.numbers, i)
		}
		for _, g := range f.Magics {
			if g.Offset == 0 {
				h.first[g.Bytes[0]] = append(h.first[g.Bytes[0]], head{g, i})
			} else {
				h.later = append(h.later, head{g, i})
			}
		}
	}
	slices.SortStableFunc(h.later, func(a, b head) int { return cmp.Compare(a.Offset, b.Offset) })
	return h
}

// begun lists the formats of which an input has a magic at its place, or that have
// none, in their order. The list must not be changed.
func (h *heads) begun(in format.Input) []*format.Format {
	numbers := h.magics(in, nil)
	if len(numbers) == 0 {
		return h.bare
	}
	numbers = append(numbers, h.numbers...)
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	found := make([]*format.Format, len(numbers))
	for i, n := range numbers {
		found[i] = h.formats[n]
	}
	return found
}

// magics adds the numbers of the formats whose magics an input has.
func (h *heads) magics(in format.Input, numbers []int) []int {
	b := in.Head(1)
	if len(b) == 0 {
		return numbers
	}
	for i := range h.first[b[0]] {
		if g := &h.first[b[0]][i]; g.is(in) {
			numbers = append(numbers, g.number)
		}
	}
	for i := range h.later {
		g := &h.later[i]
		if int64(g.Offset) >= in.Size {
			break
		}
		if g.is(in) {
			numbers = append(numbers, g.number)
		}
	}
	return numbers
}

// is reports whether an input has the magic.
func (g *head) is(in format.Input) bool {
	if m, ok := in.ReaderAt.(format.Memory); ok {
		return len(m)-g.Offset >= len(g.Bytes) && m[g.Offset] == g.Bytes[0] && string(m[g.Offset:g.Offset+len(g.Bytes)]) == g.Bytes
	}
	return string(in.Peek(int64(g.Offset), len(g.Bytes))) == g.Bytes
}
