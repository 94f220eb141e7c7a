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

// Where the parity of each half of a page stands, in the spare bytes. Marks of the chunk
// and the block stand in front of the tags' last bytes.
const (
	halfPage, halfParity = firstPage / 2, 3
	marksAt, marks       = 4, 2
	badBlock             = 'Y'
)

var parityPlaces = [2]int{8, 13}

// firstIdle are the spare bytes of a chunk at a place that are neither tags nor what a
// driver writes beside them: marks, and the parity of the content.
func firstIdle(chunk []byte, at int64) (idle []format.Span) {
	if len(chunk) < firstPage+firstSpare {
		return nil
	}
	spare := chunk[firstPage:]
	for i, c := range spare[marksAt:][:marks] {
		if c != 0xff && c != 0 && c != badBlock && bits.OnesCount8(c) < 7 {
			idle = append(idle, format.Span{Offset: at + firstPage + marksAt + int64(i), Length: 1})
		}
	}
	for half, from := range parityPlaces {
		have, want := [halfParity]byte(spare[from:]), halfParityOf(chunk[half*halfPage:][:halfPage])
		swapped := [halfParity]byte{want[1], want[0], want[2]}
		if have != want && have != swapped && !onlyErased(have[:]) && have != [halfParity]byte{} {
			idle = append(idle, format.Span{Offset: at + firstPage + int64(from), Length: halfParity})
		}
	}
	return idle
}

// halfParityOf is the parity of half a page, as SmartMedia cards have it: of the numbers
// of the bytes with an odd number of bits, bit by bit beside that of their inverse, and
// of the columns, all inverted. Some drivers swap the first two bytes.
func halfParityOf(b []byte) [halfParity]byte {
	columns, lines, inverse := parityOf(b)
	mixed := uint16(0)
	for bit := range 8 {
		mixed |= uint16(lines>>bit&1)<<(2*bit+1) | uint16(inverse>>bit&1)<<(2*bit)
	}
	return [...]byte{^byte(mixed), ^byte(mixed >> 8), ^(columns << 2)}
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
