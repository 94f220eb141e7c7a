package jffs2

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// maxOlder is how many older contents become files. What is beyond counts as
// unused.
const maxOlder = 4096

// takeStale takes a node of an inode that was marked as obsolete in place, if it is
// whole. Its checksum is that from before the mark.
func (v *volume) takeStale(off int64, b []byte) {
	b = bytes.Clone(b)
	v.order.PutUint16(b[2:], kindInode)
	if n, reason := v.readInode(off, b); reason == "" {
		v.stale = append(v.stale, n)
	}
}

// older adds the contents that were written, replaced by newer ones, and not erased
// yet: whoever reads the flash has them. What was written at once becomes a file.
func (t *tree) older() {
	var old []inode
	for i := 0; i < len(t.inodes); {
		nodes := t.nodesOf(t.inodes[i].ino)
		old = append(old, t.replaced(nodes)...)
		i += len(nodes)
	}
	for _, n := range t.stale {
		if !n.holds() {
			continue
		}
		if !t.copied(&n, t.nodesOf(n.ino)) {
			old = append(old, n)
		}
		t.own = append(t.own, format.Span{Offset: n.at, Length: padded(inodeSize + int64(n.csize))})
	}
	slices.SortFunc(old, func(a, b inode) int {
		return cmp.Or(cmp.Compare(a.ino, b.ino), cmp.Compare(a.version, b.version), cmp.Compare(a.at, b.at))
	})
	for len(old) > 0 {
		n := 1
		for n < len(old) && old[n].ino == old[0].ino && old[n].version == old[n-1].version+1 && int64(old[n].offset) == old[n-1].end() {
			n++
		}
		if t.olders == maxOlder || t.addOlder(old[:n]) != nil {
			t.hidden = old
			return
		}
		old = old[n:]
	}
}

// holds tells whether a node has data that says anything.
func (n *inode) holds() bool { return n.dsize > 0 && !n.bad && n.compression != comprZero }

// replaced lists the nodes of an inode of which some bytes are nowhere in the tree.
func (t *tree) replaced(nodes []inode) (old []inode) {
	if len(nodes) == 0 {
		return nil
	}
	seen := t.shown(nodes)
	for k := range nodes {
		n := &nodes[k]
		if seen == nil || !n.holds() || seen[n.at] == int64(n.dsize) {
			continue
		}
		copies := nodes[max(0, k-1):min(k+2, len(nodes))]
		if !slices.ContainsFunc(copies, func(o inode) bool { return seen[o.at] == int64(o.dsize) && t.same(n, &o) }) {
			old = append(old, *n)
		}
	}
	return old
}

// shown counts of each node of an inode the bytes that are in the tree. It gives nil
// if the file is told as damaged.
func (t *tree) shown(nodes []inode) map[int64]int64 {
	seen := map[int64]int64{}
	i, known := t.byInode[nodes[0].ino]
	if !known || i < 0 || !t.entries[i].Mode.IsRegular() {
		if n := newest(nodes); n != nil && t.said(n) {
			seen[n.at] = int64(n.dsize)
		}
		return seen
	}
	pieces, err := layout(nodes, t.entries[i].Size)
	if err != nil {
		return nil
	}
	for _, p := range pieces {
		seen[p.node.at] += p.to - p.from
	}
	return seen
}

// said tells whether the data of a node that is no regular file's is in the tree: the
// target of a link, the number of a device. That of a folder, a pipe or a socket is
// not.
func (t *tree) said(n *inode) bool {
	switch mode := t.described(n).Mode; {
	case mode&fs.ModeSymlink != 0:
		return n.dsize <= maxLink
	case mode&fs.ModeDevice != 0:
		return n.dsize <= maxDevice
	}
	return false
}

// copied tells whether one of the nodes of its inode, oldest first, is a copy of a
// node.
func (t *tree) copied(n *inode, nodes []inode) bool {
	k, _ := slices.BinarySearchFunc(nodes, n.version, func(o inode, v uint32) int { return cmp.Compare(o.version, v) })
	return k < len(nodes) && t.same(n, &nodes[k])
}

// same tells whether two nodes are copies of each other.
func (t *tree) same(a, b *inode) bool {
	return a.at != b.at && a.version == b.version && a.check == b.check && a.csize == b.csize &&
		bytes.Equal(t.in.Peek(a.at+inodeSize, int(a.csize)), t.in.Peek(b.at+inodeSize, int(b.csize)))
}

// addOlder makes a file of nodes that follow each other.
func (t *tree) addOlder(nodes []inode) error {
	name := fmt.Sprintf("%s%d@0x%x", lostFound, nodes[0].ino, nodes[0].at)
	if err := t.budget.Entry(name); err != nil {
		return err
	}
	from := nodes[0].offset
	nodes = slices.Clone(nodes)
	for k := range nodes {
		nodes[k].offset -= from
	}
	last := nodes[len(nodes)-1]
	e := t.described(&last)
	e.Name, e.Inode, e.Size = name, len(t.entries), last.end()
	e.Mode = e.Mode.Perm() // of a symlink, too, it is what was stored
	e.Offset = plain(nodes, e.Size)
	t.entries, t.nodes = append(t.entries, e), append(t.nodes, nodes)
	t.olders++
	return nil
}
