package firmware

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// lost lists the bytes of a container that were delivered and could not be read:
// the places that its reader calls damaged, and the contents of files that were
// not read, and those that nobody can tell (gone). They count as unexplained,
// though the container was opened. What has no known place becomes homeless, unless
// the reader told the places itself.
func lost(got *format.Opened, files []*File, h *homeless, gone ...Range) []Range {
	var all []Range
	add := func(off, length int64, why string) {
		off, end := max(off, 0), min(off+length, got.Length)
		if off < end {
			all = append(all, Range{off, end - off, Unexplained, why})
		}
	}
	for _, d := range got.Damage {
		why := "damaged: " + d.Reason
		if d.Opaque {
			why = "opaque: " + d.Reason
		}
		if _, is := got.Unpacked(); is {
			add(0, got.Length, why) // what came out of it may be anything
		}
		add(d.Offset, d.Length, why)
	}
	for i, f := range files {
		if f != nil && f.Kind == Regular && f.HardLink == nil && f.Err != nil {
			why := "not read: " + f.Name
			runs := stored(got.Tree, i)
			for _, s := range runs {
				add(s.Offset, s.Length, why)
			}
			if runs == nil && len(got.Damage) == 0 && f.Size > 0 {
				h.add([]Range{{0, f.Size, Unexplained, why}})
			}
		}
	}
	for _, r := range gone {
		add(r.Offset, r.Length, r.What)
	}
	return joined(all)
}

// stored is where the content of an entry stands in the container, as far as
// that is known.
func stored(tree format.Tree, i int) (runs []format.Span) {
	if e := tree.Entries()[i]; e.Offset >= 0 {
		return []format.Span{{Offset: e.Offset, Length: e.Size}}
	}
	if s, ok := tree.(format.Stored); ok {
		_ = format.Guard(func() error { runs = s.Stored(i); return nil })
	}
	return slices.DeleteFunc(runs, func(s format.Span) bool { return s.Length <= 0 })
}

// traced gives what nobody can read of a part that was put together: where it
// stands in the container.
func traced(part format.Part, ranges []Range, h *homeless) (gone []Range) {
	for _, r := range unknownOf(ranges) {
		left := r.Length
		if part.Places != nil {
			for _, s := range part.Places(r.Offset, r.Length) {
				gone = append(gone, Range{s.Offset, s.Length, Unexplained, r.What})
				left -= s.Length
			}
		}
		if left > 0 {
			h.add([]Range{{0, left, Unexplained, r.What}})
		}
	}
	return gone
}

// unknown says what bytes are of which nothing could be read; empty if something
// could be, or there is nothing.
func unknown(ranges []Range) (what string) {
	for _, r := range ranges {
		switch r.Class {
		case Opened:
			return ""
		case Unexplained:
			what = cmp.Or(what, r.What)
		}
	}
	return what
}

// unknownOf are the ranges that are not explained.
func unknownOf(ranges []Range) []Range {
	return slices.DeleteFunc(slices.Clone(ranges), func(r Range) bool { return r.Class != Unexplained })
}

// joined sorts ranges and joins those that overlap; the first one's words stay.
func joined(ranges []Range) []Range {
	slices.SortStableFunc(ranges, func(a, b Range) int { return cmp.Compare(a.Offset, b.Offset) })
	var out []Range
	for _, r := range ranges {
		if n := len(out); n > 0 && r.Offset < out[n-1].Offset+out[n-1].Length {
			out[n-1].Length = max(out[n-1].Length, r.Offset+r.Length-out[n-1].Offset)
			continue
		}
		out = append(out, r)
	}
	return out
}
