package firmware

import (
	"bytes"
	"cmp"
	"errors"
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

// unsure are the formats that programs seem to hold where they hold none, as they have too
// little to be recognised by among numbers and names, and those of flash itself.
var unsure = []string{"esp-image", "esp-secure-boot-v2", "gpt", "yaffs1", "yaffs2", "jffs2-end", "nand", "littlefs", "nvs", "uf2"}

// carriers are the formats that are looked for in the midst of files.
func carriers(all []*format.Format) []*format.Format {
	return slices.DeleteFunc(slices.Clone(all), func(f *format.Format) bool { return !f.Anywhere || slices.Contains(unsure, f.Name) })
}

// carried lists the runs of a file in which containers seem to begin, each from the first
// of them on: in a program the runs that are no code, as a maker may have linked its pages
// or its files into it; in a root file system all of a file that nobody knows.
func (w *walker) carried(content []byte, unknown bool) (runs []Range) {
	peeked := 0
	for _, r := range mayCarry(content, unknown) {
		in := format.InMemory(content[r[0]:r[1]])
		if at := w.firstIn(in, &peeked); at >= 0 {
			runs = append(runs, Range{Offset: int64(r[0]) + at, Length: in.Size - at})
		}
	}
	return runs
}

func mayCarry(content []byte, unknown bool) [][2]int {
	switch {
	case isProgram(content):
		return ordinary.Data(content, minCarried)
	case unknown && len(content) > maxVendorHeader:
		return [][2]int{{maxVendorHeader, len(content)}} // behind looked at what begins before
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

// proven refuses what opened in the midst of a file and may be chance bytes all the same:
// constants that a program compares magics with, which lead to an archive without members,
// or to one that breaks off.
func proven(c candidate, got *format.Opened) error {
	_, isStream := got.Unpacked()
	switch {
	case got.Tree != nil && len(got.Tree.Entries()) == 0:
		return errHollow
	case len(got.Damage) > 0 && (isStream || c.likeness != format.Sure):
		return errors.New(got.Damage[0].Reason)
	}
	return nil
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
		pieces, err := cutPadding(in, g, minRun, minEdge)
		if err != nil {
			return // it was read before
		}
		for _, r := range pieces {
			if r.Class != Padding {
				w.closeRest(f, in.Section(r.Offset, r.Length), r.Offset)
			}
		}
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
