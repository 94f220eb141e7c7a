package jffs2

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// Every node begins with a header: magic, kind, length, checksum.
const (
	magic      = 0x1985
	headerSize = 12
	align      = 4
	// maxNode is the longest node that is believed: none is longer than the
	// erase block it lies in, and those have at most 4 MiB.
	maxNode = 4 << 20
)

// The kinds of nodes. Bit 13 is cleared in place when a node becomes obsolete.
// The two highest bits say what a reader does that does not know the kind.
const (
	accurate     = 0x2000
	incompatible = 0xc000

	kindName    = 0xe001
	kindInode   = 0xe002
	kindClean   = 0x2003 // begins an erase block that was erased fully
	kindPadding = 0x2004
	kindSummary = 0x2006 // ends an erase block with a list of its nodes
	kindXattr   = 0xe008
	kindXref    = 0xe009
)

// The sizes of the nodes before their names and data.
const (
	nameSize  = 40
	inodeSize = 68
	xattrSize = 32
	xrefSize  = 28
)

type header struct {
	kind     uint16
	length   uint32
	obsolete bool
}

// dirent is a name in a folder. An inode of 0 deletes the name.
type dirent struct {
	at                          int64
	parent, ino, version, check uint32
	kind                        uint8 // as d_type of readdir
	name                        string
}

// inode is a node with an inode's fields, and data for a run of its content.
type inode struct {
	at                   int64
	ino, version, check  uint32
	offset, csize, dsize uint32
	compression          uint8
	bad                  bool // the data's checksum differs
}

func (n *inode) end() int64 { return int64(n.offset) + int64(n.dsize) }

// sum is the checksum of JFFS2: the reflected CRC-32 from zero, not inverted.
func sum(b []byte) uint32 { return ^crc32.Update(0xffffffff, crc32.IEEETable, b) }

func padded(n int64) int64 { return (n + align - 1) &^ (align - 1) }

// flash reads an input piece by piece, forwards for the most part.
type flash struct {
	in    format.Input
	order binary.ByteOrder
	base  int64
	chunk []byte // of the input at base, unless the input is in memory
}

const readAhead = 256 << 10

func newFlash(in format.Input, order binary.ByteOrder) flash { return flash{in: in, order: order} }

// at gives n bytes from off, fewer where the input ends.
func (f *flash) at(off int64, n int) []byte {
	if _, ok := f.in.ReaderAt.(format.Memory); ok {
		return f.in.Peek(off, n)
	}
	if off < f.base || off+int64(n) > f.base+int64(len(f.chunk)) {
		f.base, f.chunk = off, f.in.Peek(off, max(n, readAhead))
	}
	from := int(off - f.base)
	return f.chunk[min(from, len(f.chunk)):min(from+n, len(f.chunk))]
}

// header reads the header of a node, and whether there is one.
func (f *flash) header(off int64) (header, bool) {
	b := f.at(off, headerSize)
	if len(b) < headerSize || f.order.Uint16(b) != magic {
		return header{}, false
	}
	h := header{kind: f.order.Uint16(b[2:]), length: f.order.Uint32(b[4:])}
	whole := [8]byte(b)
	if h.kind&accurate == 0 {
		h.obsolete = true
		f.order.PutUint16(whole[2:], h.kind|accurate)
	}
	return h, h.length >= headerSize && h.length <= maxNode && f.order.Uint32(b[8:]) == sum(whole[:])
}

// erased tells whether four bytes are as the eraser leaves them.
func (f *flash) erased(off int64) bool {
	b := f.at(off, align)
	for _, c := range b {
		if c != 0xff {
			return false
		}
	}
	return len(b) > 0
}

// afterErased gives the end of a run of erased bytes, in whole words.
func (f *flash) afterErased(off int64) int64 {
	const step = 4 << 10
	for off < f.in.Size {
		b := f.at(off, step)
		i := 0
		for i+8 <= len(b) && binary.NativeEndian.Uint64(b[i:]) == ^uint64(0) {
			i += 8
		}
		for i < len(b) && b[i] == 0xff {
			i++
		}
		if i < len(b) {
			return off + int64(i)&^(align-1)
		}
		if len(b) == 0 {
			break
		}
		off += int64(len(b))
	}
	return f.in.Size
}
