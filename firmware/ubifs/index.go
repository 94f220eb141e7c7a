package ubifs

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"

	"github.com/assay-iot/assay/firmware/format"
)

// span is a range of keys, both ends in it.
type span struct{ first, last key }

// lose notes keys that the index should have, and why it has not.
func (r *reader) lose(s span, err error) {
	r.hurt(place(err), fmt.Sprintf("index: %v", err))
	r.lost = append(r.lost, s)
}

// place is where an error says that it is.
func place(err error) int64 {
	if e, ok := err.(*format.Error); ok {
		return e.Offset
	}
	return 0
}

// walker goes through the index once.
type walker struct {
	*reader
	seen map[int64]bool // index nodes, so that no loop holds it
	leaf []byte
}

// readIndex enters everything that the index refers to. What it cannot read is
// noted as lost.
func (r *reader) readIndex(m master) error {
	r.indexed = map[int64]bool{}
	w := &walker{reader: r, seen: r.indexed, leaf: make([]byte, inodeSize+blockSize)}
	root := branch{at: r.sb.at(m.RootLEB) + int64(m.RootOffset), len: m.RootSize}
	return w.node(root, -1, span{last: lastKey})
}

// node reads one index node, which must be of a level (the root may be of any),
// and all below it.
func (w *walker) node(b branch, level int, keys span) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	branches, have, err := w.branches(b, level)
	if err != nil {
		w.lose(keys, err)
		return nil
	}
	for i, b := range branches {
		if have == 0 {
			w.enterLeaf(b)
			continue
		}
		below := span{b.key, keys.last}
		if i == 0 {
			below.first = keys.first
		}
		if i+1 < len(branches) {
			below.last = branches[i+1].key
		}
		if err := w.node(b, have-1, below); err != nil {
			return err
		}
	}
	return nil
}

// plainBranch is the size of a branch without the hash that an authenticated file system
// has.
const plainBranch = 12 + keySize

// branches reads an index node. Each is read once only.
func (w *walker) branches(b branch, level int) (branches []branch, have int, err error) {
	if w.seen[b.at] {
		return nil, 0, format.Errorf(b.at, "a node is in the index twice")
	}
	w.seen[b.at] = true
	n, err := w.follow(b, indexNode, make([]byte, min(b.len, uint32(lengths[indexNode].most))))
	if err != nil {
		return nil, 0, err
	}
	count := int(binary.LittleEndian.Uint16(n.raw[24:]))
	have = int(binary.LittleEndian.Uint16(n.raw[26:]))
	if have > maxLevels || level >= 0 && have != level {
		return nil, 0, format.Errorf(b.at, "index node of level %d where one of level %d is expected", have, level)
	}
	rest := n.raw[indexSize:]
	if count == 0 || len(rest)%count != 0 || len(rest)/count < plainBranch || len(rest)/count > plainBranch+maxHash {
		return nil, 0, format.Errorf(b.at, "index node of %d branches in %d bytes", count, len(rest))
	}
	branches = make([]branch, count)
	for i := range branches {
		raw := rest[i*(len(rest)/count):]
		u := binary.LittleEndian.Uint32
		branches[i] = branch{w.sb.at(u(raw)) + int64(u(raw[4:])), u(raw[8:]), readKey(raw[12:])}
	}
	return branches, have, nil
}

// enterLeaf enters what a branch of the lowest level refers to. Data are read
// when a file is.
func (w *walker) enterLeaf(b branch) {
	kind := b.key.kind()
	if kind == dataNode {
		i := w.inode(b.key.inode)
		i.blocks = append(i.blocks, block{number: b.key.block(), len: b.len, at: b.at})
		return
	}
	if kind > xattrNode {
		w.hurt(b.at, fmt.Sprintf("index: key of unknown kind %d", kind))
		return
	}
	n, err := w.follow(b, kind, w.leaf)
	if err == nil && !w.enter(n) {
		err = format.Errorf(b.at, "node of kind %d that contradicts itself", kind)
	}
	switch {
	case err == nil:
	case kind == inodeNode:
		w.inode(b.key.inode).err = err
	default:
		w.hurt(b.at, fmt.Sprintf("a name in inode %d is lost: %v", b.key.inode, err))
	}
}

// search looks through everything from a place on for nodes of the keys that the
// index lost.
func (r *reader) search(from int64) error {
	slices.SortFunc(r.lost, func(a, b span) int { return a.first.compare(b.first) })
	merged := r.lost[:1]
	for _, s := range r.lost[1:] {
		if last := &merged[len(merged)-1]; s.first.compare(last.last) <= 0 {
			last.last = slices.MaxFunc([]key{last.last, s.last}, key.compare)
		} else {
			merged = append(merged, s)
		}
	}
	r.lost = merged
	r.hurt(from, "the index is damaged: what it lost was put together from the newest nodes that are left; files deleted earlier may be among it")
	return r.scan(from, r.in.Size, func(n node) {
		switch n.kind() {
		case inodeNode, entryNode, xattrNode:
			if r.isLost(n.key()) {
				r.enter(n)
			}
		case dataNode:
			if r.isLost(n.key()) {
				r.enterBlock(n, 0)
			}
		case truncationNode:
			if k := (key{binary.LittleEndian.Uint32(n.raw[headerSize:]), dataNode << kindShift}); r.isLost(k) {
				r.enter(n)
			}
		}
	}, nil)
}

// isLost reports whether the index lost a key.
func (r *reader) isLost(k key) bool {
	i := sort.Search(len(r.lost), func(i int) bool { return r.lost[i].last.compare(k) >= 0 })
	return i < len(r.lost) && r.lost[i].first.compare(k) <= 0
}
