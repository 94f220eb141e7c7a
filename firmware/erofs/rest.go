package erofs

import (
	"bytes"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits of what is kept of the ends of clusters that belong to no content: runs, and
// bytes of all.
const (
	maxTails = 1 << 16
	maxRest  = 8 << 20
)

// tails are the runs that stand behind the data in clusters of old images, which begin
// with their data and are filled up with zeros.
type tails struct {
	mu   sync.Mutex
	runs map[int64]int64 // lengths by place
	over bool            // there are more
}

func (t *tails) add(at int64, left []byte) {
	left = bytes.TrimRight(left, "\x00")
	if len(left) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.runs == nil {
		t.runs = map[int64]int64{}
	}
	if _, known := t.runs[at]; !known && len(t.runs) == maxTails {
		t.over = true
		return
	}
	t.runs[at] = int64(len(left))
}

// Rest gives these runs. If they are too many, nobody knows which of them were kept.
func (r *reader) Rest() (rest []format.Rest) {
	t := &r.tails
	if t.over {
		return []format.Rest{{Place: format.Span{Length: r.in.Size}}}
	}
	var places []int64
	for at := range t.runs {
		places = append(places, at)
	}
	slices.Sort(places)
	size := int64(0)
	for _, at := range places {
		s := format.Rest{Place: format.Span{Offset: at, Length: t.runs[at]}}
		if size += s.Place.Length; size <= maxRest {
			s.Bytes = bytes.Clone(r.in.Peek(at, int(s.Place.Length)))
		}
		rest = append(rest, s)
	}
	return rest
}
