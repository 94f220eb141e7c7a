package firmware

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"

	"github.com/assay-iot/assay/firmware/format"
)

// maxUnread is of how many runs at most that belong to a container, and say nothing
// to its reader, one file is made.
const maxUnread = 1 << 18

// unread looks into the bytes of a container that belong to it and say nothing to its
// reader (code that starts from a boot sector, fields that are reserved, inodes that
// are free), and offers what is no container as one file: it may hold what somebody
// looks for. Pieces that look encrypted are not explained.
func (o *opener) unread(p *place, k *Container, in format.Input, spans []format.Span) (ranges []Range, err error) {
	u := &unread{opener: o, p: p, k: k, in: in, kept: &joint{in: in}, short: &joint{in: in}}
	for _, s := range touching(spans, in.Size) {
		if err := u.span(s); errors.Is(err, errTooMany) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	u.ranges = append(u.ranges, u.short.unknown()...)
	if u.says > 0 {
		at := &place{
			in: format.Input{ReaderAt: u.kept, Size: u.kept.size}, parent: k, tried: p.tried, begin: p.begin + k.Offset - p.shift,
			path: u.path(), why: "says nothing to the reader of the container",
		}
		if u.says >= minTelling {
			o.rawRange(at, "bytes", Range{Length: u.kept.size})
		} else {
			o.laid(at, 0, u.kept.size, false)
		}
	}
	sortRanges(u.ranges)
	for _, r := range u.ranges {
		if !p.mapped {
			o.skip(k.Path, r.Offset, r.Length, "not recognised: "+r.What)
		}
	}
	return u.ranges, nil
}

// unread is what is gathered of the bytes of one container.
type unread struct {
	*opener
	p      *place
	k      *Container
	in     format.Input
	kept   *joint // what is offered
	short  *joint // of that, the runs that are too short to tell what they are
	says   int    // bytes that are neither zeros nor ones, as far as it matters
	looked int    // runs in which containers were looked for
	name   string
	ranges []Range
}

// path is where containers and the file are found.
func (u *unread) path() string {
	if u.name == "" {
		u.name = u.k.Path + "!" + unlike(u.k, "unread")
	}
	return u.name
}

var errTooMany = errors.New("too many runs")

// span takes one run.
func (u *unread) span(s format.Span) error {
	inside, err := u.containers(s)
	if err != nil {
		return err
	}
	u.ranges = append(u.ranges, unknownOf(inside)...)
	for _, gap := range gaps(inside, s.Offset+s.Length) {
		if gap.Offset < s.Offset {
			gap.Length -= s.Offset - gap.Offset
			gap.Offset = s.Offset
		}
		if gap.Length <= 0 {
			continue
		}
		pieces, err := split(u.in, gap)
		if err != nil {
			return err
		}
		for _, r := range pieces {
			if err := u.piece(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// piece keeps a run that is no container.
func (u *unread) piece(r Range) error {
	switch {
	case r.Class == Padding:
		return nil
	case len(u.kept.spans) == maxUnread:
		why := fmt.Sprintf("more than %d runs that say nothing to the reader of the %s", maxUnread, u.k.Type)
		u.skip(u.k.Path, r.Offset, u.in.Size-r.Offset, why+"; the rest is not looked through")
		u.ranges = append(u.ranges, Range{r.Offset, u.in.Size - r.Offset, Unexplained, why})
		return errTooMany
	}
	u.kept.add(format.Span{Offset: r.Offset, Length: r.Length})
	u.says += telling(u.in, r)
	switch {
	case r.Length >= minRaw:
		u.ranges = append(u.ranges, unknownOf(readable(u.in, r))...)
	case r.Length >= minRun:
		u.short.add(format.Span{Offset: r.Offset, Length: r.Length})
	}
	return nil
}

// containers looks for containers in a run, if it says anything and not too many were
// looked into. What it gives is in places of the container around it.
func (u *unread) containers(s format.Span) ([]Range, error) {
	if u.looked == maxUnused || telling(u.in, Range{Offset: s.Offset, Length: s.Length}) < minTelling {
		return nil, nil
	}
	u.looked++
	p := u.p
	sub := &place{
		in: u.in.Section(s.Offset, s.Length), path: u.path(), parent: u.k, shift: s.Offset, depth: p.depth + 1,
		mapped: p.mapped, tried: p.tried, begin: p.begin + u.k.Offset - p.shift + s.Offset, quiet: true,
	}
	if s.Offset == 0 {
		sub.outer = u.k.Type
	}
	f, err := u.look(sub)
	if err != nil {
		return nil, err
	}
	sortRanges(f.ranges)
	return shifted(f.ranges, s.Offset), nil
}

// touching sorts runs of so many bytes, leaves out what lies outside, and makes one of
// those that overlap or follow at once: what somebody looks for may go on in the next.
func touching(spans []format.Span, size int64) (out []format.Span) {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s format.Span) bool {
		return s.Length <= 0 || s.Offset < 0 || s.Offset > size-s.Length
	})
	slices.SortFunc(spans, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	for _, s := range spans {
		if n := len(out); n > 0 && s.Offset <= out[n-1].Offset+out[n-1].Length {
			out[n-1].Length = max(out[n-1].Length, s.Offset+s.Length-out[n-1].Offset)
			continue
		}
		out = append(out, s)
	}
	return out
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
