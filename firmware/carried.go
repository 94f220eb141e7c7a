package firmware

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/ordinary"
)

const (
	// minCarried is the least run of a program, or file that nobody knows, in which
	// containers are looked for.
	minCarried = 128
	// maxPeeked is how many streams that may begin in one file are unpacked a little, to
	// see whether they are any, before the file is opened in its own right.
	maxPeeked = 256
)

// unsure are the formats that programs seem to hold where they hold none: they have too
// little to be recognised by among numbers and names.
var unsure = []string{"esp-image", "esp-secure-boot-v2", "gpt", "yaffs1", "yaffs2", "jffs2-end", "nand"}

// carriers are the formats that are looked for in the midst of files.
func carriers(all []*format.Format) []*format.Format {
	return slices.DeleteFunc(slices.Clone(all), func(f *format.Format) bool { return !f.Anywhere || slices.Contains(unsure, f.Name) })
}

// carried lists the runs of a file in which containers seem to begin, each from the first
// of them on: in a program the runs that are no code, as a maker may have linked its pages
// or its files into it; in a root file system all of a file that nobody knows.
func (w *walker) carried(content []byte) (runs []Range) {
	peeked := 0
	for _, r := range w.mayCarry(content) {
		in := format.InMemory(content[r[0]:r[1]])
		if at := w.firstIn(in, &peeked); at >= 0 {
			runs = append(runs, Range{Offset: int64(r[0]) + at, Length: in.Size - at})
		}
	}
	return runs
}

func (w *walker) mayCarry(content []byte) [][2]int {
	switch {
	case isProgram(content):
		return ordinary.Data(content, minCarried)
	case w.root && len(content) > maxVendorHeader && !bytes.HasPrefix(content, []byte("#!")) && !isKnown(content):
		return [][2]int{{1, len(content)}} // behind looked at the first
	}
	return nil
}

// isProgram reports whether a file is a program of which the runs are told apart.
func isProgram(content []byte) bool { return bytes.HasPrefix(content, []byte("\x7fELF")) }

// firstIn is where the first container seems to begin; negative if none does.
func (w *walker) firstIn(in format.Input, peeked *int) int64 {
	s := w.carriers.scan(in)
	for from := int64(0); ; {
		found, err := s.next(from)
		if err != nil || len(found) == 0 {
			return -1
		}
		for _, c := range found {
			if c.format.Peek == nil || *peeked >= maxPeeked {
				return c.off
			}
			*peeked++
			if len(c.format.Peek(in.Section(c.off, in.Size-c.off))) >= minTelling {
				return c.off
			}
		}
		from = found[0].off + 1
	}
}

// lookWithin opens what is carried in runs of a file, and gives what their bytes are;
// nothing for those that belong to the file.
func (o *opener) lookWithin(whole *place, runs []Range) (ranges []Range, err error) {
	for _, r := range runs {
		sub := *whole
		sub.in, sub.shift, sub.carried = whole.in.Section(r.Offset, r.Length), whole.shift+r.Offset, true
		f, err := o.look(&sub)
		if err != nil {
			return nil, err
		}
		ranges = append(ranges, shifted(f.ranges, r.Offset)...)
	}
	sortRanges(ranges)
	return ranges, nil
}

// closeGaps notes what nobody can tell of a file that nobody knows, between what it
// carries.
func (w *walker) closeGaps(f *File, in format.Input, ranges []Range) {
	for _, g := range gaps(ranges, in.Size) {
		w.closeRest(f, in.Section(g.Offset, g.Length), g.Offset)
	}
}

// unpackedFile explains what a stream unpacked to that a program carries: it is a file of
// its own, and judged as one.
func (o *opener) unpackedFile(p *place, f *found) error {
	content, err := p.in.Bytes(0, p.in.Size)
	if err != nil {
		return err
	}
	o.rawFile(p, cmp.Or(cleanName(p.name), "content"), 0, p.in.Size)
	o.readable = true
	end := ordinary.End(content)
	closed := shifted(opaqueIn(content[end:]), int64(end))
	for _, r := range closed {
		o.skip(p.path, p.shiftIn()+r.Offset, r.Length, r.What)
	}
	f.ranges = over([]Range{{0, p.in.Size, Opened, "file"}}, closed)
	return nil
}
