package squashfs

import (
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// lostFound is where inodes stand that no directory has.
const lostFound = "lost+found/inode-"

// place is a place in the metadata blocks of a table, which follow each other.
type place struct {
	block int // in the list of them
	off   int64
}

// chain reads the metadata blocks from a place on that follow each other, up to
// another place, or to one that is none.
func (r *reader) chain(from, to int64) (at []int64) {
	for from < to && r.ctx.Err() == nil {
		b, err := r.meta.block(from)
		if err != nil {
			break
		}
		at = append(at, from)
		from = b.next
	}
	return at
}

// gaps are the runs of some metadata blocks that nobody read, each from a place to one.
func (r *reader) gaps(blocks []int64) (gaps [][2]place) {
	for i, at := range blocks {
		b := r.meta.blocks[at]
		for _, g := range format.Gaps(int64(len(b.data)), b.used) {
			from, to := place{i, g.Offset}, place{i, g.Offset + g.Length}
			if n := len(gaps) - 1; n >= 0 && g.Offset == 0 && gaps[n][1] == (place{i - 1, int64(len(r.meta.blocks[blocks[i-1]].data))}) {
				gaps[n][1] = to
				continue
			}
			gaps = append(gaps, [2]place{from, to})
		}
	}
	return gaps
}

// lost adds the inodes that no directory has: what the file system was packed with, and
// who reads it has.
func (r *reader) lost(first map[uint64]int) error {
	blocks := r.chain(int64(r.sb.InodeTable), int64(r.sb.DirTable))
	var folders, others []uint64
	for _, g := range r.gaps(blocks) {
		f, o := r.inodesIn(blocks, g)
		folders, others = append(folders, f...), append(others, o...)
	}
	for i := len(folders) - 1; i >= 0; i-- { // a folder stands behind what is in it
		if err := r.addLost(folders[i], first); err != nil {
			return err
		}
	}
	for _, ref := range others {
		if err := r.addLost(ref, first); err != nil {
			return err
		}
	}
	return nil
}

// inodesIn are the references of the inodes that fill a gap, if all of it is such.
func (r *reader) inodesIn(blocks []int64, gap [2]place) (folders, others []uint64) {
	r.meta.quiet = true
	defer func() { r.meta.quiet = false }()
	long, here := r.long, 0
	defer func() { r.long = long }()
	numbers := make(map[int64]int, len(blocks))
	for i, at := range blocks {
		numbers[at] = i
	}
	for at := gap[0]; at != gap[1]; {
		b := r.meta.blocks[blocks[at.block]]
		if at.off == int64(len(b.data)) && at.block+1 < len(blocks) {
			at = place{at.block + 1, 0}
			continue
		}
		c := &cursor{m: &r.meta, block: blocks[at.block], off: int(at.off)}
		n, err := r.inodeAt(c)
		if err != nil || n.entry.Err != nil || !r.sound(n) {
			return nil, nil
		}
		next := place{numbers[c.block], int64(c.off)}
		if next.block > gap[1].block || next.block == gap[1].block && next.off > gap[1].off {
			return nil, nil
		}
		ref := uint64(blocks[at.block]-int64(r.sb.InodeTable))<<16 | uint64(at.off)
		if n.kind == typeDir {
			folders = append(folders, ref)
		} else {
			others = append(others, ref)
		}
		if at, here = next, here+1; here > maxLost {
			return nil, nil
		}
	}
	return folders, others
}

// maxLost is how many inodes without a name become files.
const maxLost = 1 << 16

// sound reports whether what an inode refers to is there.
func (r *reader) sound(n *inode) bool {
	if n.kind != typeFile {
		return true
	}
	end := n.file.start
	for _, word := range n.file.blocks {
		end += uint64(word &^ uncompressed)
	}
	return end <= r.sb.Bytes && (n.file.fragment == noFragment || int64(n.file.fragment) < int64(len(r.fragments)))
}

// addLost adds an inode, and, if it is a directory, all that is below it.
func (r *reader) addLost(ref uint64, first map[uint64]int) error {
	if _, known := first[ref]; known {
		return nil // in a folder that has no name either
	}
	r.unlinked++
	name := fmt.Sprintf("%s0x%x", lostFound, ref)
	sub, err := r.add(pending{}, name, ref, first)
	if err != nil || !sub {
		return err
	}
	return r.walkFrom([]pending{{ref, name + "/", 1}}, first)
}
