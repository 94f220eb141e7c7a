package ubifs

import (
	"bytes"

	"github.com/assay-iot/assay/firmware/format"
)

// unused lists the runs that are neither a table nor a node that counts: empty
// space, damaged nodes, and nodes that newer ones replaced or that belong to deleted
// files, but for the contents among them that become files. Old nodes of the index
// hold keys and places only, and belong to it.
func (r *reader) unused(length int64) ([]format.Span, error) {
	own := append(r.propertyTree(), r.unsigned()...)
	var old []oldBlock
	err := r.scan(0, length, func(n node) {
		size := int64(len(n.raw))
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
		}
		if k := len(own) - 1; k >= 0 && own[k].Offset+own[k].Length == n.at {
			own[k].Length += (size + alignment - 1) &^ (alignment - 1)
			return
		}
		own = append(own, format.Span{Offset: n.at, Length: (size + alignment - 1) &^ (alignment - 1)})
	}, nil)
	if err != nil {
		return nil, err
	}
	return format.Gaps(length, append(own, r.older(old)...)), nil
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

// minErased is from how many erased bytes on a part of the tree of the eraseblocks'
// properties ends.
const minErased = 64

// propertyTree are the tables of the eraseblocks' properties, which have no common
// header: in each eraseblock what stands before the first erased bytes.
func (r *reader) propertyTree() (own []format.Span) {
	if r.sb.LEBSize == 0 {
		return nil
	}
	first := logLEB + r.sb.LogLEBs
	for leb := first; leb < first+r.sb.LPTLEBs && r.sb.at(leb) < r.in.Size; leb++ {
		b := r.in.Peek(r.sb.at(leb), int(r.sb.LEBSize))
		if i := bytes.Index(b, bytes.Repeat([]byte{0xff}, minErased)); i >= 0 {
			b = b[:i]
		}
		own = append(own, format.Span{Offset: r.sb.at(leb), Length: int64(len(b))})
	}
	return own
}
