package jffs2

import (
	"context"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// minBlock is the least distance of cleanmarkers that is taken for the size of
	// an erase block; maxBlock is the most.
	minBlock, maxBlock = 4 << 10, maxNode
	// maxGarbage is how much between two nodes may be neither node nor erased where
	// it does not look like a node with a damaged header.
	maxGarbage = 8 << 10
	// checkEvery is how many nodes are read between two looks at the clock.
	checkEvery = 1024
	rootInode  = 1
)

// volume is what the nodes of one file system say.
type volume struct {
	flash
	names  []dirent
	inodes []inode
	stale  []inode // that were marked as obsolete
	xattrs []xattr
	xrefs  []xref
	hurts  hurts
	own    []format.Span // the nodes that count, joined
	unread []format.Span // summaries, which say again what nodes there are, and attributes that no inode has

	end     int64 // of the last node
	clean   int64 // the last cleanmarker, or -1
	phase   int64 // of the erase blocks, if size is known
	size    int64 // the least distance of two cleanmarkers, or 0
	edges   int64 // the common divisor of where nodes follow on erased bytes
	gaps    []gap // erased runs long enough to lie between two file systems
	nodes   int
	seen    map[uint32]uint32 // versions of names in the root: their checksums
	copies  int               // names in the root that are there twice: the same file system again, perhaps
	clashed int64             // the first name in the root that another version of it contradicts, or 0
}

type gap struct{ from, to int64 }

// scan reads nodes from the start of the input to the end of the file system; to
// the first name in the root that contradicts another, unless all are wanted.
func scan(ctx context.Context, in format.Input, all bool) (*volume, error) {
	v := &volume{flash: newFlash(in, order(in)), clean: -1, seen: map[uint32]uint32{}}
	for off, n := int64(0), 0; off < in.Size && (all || v.clashed == 0); n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if h, ok := v.header(off); ok {
			off = v.node(off, h)
			continue
		}
		if v.erased(off) {
			off = v.skipErased(off)
			continue
		}
		next := v.resync(off)
		if next < 0 {
			break
		}
		v.hurts.add(off, next-off, "no node")
		off = next
	}
	if v.nodes == 0 || len(v.own) == 0 {
		return nil, format.Errorf(0, "no node that is whole")
	}
	return v, nil
}

// node takes one node and says where it ends.
func (v *volume) node(off int64, h header) int64 {
	end := off + int64(h.length)
	if end > v.in.Size {
		v.hurts.add(off, v.in.Size-off, fmt.Sprintf("node of %d bytes, the input ends at 0x%x", h.length, v.in.Size))
		v.nodes, v.end = v.nodes+1, v.in.Size
		return v.in.Size
	}
	var reason string
	b := v.at(off, int(h.length))
	switch {
	case h.obsolete:
		if h.kind|accurate == kindInode && len(b) >= inodeSize {
			v.takeStale(off, b)
		}
	case h.kind == kindName:
		reason = v.takeName(off, b)
	case h.kind == kindInode:
		reason = v.takeInode(off, b)
	case h.kind == kindXattr:
		reason = v.takeXattr(off, b)
	case h.kind == kindXref:
		reason = v.takeXref(b)
	case h.kind == kindClean:
		v.cleanmarker(off)
	case h.kind == kindSummary:
		v.edge(end)
	case h.kind&incompatible == incompatible:
		reason = fmt.Sprintf("node of the unknown kind 0x%04x", h.kind)
	}
	switch {
	case reason != "":
		v.hurts.add(off, int64(h.length), reason)
	default:
		v.keep(off, h, b)
	}
	v.nodes++
	v.end = min(off+padded(int64(h.length)), v.in.Size)
	return v.end
}

func (v *volume) takeName(off int64, b []byte) string {
	if len(b) < nameSize || len(b) < nameSize+int(b[28]) || v.order.Uint32(b[32:]) != sum(b[:32]) {
		return "directory entry: checksum differs"
	}
	u := v.order.Uint32
	name := b[nameSize : nameSize+int(b[28])]
	if u(b[36:]) != sum(name) {
		return fmt.Sprintf("directory entry %q: checksum of the name differs", name)
	}
	d := dirent{at: off, parent: u(b[12:]), version: u(b[16:]), ino: u(b[20:]), kind: b[29], check: u(b[32:]) ^ u(b[36:]), name: string(name)}
	if d.parent == rootInode {
		switch check, ok := v.seen[d.version]; {
		case !ok:
		case check == d.check:
			v.copies++
		case v.clashed == 0:
			v.clashed = off
		}
		v.seen[d.version] = d.check
	}
	v.names = append(v.names, d)
	return ""
}

const badInode = "inode: checksum differs"

func (v *volume) takeInode(off int64, b []byte) string {
	if len(b) < inodeSize {
		return badInode
	}
	n, reason := v.readInode(off, b)
	if reason != badInode {
		v.inodes = append(v.inodes, n)
	}
	return reason
}

// readInode reads a node and says what is wrong with it.
func (v *volume) readInode(off int64, b []byte) (n inode, reason string) {
	u := v.order.Uint32
	n = inode{
		at: off, ino: u(b[12:]), version: u(b[16:]), check: u(b[64:]),
		offset: u(b[44:]), csize: u(b[48:]), dsize: u(b[52:]), compression: b[56],
	}
	switch {
	case u(b[64:]) != sum(b[:60]):
		reason = badInode
	case int64(n.csize) > int64(len(b)-inodeSize):
		reason = fmt.Sprintf("inode %d: data of %d bytes in a node of %d", n.ino, n.csize, len(b))
	case u(b[60:]) != sum(b[inodeSize:inodeSize+n.csize]):
		reason = fmt.Sprintf("inode %d: checksum of bytes %d to %d differs", n.ino, n.offset, n.end())
	}
	n.bad = reason != ""
	return n, reason
}

// cleanmarker learns the size of the erase blocks.
func (v *volume) cleanmarker(off int64) {
	if d := off - v.clean; v.clean >= 0 && d >= minBlock && d <= maxBlock && (v.size == 0 || d < v.size) {
		v.size = d
	}
	v.clean = off
	if v.size > 0 {
		v.phase = off % v.size
	}
}

// edge learns the same where there are no cleanmarkers: the end of an erase block
// into which no further node fitted is left erased.
func (v *volume) edge(off int64) {
	for a, b := v.edges, off; ; a, b = b, a%b {
		if b == 0 {
			v.edges = a
			return
		}
	}
}

// block gives the size of the erase blocks and where the first begins; a size of 0
// if it is not known.
func (v *volume) block() (size, phase int64) {
	switch {
	case v.size > 0:
		return v.size, v.phase
	case v.clean <= 0 && v.edges >= minBlock && v.edges <= maxBlock:
		return v.edges, 0
	}
	return 0, 0
}

// blockStart gives the start of the erase block that off lies in, or -1.
func (v *volume) blockStart(off int64) int64 {
	size, phase := v.block()
	if size == 0 {
		return -1
	}
	return off - (off-phase+size)%size
}

// skipErased passes over erased bytes.
func (v *volume) skipErased(off int64) int64 {
	next := v.afterErased(off)
	if next == off {
		return off + align // a few erased bytes before the input ends
	}
	if next-off >= minBlock {
		v.gaps = append(v.gaps, gap{off, next})
	}
	if _, ok := v.header(next); ok && next < v.in.Size {
		v.edge(next)
	}
	return next
}

// resync finds the next node after something that is none, or gives -1 if the
// file system ends here. What stands in its place must be a node with a damaged
// header, or short and between nodes of one erase block.
func (v *volume) resync(off int64) int64 {
	like := v.likeNode(off)
	start := v.blockStart(off)
	if !like && (v.end != off || start == off) {
		return -1
	}
	limit := off + maxGarbage
	if size, _ := v.block(); size > 0 {
		limit = start + size
		if !like {
			limit = min(limit, off+maxGarbage)
		}
	}
	for next := off + align; next <= min(limit, v.in.Size-headerSize); next += align {
		if _, ok := v.header(next); ok {
			return next
		}
	}
	return v.lastDamaged(off)
}

// likeNode tells whether the bytes may be a header with some bits changed.
func (v *volume) likeNode(off int64) bool {
	b := v.at(off, headerSize)
	if len(b) < headerSize {
		return false
	}
	switch v.order.Uint16(b[2:]) {
	case kindName, kindInode, kindClean, kindXattr, kindXref, kindSummary, kindPadding:
		return true
	}
	return v.order.Uint16(b) == magic
}

// lastDamaged gives the end of a damaged node after which there is only erased
// space, or -1.
func (v *volume) lastDamaged(off int64) int64 {
	b := v.at(off, headerSize)
	if !v.likeNode(off) {
		return -1
	}
	length := int64(v.order.Uint32(b[4:]))
	next := off + padded(length)
	if length < headerSize || length > maxNode || next > padded(v.in.Size) || (next < v.in.Size && !v.erased(next)) {
		return -1
	}
	v.end = min(next, v.in.Size)
	return v.end
}

// close says where the file system ends: its last erase block belongs to it if the
// rest of it is erased.
func (v *volume) close() int64 {
	size, _ := v.block()
	if size == 0 {
		return v.marked(v.end)
	}
	end := min(v.blockStart(v.end-1)+size, v.in.Size)
	if v.end < end && v.afterErased(v.end) < end {
		end = v.end
	}
	return v.marked(end)
}

// marked adds the marker of OpenWrt for the end of the file system.
func (v *volume) marked(end int64) int64 {
	if string(v.at(end, len(endMark))) == endMark {
		v.own = grown(v.own, end, int64(len(endMark)))
		end += int64(len(endMark))
	}
	return end
}
