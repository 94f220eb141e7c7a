package firmware

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

func sortRanges(ranges []Range) {
	slices.SortFunc(ranges, func(a, b Range) int { return cmp.Compare(a.Offset, b.Offset) })
}

// gaps lists what ranges leave out of size bytes. Ranges are in order.
func gaps(ranges []Range, size int64) []Range {
	var out []Range
	at := int64(0)
	for _, r := range ranges {
		if r.Offset > at {
			out = append(out, Range{at, r.Offset - at, Unexplained, ""})
		}
		at = r.Offset + r.Length
	}
	if at < size {
		out = append(out, Range{at, size - at, Unexplained, ""})
	}
	return out
}

// split cuts a gap into padding and the rest. Where the rest is more than a few
// bytes in all, only long runs count as padding: a sparse file system of an
// unknown kind must not fall into pieces too small to be noticed.
func split(in format.Input, gap Range) ([]Range, error) {
	pieces, err := cutPadding(in, gap, minRun, minEdge)
	if err != nil || unexplained(pieces) <= minRaw {
		return pieces, err
	}
	pieces, err = cutPadding(in, gap, longRun, longRun)
	if err != nil {
		return nil, err
	}
	for _, r := range pieces {
		if r.Class == Unexplained && r.Length > minRaw {
			return pieces, nil
		}
	}
	return []Range{gap}, nil
}

func unexplained(ranges []Range) int64 {
	n := int64(0)
	for _, r := range ranges {
		if r.Class == Unexplained {
			n += r.Length
		}
	}
	return n
}

// cutPadding takes runs of least bytes for padding, and runs of edge bytes at the
// start and the end.
func cutPadding(in format.Input, gap Range, least, edge int64) ([]Range, error) {
	var out []Range
	end := gap.Offset + gap.Length
	rest := gap.Offset // start of what is not yet in out
	err := runs(in, gap.Offset, end, func(from, to int64) {
		n := to - from
		if atEdge := from == gap.Offset || to == end; n < least && (!atEdge || n < edge) && n != gap.Length {
			return
		}
		if from > rest {
			out = append(out, Range{rest, from - rest, Unexplained, ""})
		}
		out = append(out, Range{from, n, Padding, ""})
		rest = to
	})
	if err != nil {
		return nil, err
	}
	if rest < end {
		out = append(out, Range{rest, end - rest, Unexplained, ""})
	}
	return out, nil
}

// run is a run of one repeated byte.
type run struct {
	from, to int64
	c        byte
}

// runs calls f for each longest run of one repeated byte that has twice the
// length of a word, and for some shorter ones, in order.
func runs(in format.Input, from, end int64, f func(from, to int64)) error {
	var buf []byte
	var last run
	for at := from; at < end; {
		if n := min(zerosAt(in, at), end-at); n > 0 {
			if last.to != at || last.c != 0 || last.to == last.from {
				if last.to > last.from {
					f(last.from, last.to)
				}
				last = run{from: at}
			}
			at += n
			last.to = at
			continue
		}
		chunk, reuse, err := view(in, at, min(window, end-at), buf)
		if err != nil {
			return err
		}
		buf = reuse
		for i := 0; i < len(chunk); {
			if last.to != at+int64(i) || last.c != chunk[i] || last.to == last.from {
				if last.to > last.from {
					f(last.from, last.to)
				}
				i = nextRun(chunk, i)
				last = run{from: at + int64(i), c: chunk[i]}
			}
			i = runEnd(chunk, i, last.c)
			last.to = at + int64(i)
		}
		at += int64(len(chunk))
	}
	f(last.from, last.to)
	return nil
}

const word = 8

// nextRun finds where the next run begins, from i on, that fills a whole word at
// a multiple of its length, or else the one at the end.
func nextRun(b []byte, i int) int {
	k := (i + word - 1) &^ (word - 1)
	for ; k+word <= len(b); k += word {
		w := binary.LittleEndian.Uint64(b[k:])
		if w == bits.RotateLeft64(w, 8) {
			return runStart(b, i, k)
		}
	}
	return runStart(b, i, len(b)-1)
}

// runStart is where the run begins that has the byte at k, but not before i.
func runStart(b []byte, i, k int) int {
	for k > i && b[k-1] == b[k] {
		k--
	}
	return k
}

// runEnd is where the run of c that has the byte at i ends.
func runEnd(b []byte, i int, c byte) int {
	same := uint64(c) * 0x0101010101010101
	for i+word <= len(b) && binary.LittleEndian.Uint64(b[i:]) == same {
		i += word
	}
	for i < len(b) && b[i] == c {
		i++
	}
	return i
}

func shifted(ranges []Range, by int64) []Range {
	out := slices.Clone(ranges)
	for i := range out {
		out[i].Offset += by
	}
	return out
}

// merge joins neighbours that became the same.
func merge(ranges []Range) []Range {
	var out []Range
	for _, r := range ranges {
		if n := len(out); n > 0 && out[n-1].Class == r.Class && out[n-1].What == r.What {
			out[n-1].Length += r.Length
			continue
		}
		out = append(out, r)
	}
	return out
}
