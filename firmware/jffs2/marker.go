package jffs2

import (
	"bytes"
	"context"

	"github.com/assay-iot/assay/firmware/format"
)

// endMark tells OpenWrt that everything behind it is free for a JFFS2. It stands
// at the first boundary of an erase block behind a root file system; an image for
// several sizes of blocks has several.
const endMark = "\xde\xad\xc0\xde"

// leastErased is how many erased bytes must follow a marker that does not end the
// input.
const leastErased = 16

// EndMarker is OpenWrt's mark for the end of what an image delivers, with further
// ones that follow after erased bytes.
var EndMarker = &format.Format{
	Name:     "jffs2-end",
	Magics:   []format.Magic{{Bytes: endMark}},
	Anywhere: true,
	Probe:    probeMarker,
	Open:     openMarker,
}

func probeMarker(in format.Input) format.Likeness {
	head := in.Head(len(endMark) + leastErased)
	if len(head) < len(endMark) || string(head[:len(endMark)]) != endMark || len(bytes.TrimLeft(head[len(endMark):], "\xff")) > 0 {
		return format.No
	}
	return format.Likely
}

func openMarker(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	f := newFlash(in, order(in))
	end := int64(len(endMark))
	for next := f.afterErased(end); ctx.Err() == nil && string(f.at(next, len(endMark))) == endMark; next = f.afterErased(end) {
		end = next + int64(len(endMark))
	}
	return &format.Opened{Length: end}, ctx.Err()
}
