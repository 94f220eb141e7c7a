package squashfs

import "math"

// offsetOf is a place that the file names, as an offset. One beyond what any file
// has is the largest that there is, so that it is outside and never negative.
func offsetOf(place uint64) int64 { return int64(min(place, math.MaxInt64)) }
