package firmware

import (
	"cmp"
	"encoding/binary"
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

// runs calls f for each longest run of one repeated byte.
func runs(in format.Input, from, end int64, f func(from, to int64)) error {
	buf := make([]byte, min(window, end-from))
	start, last := from, -1
	for at := from; at < end; {
		n := min(int64(len(buf)), end-at)
		if err := in.Full(buf[:n], at); err != nil {
			return err
		}
		for i := 0; i < int(n); i++ {
			c := buf[i]
			if int(c) == last {
				i += repeats(buf[i:n], c) - 1
				continue
			}
			if here := at + int64(i); here > start {
				f(start, here)
				start = here
			}
			last = int(c)
		}
		at += n
	}
	f(start, end)
	return nil
}

// repeats counts how often c stands at the start of b, at least once: in steps of
// eight bytes, because a sparse image is gigabytes of one.
func repeats(b []byte, c byte) int {
	const every = 0x0101010101010101
	n := 1
	for n+8 <= len(b) && binary.LittleEndian.Uint64(b[n:]) == uint64(c)*every {
		n += 8
	}
	return n
}
