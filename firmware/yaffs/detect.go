package yaffs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// sizes are the pages and spare bytes of NAND flash.
var sizes = []struct{ page, spare int }{
	{2048, 64}, {4096, 128}, {512, 16}, {8192, 256}, {1024, 32}, {2048, 128}, {4096, 224}, {4096, 256},
}

const (
	// sample is how many chunks a geometry is tried on.
	sample = 24
	// patience is how many chunks of contents a dump may begin with, until the
	// header of their file follows.
	patience = 64
	// enough is how many chunks must make sense if their tags have no parity and
	// nothing else speaks for them.
	enough = 8
)

// detect finds the geometry in which the first chunks make sense.
func detect(in format.Input) (best geometry, ok bool) {
	most := 0
	try := func(g geometry) {
		g, n := g.sensible(in)
		if n > most {
			best, most = g, n
		}
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, s := range sizes {
			for at := 0; at <= s.spare-tagsSize; at += 2 {
				try(geometry{order: order, page: s.page, spare: s.spare, tagsAt: at})
			}
			if s.page > headerSize {
				try(geometry{order: order, page: s.page - tagsSize, spare: tagsSize, inband: true})
			}
		}
	}
	return best, most > 0
}

// detectFirst finds the byte order of a YAFFS1. Every tag has a checksum.
func detectFirst(in format.Input) (geometry, bool) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		g := geometry{order: order, page: firstPage, spare: firstSpare, first: true}
		if g, n := g.sensible(in); n > 0 {
			return g, true
		}
	}
	return geometry{}, false
}

// sensible counts the first chunks that make sense, 0 if they are too few to tell,
// and sees whether their tags have a parity.
func (g geometry) sensible(in format.Input) (geometry, int) {
	n, headers, guarded := 0, 0, 0
	off := int64(0)
	for steps := 0; (n < sample || headers == 0) && steps < patience; off += g.stride() {
		steps++
		state, t := g.look(in, off)
		if state == erased && headers == 0 && n > 0 {
			continue
		}
		if state != used {
			break
		}
		n++
		if t.part == 0 && t.sequence != checkpoint {
			headers++
		}
		if g.first || g.parityHolds(in.Peek(off+int64(g.page+g.tagsAt), min(tagsSize+paritySize, g.spare-g.tagsAt))) {
			guarded++
		}
	}
	g.parity = guarded > n/2
	next, _ := g.look(in, off)
	switch {
	case headers == 0: // the tags of chance bytes never hold together with a header
	case n >= enough, g.parity, n > 1, off == in.Size, next == erased:
		return g, n + guarded
	}
	return g, 0
}
