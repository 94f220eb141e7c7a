package firmware

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// maxUnused is into how many runs of a container that nothing in it refers to,
	// and that are no padding, is looked; what follows counts as unexplained.
	maxUnused = 4096
	// maxPaddings is into about how many runs of padding a container is cut:
	// shorter ones stay with it.
	maxPaddings = 1024
)

// unused looks into the runs of a tree's container that nothing in it refers to,
// as into other bytes that belong to nobody: free blocks, what stands behind the
// end of a file, gaps between the members of an archive. What is no padding was
// left from before, or hidden.
func (o *opener) unused(p *place, k *Container, in format.Input, spans []format.Span) (ranges []Range, err error) {
	at := place{
		parent: k, depth: p.depth + 1, mapped: p.mapped, tried: p.tried,
		why: fmt.Sprintf("nothing in the %s refers to it, left from before or hidden: ", k.Type),
	}
	looked, least := 0, max(longRun, in.Size/maxPaddings)
	for _, s := range touching(spans, in.Size) {
		pieces, err := split(in, Range{s.Offset, s.Length, Unexplained, ""})
		if err != nil {
			return nil, err
		}
		if len(pieces) > 1 || pieces[0].Class != Padding {
			if looked++; looked == 1 {
				at.path = k.Path + "!" + unlike(k, "unused")
			} else if looked > maxUnused {
				why := fmt.Sprintf("more than %d runs that nothing in the %s refers to", maxUnused, k.Type)
				o.skip(k.Path, s.Offset, in.Size-s.Offset, why+"; the rest is not looked through")
				return append(ranges, Range{s.Offset, in.Size - s.Offset, Unexplained, why}), nil
			}
			at.in, at.shift, at.begin = in.Section(s.Offset, s.Length), s.Offset, p.begin+k.Offset-p.shift+s.Offset
			f, err := o.look(&at)
			if err != nil {
				return nil, err
			}
			pieces = shifted(f.ranges, s.Offset)
		}
		for _, r := range pieces {
			if r.Class != Padding || r.Length >= least {
				ranges = append(ranges, r)
			}
		}
	}
	return ranges, nil
}

// unlike gives a name with which no file of a container begins.
func unlike(k *Container, name string) string {
	for taken := true; taken; {
		taken = false
		for file := range k.files {
			taken = taken || strings.HasPrefix(file, name)
		}
		if taken {
			name += "@"
		}
	}
	return name
}

// over puts ranges in the place of what counts as opened. Both are in order.
func over(ranges, with []Range) []Range {
	if len(with) == 0 {
		return ranges
	}
	var out []Range
	for _, r := range ranges {
		if r.Class != Opened {
			out = append(out, r)
			continue
		}
		at, end := r.Offset, r.Offset+r.Length
		for len(with) > 0 && with[0].Offset < end {
			w := with[0]
			from, to := max(w.Offset, at), min(w.Offset+w.Length, end)
			if from < to {
				if from > at {
					out = append(out, Range{at, from - at, Opened, r.What})
				}
				out = append(out, Range{from, to - from, w.Class, w.What})
				at = to
			}
			if w.Offset+w.Length > end {
				break
			}
			with = with[1:]
		}
		if at < end {
			out = append(out, Range{at, end - at, Opened, r.What})
		}
	}
	return out
}
