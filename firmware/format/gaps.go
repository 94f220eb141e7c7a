package format

import (
	"cmp"
	"slices"
)

// WithGaps adds to the parts of a container one without a name for each run of
// its bytes that belongs neither to a part nor to what the reader itself has read
// (own): a boot loader between a partition table and the first partition is then
// looked at, and not taken for a piece of the table.
func WithGaps(length int64, parts []Part, own ...Span) []Part {
	taken := slices.Clone(own)
	for _, p := range parts {
		if p.Bytes.ReaderAt == nil {
			taken = append(taken, Span{Offset: p.Offset, Length: p.Length})
		}
	}
	slices.SortFunc(taken, func(a, b Span) int { return cmp.Compare(a.Offset, b.Offset) })
	at := int64(0)
	for _, s := range append(taken, Span{Offset: length}) {
		if end := min(s.Offset, length); end > at {
			parts = append(parts, Part{Offset: at, Length: end - at})
		}
		at = max(at, s.Offset+s.Length)
	}
	return parts
}
