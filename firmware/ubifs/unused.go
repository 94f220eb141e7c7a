package ubifs

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// unused lists the runs that are neither a table nor a node that counts: empty
// space, damaged nodes, and nodes that newer ones replaced or that belong to deleted
// files, but for the contents among them that become files. Old nodes of the index
// hold keys and places only, and belong to it.
func (r *reader) unused(length int64) ([]format.Span, error) {
	own, idle := r.properties()
	own, r.unread = append(own, r.unsigned()...), idle
	var old []oldBlock
	err := r.scan(0, length, func(n node) {
		size := (int64(len(n.raw)) + alignment - 1) &^ (alignment - 1)
		switch n.kind() {
		case inodeNode, entryNode, xattrNode:
			if !r.live[n.at] {
				return
			}
		case dataNode:
			if b, is := r.hidden(n); is {
				old = append(old, b)
				return
			} else if !r.live[n.at] {
				return
			}
		case paddingNode:
			size = int64(len(n.raw)) // what it fills begins at once
		}
		r.idle(n)
		if k := len(own) - 1; k >= 0 && own[k].Offset+own[k].Length == n.at {
			own[k].Length += size
			return
		}
		own = append(own, format.Span{Offset: n.at, Length: size})
	}, nil)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(r.unread, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	return format.Gaps(length, append(own, r.older(old)...)), nil
}

// Where the fields end of nodes with room behind them, and where the hashes do of an
// authenticated file system, which begin there.
const (
	superblockFields, superblockHashes = 128, 322
	masterFields, masterHashes         = 168, 360
)

// idle notes what of a node says nothing to this reader: the room behind the fields of
// superblock and master, the orphans, nodes of an index that is not the newest, and data
// in the inode of what has none there.
func (r *reader) idle(n node) {
	from := len(n.raw)
	switch n.kind() {
	case superblockNode:
		from = superblockFields
		if r.sb.Flags&flagAuthentication != 0 {
			from = superblockHashes
		}
	case masterNode:
		from = masterFields
		if r.sb.Flags&flagAuthentication != 0 {
			from = masterHashes
		}
	case orphanNode:
		from = headerSize
	case indexNode:
		count := int(binary.LittleEndian.Uint16(n.raw[headerSize:]))
		roomy := len(n.raw) != indexSize+count*plainBranch && r.sb.Flags&flagAuthentication == 0
		if !r.indexed[n.at] || roomy {
			from = headerSize
		}
	case inodeNode:
		if !n.says() {
			from = inodeSize
		}
	}
	if from < len(n.raw) {
		r.unread = append(r.unread, format.Span{Offset: n.at + int64(from), Length: int64(len(n.raw) - from)})
	}
}

// Places in an inode's node.
const (
	modeAt  = 104
	flagsAt = 108
)

// says tells whether the data in an inode's node are read: a link's target, a device's
// number, an attribute's value.
func (n node) says() bool {
	le := binary.LittleEndian
	switch le.Uint32(n.raw[modeAt:]) & 0o170000 {
	case 0o120000, 0o060000, 0o020000:
		return true
	}
	return le.Uint32(n.raw[flagsAt:])&flagXattr != 0
}

// keepInodes notes the nodes and lengths of files that are not deleted.
func (r *reader) keepInodes() {
	for _, n := range r.inodes {
		if !n.alive() {
			continue
		}
		n.settle()
		r.live[n.at], r.sizes[n.number] = true, n.Bytes
		for _, b := range n.blocks {
			r.live[b.at] = true
		}
	}
}

// unsigned is the header that mkfs.ubifs writes behind the superblock where a
// signature would stand, and leaves otherwise empty.
func (r *reader) unsigned() []format.Span {
	const at, length = superblockSize, 64
	b := r.in.Peek(at, length)
	if r.sb.LEBSize == 0 || len(b) < length || string(b[:4]) != magic || len(bytes.Trim(b[headerSize:], "\x00")) > 0 {
		return nil
	}
	return []format.Span{{Offset: at, Length: length}}
}
