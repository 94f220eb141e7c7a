package firmware

import (
	"cmp"
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

// split cuts a gap into padding and the rest.
func split(in format.Input, gap Range) ([]Range, error) {
	var out []Range
	end := gap.Offset + gap.Length
	rest := gap.Offset // start of what is not yet in out
	add := func(from, to int64) {
		if from > rest {
			out = append(out, Range{rest, from - rest, Unexplained, ""})
		}
		out = append(out, Range{from, to - from, Padding, ""})
		rest = to
	}
	err := runs(in, gap.Offset, end, func(from, to int64) {
		n := to - from
		atEdge := from == gap.Offset || to == end
		if n >= minRun || (atEdge && n >= minEdge) || n == gap.Length {
			add(from, to)
		}
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
		for i, c := range buf[:n] {
			if int(c) != last {
				if here := at + int64(i); here > start {
					f(start, here)
					start = here
				}
				last = int(c)
			}
		}
		at += n
	}
	f(start, end)
	return nil
}
