package yaffs_test

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// flash writes chunks one after another.
type flash struct {
	order       binary.AppendByteOrder
	page, spare int // the page without inband tags
	tagsAt      int
	parity      bool
	inband      bool
	extra       bool // tags of headers hold more
	first       bool // YAFFS1
	serial      uint32
	status      byte // of the next chunk, if it is not 0
	sequence    uint32
	bytes.Buffer
}

// The types of objects.
const (
	file = iota + 1
	symlink
	folder
	hardLink
	special
)

// object is what a header says.
type object struct {
	id, kind, parent uint32
	name             string
	mode             uint32
	size             uint64
	equivalent       uint32
	alias            string
	device           uint32
	shrink           uint32
	xattrs           []byte
}

// typeBits are the bits of a mode by the type of an object.
var typeBits = map[uint32]uint32{file: 0o100000, symlink: 0o120000, folder: 0o040000}

func (f *flash) header(o object) int {
	b := bytes.Repeat([]byte{0xff}, 512)
	put := func(at int, v uint32) { copy(b[at:], f.order.AppendUint32(nil, v)) }
	put(0, o.kind)
	put(4, o.parent)
	copy(b[10:266], append([]byte(o.name), make([]byte, 256-len(o.name))...))
	for i, v := range []uint32{o.mode | typeBits[o.kind], 1000, 100, 5, 6, 7, uint32(o.size), o.equivalent} {
		put(268+4*i, v)
	}
	copy(b[300:460], append([]byte(o.alias), make([]byte, 160-len(o.alias))...))
	put(460, o.device)
	put(492, 0xffffffff)
	if o.size>>32 > 0 {
		put(496, uint32(o.size>>32))
	}
	if f.inband {
		put(492, o.shrink)
	} else {
		put(508, o.shrink)
	}
	t := []uint32{f.sequence, o.id, 0, 0xffff}
	if f.extra {
		t = []uint32{f.sequence, o.id | o.kind<<28, 0x80000000 | o.parent | o.shrink<<30, uint32(o.size)}
	}
	return f.chunk(append(b, o.xattrs...), t)
}

// data writes a part of a file.
func (f *flash) data(id, part uint32, b []byte) int {
	return f.chunk(b, []uint32{f.sequence, id, part, uint32(len(b))})
}

// file writes a file in the root.
func (f *flash) file(id uint32, name string, content []byte) {
	f.header(object{id: id, kind: file, parent: 1, name: name, mode: 0o644, size: uint64(len(content))})
	f.content(id, content)
}

func (f *flash) content(id uint32, content []byte) {
	for part := uint32(1); len(content) > 0; part++ {
		n := min(f.page, len(content))
		f.data(id, part, content[:n])
		content = content[n:]
	}
}

func (f *flash) chunk(b []byte, tags []uint32) int {
	at := f.Len()
	f.Write(b)
	f.Write(bytes.Repeat([]byte{0xff}, f.page-len(b)))
	spare := bytes.Repeat([]byte{0xff}, f.spare)
	if f.first {
		f.firstTags(spare, tags)
		page := append(bytes.Clone(b), bytes.Repeat([]byte{0xff}, f.page-len(b))...)
		copy(spare[8:], f.halfParity(page[:256]))
		copy(spare[13:], f.halfParity(page[256:]))
		f.Write(spare)
		return at
	}
	var t []byte
	for _, w := range tags {
		t = f.order.AppendUint32(t, w)
	}
	if f.parity {
		t = append(t, f.parityOf(t)...)
	}
	copy(spare[f.tagsAt:], t)
	f.Write(spare)
	return at
}

// parityOf is written from the description of the parity by pairs of bits: which of
// the eight bits of a byte count for which column.
func (f *flash) parityOf(t []byte) []byte {
	masks := []byte{0x55, 0xaa, 0x33, 0xcc, 0x0f, 0xf0}
	columns, lines, inverse := byte(0), uint32(0), uint32(0)
	all := byte(0)
	for i, c := range t {
		all ^= c
		if bits.OnesCount8(c)%2 == 1 {
			lines ^= uint32(i)
			inverse ^= ^uint32(i)
		}
	}
	for k, m := range masks {
		columns |= byte(bits.OnesCount8(all&m)%2) << k
	}
	p := []byte{columns, 0xff, 0xff, 0xff}
	return f.order.AppendUint32(f.order.AppendUint32(p, lines), inverse)
}

// halfParity is the parity of half a page: of the lines, the bits from the highest on,
// each beside its inverse, and of the columns.
func (f *flash) halfParity(half []byte) []byte {
	p := f.parityOf(half)
	lines, inverse := f.order.(binary.ByteOrder).Uint32(p[4:]), f.order.(binary.ByteOrder).Uint32(p[8:])
	var mixed uint16
	for bit := 7; bit >= 0; bit-- {
		mixed = mixed<<2 | uint16(lines>>bit&1)<<1 | uint16(inverse>>bit&1)
	}
	return []byte{^byte(mixed), ^byte(mixed >> 8), ^p[0]<<2 | 3}
}

// firstTags writes the tags of YAFFS1 bit by bit.
func (f *flash) firstTags(spare []byte, tags []uint32) {
	var fields []bool // the bits in the order of the compiler
	put := func(n int, v uint32) {
		for k := range n {
			if f.order == binary.AppendByteOrder(big) {
				k = n - 1 - k
			}
			fields = append(fields, v>>k&1 == 1)
		}
	}
	pack := func(sum uint32) (b [8]byte) {
		fields = nil
		put(20, tags[2])
		put(2, f.serial)
		put(10, tags[3]&0x3ff)
		put(18, tags[1])
		put(12, sum)
		put(2, 3)
		for i, set := range fields {
			if f.order == binary.AppendByteOrder(big) {
				i = i&^7 | (7 - i&7)
			}
			if set {
				b[i/8] |= 1 << (i % 8)
			}
		}
		return b
	}
	sum, n := uint32(0), uint32(0)
	for _, c := range pack(0) {
		for j := byte(1); j != 0; j <<= 1 {
			if n++; c&j != 0 {
				sum ^= n
			}
		}
	}
	b := pack(sum)
	copy(spare, b[:4])
	copy(spare[6:], b[4:6])
	copy(spare[11:], b[6:])
	if f.status != 0 {
		spare[4] = f.status
		f.status = 0
	}
}

// erase leaves n chunks erased.
func (f *flash) erase(n int) { f.Write(bytes.Repeat([]byte{0xff}, n*(f.page+f.spare))) }

func (f *flash) root() {
	f.header(object{id: 1, kind: folder, parent: 1, mode: 0o755})
}
