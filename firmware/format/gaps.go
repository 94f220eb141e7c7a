package format

import "slices"

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
	for _, g := range Gaps(length, taken) {
		parts = append(parts, Part{Offset: g.Offset, Length: g.Length})
	}
	return parts
}
