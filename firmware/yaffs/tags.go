package yaffs

import (
	"encoding/binary"
	"math/bits"

	"github.com/assay-iot/assay/firmware/format"
)

// The tags of a chunk, four words: sequence number of the block, object, part of the
// object, bytes. Twelve bytes of parity may follow.
const (
	tagsSize   = 16
	paritySize = 12
)

// Sequence numbers of blocks, and the one that marks a checkpoint.
const (
	lowestSequence  = 0x1000
	highestSequence = 0xefffff00
	checkpoint      = 0x21
)

// The tags of a header may hold more than an object and the part 0: the parent in
// the part with flags above it, and the type above the object.
const (
	extraHeader = 0x80000000
	extraFlags  = 0xf0000000
	maxObject   = 0x0fffff
	maxPart     = 0x0fffff
)

// geometry is how chunks lie on the flash.
type geometry struct {
	order       binary.ByteOrder
	page, spare int
	tagsAt      int // in the spare bytes
	parity      bool
	inband      bool // the spare bytes are the end of the page
	first       bool // YAFFS1
}

func (g geometry) stride() int64 { return int64(g.page + g.spare) }

// tags say what a chunk holds: part 0 is the header of the object.
type tags struct {
	sequence, object, part, bytes uint32

	serial uint32 // in YAFFS1: counts up with each new version of a chunk, modulo 4
	gone   bool   // in YAFFS1: another chunk took its place
}

// builtRoot tells whether this is the first chunk of an image from a builder.
func (t tags) builtRoot() bool {
	return t.sequence == lowestSequence && t.object == rootObject && t.part == 0
}

// state is what there is in a chunk.
type state uint8

const (
	foreign state = iota // nothing of this file system
	erased
	used
)

// look reads the tags of the chunk at off.
func (g geometry) look(in format.Input, off int64) (state, tags) {
	raw := in.Peek(off+int64(g.page), g.spare)
	if len(raw) < g.spare {
		return foreign, tags{}
	}
	if g.first {
		return g.lookFirst(in, off, raw)
	}
	raw = raw[g.tagsAt:]
	t, ok := g.decode(raw)
	if !ok && onlyErased(raw[:tagsSize]) {
		if onlyErased(in.Peek(off, g.page+g.spare)) {
			return erased, tags{}
		}
		return foreign, tags{}
	}
	if g.parity && !g.parityHolds(raw) {
		t, ok = g.corrected(raw)
	}
	if ok && (t.part > 0 || t.sequence == checkpoint || g.isHeader(in.Peek(off, headerSize))) {
		return used, t
	}
	return foreign, tags{}
}

// decode reads the tags, if they make sense.
func (g geometry) decode(b []byte) (t tags, ok bool) {
	u := g.order.Uint32
	t = tags{sequence: u(b), object: u(b[4:]), part: u(b[8:]), bytes: u(b[12:])}
	if t.sequence == checkpoint {
		return t, t.bytes <= uint32(g.page)
	}
	if t.sequence < lowestSequence || t.sequence >= highestSequence {
		return t, false
	}
	if t.part&extraHeader != 0 {
		t.part, t.object = 0, t.object&^extraFlags
	}
	return t, t.object > 0 && t.object <= maxObject && t.part <= maxPart && (t.part == 0 || t.bytes <= uint32(g.page))
}

// parityOf is the parity of bytes: of their columns, and of the numbers of the bytes
// with an odd number of bits.
func parityOf(b []byte) (columns byte, lines uint32, inverse uint32) {
	ofBit := [8]byte{0x55, 0x59, 0x65, 0x69, 0x95, 0x99, 0xa5, 0xa9}
	for i, c := range b {
		for k := range 8 {
			if c>>k&1 != 0 {
				columns ^= ofBit[k]
			}
		}
		if bits.OnesCount8(c)&1 != 0 {
			lines ^= uint32(i)
			inverse ^= ^uint32(i)
		}
	}
	return columns >> 2 & 0x3f, lines, inverse
}

// parityHolds compares the parity behind the tags.
func (g geometry) parityHolds(b []byte) bool {
	if len(b) < tagsSize+paritySize {
		return false
	}
	columns, lines, inverse := parityOf(b[:tagsSize])
	p := b[tagsSize:]
	return p[0] == columns && g.order.Uint32(p[4:]) == lines && g.order.Uint32(p[8:]) == inverse
}

// corrected finds the one bit of the tags or of their parity that is wrong.
func (g geometry) corrected(b []byte) (t tags, ok bool) {
	raw := [tagsSize + paritySize]byte(b)
	for i := range len(raw) * 8 {
		raw[i/8] ^= 1 << (i % 8)
		if g.parityHolds(raw[:]) {
			return g.decode(raw[:])
		}
		raw[i/8] ^= 1 << (i % 8)
	}
	return t, false
}

func onlyErased(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.NativeEndian.Uint64(b) != ^uint64(0) {
			return false
		}
	}
	for _, c := range b {
		if c != 0xff {
			return false
		}
	}
	return true
}
