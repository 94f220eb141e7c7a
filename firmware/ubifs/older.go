package ubifs

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// maxOlder is how many older contents become files. What is beyond counts as
// unused.
const maxOlder = 4096

// oldBlock is a block of a file that newer ones replaced, that was cut off, or whose
// file was deleted.
type oldBlock struct {
	inode, number, len, size uint32
	sequence                 uint64
	at                       int64
}

func (b *oldBlock) span() format.Span {
	return format.Span{Offset: b.at, Length: (int64(b.len) + alignment - 1) &^ (alignment - 1)}
}

// encryptedAt is where a node says how many bytes it had before it was encrypted; 0
// of others.
const encryptedAt = 46

// hidden gives the block of a node of data that is not in the tree whole. What is
// encrypted nobody can read.
func (r *reader) hidden(n node) (b oldBlock, is bool) {
	le := binary.LittleEndian
	b = oldBlock{n.key().inode, n.key().block(), uint32(len(n.raw)), le.Uint32(n.raw[sizeAt:]), n.sequence(), n.at}
	if r.live[n.at] && uint64(b.number)*blockSize+uint64(b.size) <= r.sizes[b.inode] {
		return b, false
	}
	return b, b.size > 0 && b.size <= blockSize && le.Uint16(n.raw[encryptedAt:]) == 0
}

// older makes files of blocks that were written one behind another, and gives the
// places of those that it did: whoever reads the flash has them.
func (r *reader) older(old []oldBlock) (own []format.Span) {
	slices.SortFunc(old, func(a, b oldBlock) int {
		return cmp.Or(cmp.Compare(a.inode, b.inode), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.at, b.at))
	})
	files := map[uint32]int{}
	for i, n := range r.files {
		if n != nil {
			files[n.number] = i
		}
	}
	for len(old) > 0 {
		i, known := files[old[0].inode]
		if known && r.copied(r.files[i], &old[0]) {
			own, old = append(own, old[0].span()), old[1:]
			continue
		}
		n := 1
		for n < len(old) && old[n].inode == old[0].inode && old[n].number == old[n-1].number+1 && !(known && r.copied(r.files[i], &old[n])) {
			n++
		}
		e := format.Entry{Mode: 0o600}
		if known {
			e = r.entries[i]
		}
		if r.olders == maxOlder || r.addOlder(e, old[:n]) != nil {
			return own
		}
		for k := range n {
			own = append(own, old[k].span())
		}
		old = old[n:]
	}
	return own
}

// copied tells whether a block of a file is the same node: as the device tidies up
// it moves nodes as they are.
func (r *reader) copied(n *inode, b *oldBlock) bool {
	k, ok := slices.BinarySearchFunc(n.blocks, b.number, func(o block, number uint32) int { return cmp.Compare(o.number, number) })
	return ok && n.blocks[k].at != b.at && n.blocks[k].len == b.len &&
		bytes.Equal(r.in.Peek(b.at, int(b.len)), r.in.Peek(n.blocks[k].at, int(b.len)))
}

// addOlder makes a file of blocks, with what a newer version of it says.
func (r *reader) addOlder(e format.Entry, old []oldBlock) error {
	first, last := &old[0], &old[len(old)-1]
	e = format.Entry{
		Name: fmt.Sprintf("lost+found/inode-%d@0x%x", first.inode, first.at), Mode: e.Mode & fs.ModePerm,
		UID: e.UID, GID: e.GID, ModTime: e.ModTime, Size: int64(len(old)-1)*blockSize + int64(last.size),
		Inode: len(r.entries), Offset: -1,
	}
	if err := r.budget.Entry(e.Name); err != nil {
		return err
	}
	n := &inode{number: first.inode, first: first.number, at: first.at}
	for i := range old {
		n.blocks = append(n.blocks, block{number: uint32(i), len: old[i].len, at: old[i].at})
	}
	r.entries, r.files = append(r.entries, e), append(r.files, n)
	r.olders++
	return nil
}
