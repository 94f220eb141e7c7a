package ext

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// fieldsEnd is where the fields of an inode end that are known, however large it says
// that they are.
const fieldsEnd = 0xa0

// room notes bytes that stand between what is read, where there are any.
func (r *reader) room(b []byte, at int64) {
	if len(bytes.Trim(b, "\x00")) > 0 {
		r.unreadRun(at, int64(len(b)))
	}
}

// rooms notes what of a block that holds attributes, or of an inode, none of them uses.
func (r *reader) rooms(b []byte, at int64, used []format.Span) {
	for _, g := range format.Gaps(int64(len(b)), used) {
		r.room(b[g.Offset:][:g.Length], at+g.Offset)
	}
}

// inodeRoom notes what of an inode is not read: the rest of the place of its block
// pointers, and what stands behind its fields beside its attributes.
func (r *reader) inodeRoom(n *inode) {
	used := r.pointersUsed(n)
	r.room(n.Block[min(used, len(n.Block)):], n.at+blockAt+int64(used))
	if len(n.body) <= oldInodeSize {
		return
	}
	fields := min(oldInodeSize+n.extra(), len(n.body))
	taken := []format.Span{{Length: int64(min(fields, fieldsEnd))}}
	if fields+4 <= len(n.body) && binary.LittleEndian.Uint32(n.body[fields:]) == attributeMagic {
		taken = append(taken, format.Span{Offset: int64(fields), Length: 4})
		for _, s := range recordsUsed(n.body[fields+4:], 0) {
			taken = append(taken, format.Span{Offset: s.Offset + int64(fields) + 4, Length: s.Length})
		}
	}
	r.rooms(n.body, n.at, taken)
}

// pointersUsed is how many bytes are read in the place of the block pointers.
func (r *reader) pointersUsed(n *inode) int {
	size := n.size(&r.sb)
	switch kind := n.kind(); {
	case n.Flags&flagInline != 0:
		if kind == typeDir {
			return len(n.Block)
		}
		return int(min(size, uint64(len(n.Block))))
	case kind == typeBlock || kind == typeChar:
		return 8
	case kind == typeSymlink && size < uint64(len(n.Block)):
		return int(size)
	case kind != typeFile && kind != typeDir && kind != typeSymlink:
		return 0
	case n.Flags&flagExtents != 0:
		return min(int(binary.LittleEndian.Uint16(n.Block[2:]))+1, len(n.Block)/extentSize) * extentSize
	}
	if blocks := (size + uint64(r.sb.blockSize) - 1) / uint64(r.sb.blockSize); blocks <= directBlocks {
		return int(blocks) * 4
	}
	return len(n.Block)
}

// recordsUsed are the runs of an area that attributes use, and the end behind them.
func recordsUsed(area []byte, first int) (used []format.Span) {
	last := int64(first)
	_ = records(area, first, 0, func(a attribute) error { // an error stands with the file
		last = a.at + attributeRecord + int64(len(a.name)+3)&^3
		used = append(used, format.Span{Offset: a.at, Length: last - a.at})
		if a.inode == 0 && a.size > 0 {
			from := int64(binary.LittleEndian.Uint16(area[a.at+2:]))
			used = append(used, format.Span{Offset: from, Length: (int64(a.size) + 3) &^ 3})
		}
		return nil
	})
	return append(used, format.Span{Offset: last, Length: 4})
}

// idleBitmaps notes the bitmaps that do not say which blocks and inodes are in use, but
// something else. In those of a tool or a device a few bytes differ: blocks that were
// reserved, inodes that are open.
func (r *reader) idleBitmaps() {
	slices.SortFunc(r.bitmaps, func(a, b bitmap) int { return cmp.Compare(a.at, b.at) })
	for _, m := range r.bitmaps {
		have := r.in.Peek(m.at, int(m.bits/8))
		want := make([]byte, len(have))
		for i := range int64(len(want)) * 8 {
			if m.used(i) {
				want[i/8] |= 1 << (i % 8)
			}
		}
		if differ(have, want) > maxDiffer {
			r.unreadRun(m.at, int64(len(have)))
		}
	}
}

// bitmap is a bitmap of a group.
type bitmap struct {
	at, bits int64
	used     func(i int64) bool // what a bit should say
}

// noteBitmaps notes the bitmaps of a group, to be looked at when all is known that is in
// use.
func (r *reader) noteBitmaps(group uint64, blocks, inodes int64) {
	sb, o := &r.sb, r.owned
	first := int64(sb.groupAt(group))
	if blocks > 0 && blocks < o.blocks && sb.ROCompat&bigAllocation == 0 {
		r.bitmaps = append(r.bitmaps, bitmap{blocks * sb.blockSize, int64(sb.BlocksPerGroup), func(i int64) bool {
			b := first + i
			return b >= o.blocks || o.bits[b/64]>>(b%64)&1 != 0
		}})
	}
	number := uint32(group)*sb.InodesPerGroup + 1
	if inodes > 0 && inodes < o.blocks {
		r.bitmaps = append(r.bitmaps, bitmap{inodes * sb.blockSize, int64(sb.InodesPerGroup), func(i int64) bool {
			n := number + uint32(i)
			_, value := r.values[n]
			return n < max(sb.FirstInode, oldFirstInode) || value || r.listed(n)
		}})
	}
}

// oldFirstInode is the first inode that is not the system's in revision 0.
const oldFirstInode = 11
