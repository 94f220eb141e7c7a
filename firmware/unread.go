package firmware

import (
	"fmt"
	"io"
	"sort"

	"github.com/assay-iot/assay/firmware/format"
)

// maxUnread is of how many runs at most that belong to a container, and say nothing
// to its reader, one file is made.
const maxUnread = 1 << 18

// unread offers the bytes of a container that belong to it and say nothing to its
// reader (code that starts from a boot sector, fields that are reserved, inodes that
// are free) as one file: they may hold what somebody looks for. Pieces that look
// encrypted are not explained.
func (o *opener) unread(p *place, k *Container, in format.Input, spans []format.Span) (ranges []Range, err error) {
	kept, short, says := &joint{in: in}, &joint{in: in}, 0
	for _, s := range spans {
		if s.Length <= 0 || s.Offset < 0 || s.Offset > in.Size-s.Length {
			continue
		}
		pieces, err := split(in, Range{s.Offset, s.Length, Unexplained, ""})
		if err != nil {
			return nil, err
		}
		for _, r := range pieces {
			switch {
			case r.Class == Padding:
				continue
			case len(kept.spans) == maxUnread:
				why := fmt.Sprintf("more than %d runs that say nothing to the reader of the %s", maxUnread, k.Type)
				o.skip(k.Path, r.Offset, in.Size-r.Offset, why+"; the rest is not looked through")
				return append(ranges, Range{r.Offset, in.Size - r.Offset, Unexplained, why}), nil
			}
			kept.add(format.Span{Offset: r.Offset, Length: r.Length})
			says += telling(in, r)
			switch {
			case r.Length >= minRaw:
				ranges = append(ranges, unknownOf(readable(in, r))...)
			case r.Length >= minRun:
				short.add(format.Span{Offset: r.Offset, Length: r.Length})
			}
		}
	}
	ranges = append(ranges, short.unknown()...)
	if says >= minTelling {
		at := &place{
			in: format.Input{ReaderAt: kept, Size: kept.size}, parent: k,
			path: k.Path + "!" + unlike(k, "unread"), why: "says nothing to the reader of the container",
		}
		o.rawRange(at, "bytes", Range{Length: kept.size})
	}
	for _, r := range ranges {
		if !p.mapped {
			o.skip(k.Path, r.Offset, r.Length, "not recognised: "+r.What)
		}
	}
	return ranges, nil
}

// unknown are runs, each too short to tell what it is, that together look encrypted.
func (j *joint) unknown() (ranges []Range) {
	if j.size < minRaw {
		return nil
	}
	for _, r := range unknownOf(readable(format.Input{ReaderAt: j, Size: j.size}, Range{Length: j.size})) {
		for i, s := range j.spans {
			if end := j.ends[i]; end-s.Length < r.Offset+r.Length && end > r.Offset {
				ranges = append(ranges, Range{s.Offset, s.Length, Unexplained, r.What})
			}
		}
	}
	return joined(ranges)
}

// minTelling is how many bytes at least, other than zeros and ones, must be there: the
// shortest private key has some more.
const minTelling = 40

// telling counts the bytes of a run that are neither zeros nor ones, as far as it
// matters.
func telling(in format.Input, r Range) (n int) {
	const step = 4 << 10
	for at := r.Offset; at < r.Offset+r.Length && n < minTelling; at += step {
		for _, c := range in.Peek(at, int(min(step, r.Offset+r.Length-at))) {
			if c != 0 && c != 0xff {
				n++
			}
		}
	}
	return n
}

// joint is runs of an input as one.
type joint struct {
	in    format.Input
	spans []format.Span
	ends  []int64 // of the spans, in the joint
	size  int64
}

func (j *joint) add(s format.Span) {
	j.size += s.Length
	j.spans, j.ends = append(j.spans, s), append(j.ends, j.size)
}

// ReadAt reads across runs.
func (j *joint) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, io.EOF
	}
	for i := sort.Search(len(j.ends), func(i int) bool { return j.ends[i] > off }); n < len(b) && i < len(j.spans); i++ {
		s := j.spans[i]
		within := off + int64(n) - (j.ends[i] - s.Length)
		step := b[n:][:min(int64(len(b)-n), s.Length-within)]
		if err := j.in.Full(step, s.Offset+within); err != nil {
			return n, err
		}
		n += len(step)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
