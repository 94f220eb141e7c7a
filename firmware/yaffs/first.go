package yaffs

import (
	"cmp"
	"encoding/binary"
	"math/bits"

	"github.com/assay-iot/assay/firmware/format"
)

// The tags of YAFFS1, a structure of bit fields in eight of the sixteen spare
// bytes: part 20, serial number 2, bytes 10, object 18, checksum 12, unused 2.
const (
	firstPage, firstSpare = 512, 16
	statusAt              = 4 // of the byte that a void chunk has zeros in

	partBits, serialBits, bytesBits, objectBits, sumBits, unusedBits = 20, 2, 10, 18, 12, 2
)

// firstPlaces are the places of the tags' bytes in the spare ones; between them
// stand marks of the chunk and the block, and the parity of the content.
var firstPlaces = [8]int{0, 1, 2, 3, 6, 7, 11, 12}

// lookFirst reads the tags of the chunk at off, given its spare bytes.
func (g geometry) lookFirst(in format.Input, off int64, spare []byte) (state, tags) {
	if onlyErased(spare) {
		if onlyErased(in.Peek(off, g.page)) {
			return erased, tags{}
		}
		return foreign, tags{}
	}
	var raw [8]byte
	for i, at := range firstPlaces {
		raw[i] = spare[at]
	}
	if !g.sumHolds(raw) {
		return foreign, tags{}
	}
	t, ok := g.decodeFirst(raw)
	t.gone = bits.OnesCount8(spare[statusAt]) < 7
	if ok && (t.part > 0 || g.isHeader(in.Peek(off, headerSize))) {
		return used, t
	}
	return foreign, tags{}
}

// firstFields splits the tags. A compiler for big-endian machines lays bit fields
// out from the highest bit on.
func (g geometry) firstFields(raw [8]byte) (f [6]uint32) {
	at := 0
	for i, n := range [6]int{partBits, serialBits, bytesBits, objectBits, sumBits, unusedBits} {
		shift := at
		if g.order == binary.BigEndian {
			shift = 64 - at - n
		}
		f[i] = uint32(g.order.Uint64(raw[:]) >> shift & (1<<n - 1))
		at += n
	}
	return f
}

// decodeFirst reads the tags, if they make sense. They are those of a builder of
// images, which numbers nothing: what is newer the serial number says.
func (g geometry) decodeFirst(raw [8]byte) (t tags, ok bool) {
	f := g.firstFields(raw)
	t = tags{sequence: lowestSequence, part: f[0], serial: f[1], bytes: f[2], object: f[3]}
	return t, t.object > 0 && (t.part == 0 || t.bytes <= uint32(g.page))
}

// sumHolds compares the checksum: the numbers of all bits that are set, one after
// another, the checksum's own taken for zeros. A driver finds the one bit that is
// wrong with it. That is not done: of two wrong bits it would find a third.
func (g geometry) sumHolds(raw [8]byte) bool {
	want := g.firstFields(raw)[4]
	mask := uint64(1<<sumBits-1) << (64 - unusedBits - sumBits)
	if g.order == binary.BigEndian {
		mask = (1<<sumBits - 1) << unusedBits
	}
	g.order.PutUint64(raw[:], g.order.Uint64(raw[:])&^mask)
	sum := 0
	for i := range 64 {
		if raw[i/8]>>(i%8)&1 != 0 {
			sum ^= i + 1
		}
	}
	return uint32(sum) == want
}

// compareFirst puts the parts of an object of YAFFS1 in order, and the versions of
// a part, the newest last: there are two at most, if the power went off when one
// took the other's place.
func (g geometry) compareFirst(a, b chunk) int {
	switch {
	case !g.first || a.part == b.part && a.serial == b.serial:
		return 0
	case a.part != b.part:
		return cmp.Compare(a.part, b.part)
	case (a.serial+1)%4 == b.serial:
		return -1
	}
	return 1
}
