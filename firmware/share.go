package firmware

import (
	"math"
	"math/bits"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// packed tells which of the length bytes that were packed stand for the runs that
// nobody can read among the size bytes that they unpacked to, in the order of these.
// No decoder tells where a byte came from. But what looks encrypted does not pack:
// each byte of a long run stands for one, and the others share what is left. Where
// that is too little, all share alike.
func packed(ranges []Range, size, length int64) (gone []Range) {
	closed := int64(0)
	for _, r := range ranges {
		closed += itself(r)
	}
	if closed > length || closed >= size {
		closed = 0
	}
	own := int64(0) // bytes, so far, that stand for themselves
	at := func(off int64) int64 { return own + scaled(off-own, length-closed, size-closed) }
	for _, r := range ranges {
		from := at(r.Offset)
		if closed > 0 {
			own += itself(r)
		}
		if to := at(r.Offset + r.Length); r.Class == Unexplained && to > from {
			gone = append(gone, Range{from, to - from, Unexplained, r.What})
		}
	}
	return gone
}

// itself is how many bytes of a run stand for themselves.
func itself(r Range) int64 {
	if r.Class != Unexplained || r.Length < minRaw {
		return 0
	}
	return r.Length
}

// scaled is n of so many, at most all of them, as a share of to.
func scaled(n, to, of int64) int64 {
	if n >= of {
		return to
	}
	hi, lo := bits.Mul64(uint64(n), uint64(to)) //nolint:gosec // lengths
	q, _ := bits.Div64(hi, lo, uint64(of))      //nolint:gosec // less than to
	return int64(q)                             //nolint:gosec // less than to
}

// homeless are the bytes in a container that nobody can read, and of which it is not
// known where in it they stand, or not exactly.
type homeless struct {
	n     int64
	what  string          // of the first
	taken map[int64]int64 // by the place of a run: how much of it is someone's
}

func (h *homeless) add(ranges []Range) {
	for _, r := range ranges {
		if r.Class == Unexplained {
			if h.n == 0 {
				h.what = r.What
			}
			h.n += r.Length
		}
	}
}

// settle counts as many of the bytes of a container, of which all files together have
// size, from its end, as the homeless ones took when they were packed.
func (h *homeless) settle(ranges []Range, size int64) []Range {
	length := int64(0)
	for _, r := range ranges {
		length += r.Length
	}
	n := int64(0)
	for _, r := range packed([]Range{{0, h.n, Unexplained, h.what}}, max(size, h.n), length) {
		n += r.Length
	}
	out := slices.Clone(ranges)
	for i := len(out) - 1; i >= 0 && n > 0; i-- {
		r := out[i]
		if r.Class != Opened {
			continue
		}
		take := min(n, r.Length)
		n -= take
		rest := Range{r.Offset + r.Length - take, take, Unexplained, h.what}
		if out[i].Length -= take; out[i].Length == 0 {
			out[i] = rest
			continue
		}
		out = slices.Insert(out, i+1, rest)
	}
	return out
}

// place tells where in the container all stands that nobody can read of an entry, or
// notes that it is not known.
func (h *homeless) place(tree format.Tree, i int, f *File, closed []Range) (gone []Range) {
	closed = h.few(unknownOf(closed))
	sortRanges(closed)
	for k := range closed {
		closed[k].What = f.Name + ": " + closed[k].What
	}
	if e := tree.Entries()[i]; e.Offset >= 0 {
		return shifted(closed, e.Offset)
	}
	runs := stored(tree, i)
	if len(runs) == 0 {
		h.add(closed)
		return nil
	}
	for k, s := range runs { // of which others, in the same run, may have their share
		n := min(h.taken[s.Offset], s.Length)
		runs[k] = format.Span{Offset: s.Offset + n, Length: s.Length - n}
	}
	gone = across(packed(closed, f.Size, min(total(runs), max(f.Size, 1))), runs)
	for _, r := range gone {
		h.take(stored(tree, i), r)
	}
	return gone
}

// maxClosed is how many runs of one file are told apart.
const maxClosed = 1 << 12

// few leaves out the short runs, or all, where there are too many: they have no place.
func (h *homeless) few(closed []Range) []Range {
	for _, least := range []int64{minRaw, math.MaxInt64} {
		if len(closed) <= maxClosed {
			break
		}
		h.add(slices.DeleteFunc(slices.Clone(closed), func(r Range) bool { return r.Length >= least }))
		closed = slices.DeleteFunc(closed, func(r Range) bool { return r.Length < least })
	}
	return closed
}

// take notes that what follows in a run is that of others.
func (h *homeless) take(runs []format.Span, r Range) {
	if h.taken == nil {
		h.taken = map[int64]int64{}
	}
	for _, s := range runs {
		if r.Offset >= s.Offset && r.Offset < s.Offset+s.Length {
			h.taken[s.Offset] = max(h.taken[s.Offset], r.Offset+r.Length-s.Offset)
		}
	}
}

// across tells where ranges of what stands in several runs are.
func across(ranges []Range, runs []format.Span) (out []Range) {
	at := int64(0)
	for _, s := range runs {
		for _, r := range ranges {
			from, to := max(r.Offset, at), min(r.Offset+r.Length, at+s.Length)
			if from < to {
				out = append(out, Range{s.Offset + from - at, to - from, r.Class, r.What})
			}
		}
		at += s.Length
	}
	return out
}

// contents is the length of all files together, each content once.
func contents(files []*File) (size int64) {
	for _, f := range files {
		if f != nil && f.Kind == Regular && f.HardLink == nil && f.Size > 0 && !f.blank {
			if size += f.Size; size < 0 {
				return math.MaxInt64
			}
		}
	}
	return size
}
