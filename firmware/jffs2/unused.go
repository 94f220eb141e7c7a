package jffs2

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// keep notes what of a node is read. Nodes that only fill space, were marked as
// obsolete, or are of unknown kinds own no more than their header; that of a summary
// is a list of other nodes.
func (v *volume) keep(off int64, h header, b []byte) {
	length := int64(headerSize)
	switch {
	case h.obsolete:
	case h.kind == kindName:
		length = nameSize + int64(b[28])
	case h.kind == kindInode:
		length = v.readOf(b)
	case h.kind == kindXattr:
		length = xattrSize + int64(b[21]) + 1 + int64(v.order.Uint16(b[22:]))
	case h.kind == kindXref:
		length = xrefSize
	case h.kind == kindSummary:
		length = int64(h.length)
	}
	if h.kind == kindSummary && !h.obsolete {
		v.unread = append(v.unread, format.Span{Offset: off + headerSize, Length: int64(h.length) - headerSize})
	}
	v.own = grown(v.own, off, min(padded(length), padded(int64(h.length))))
}

// readOf is how many bytes of an inode's node are read: zeros have no data.
func (v *volume) readOf(b []byte) int64 {
	if b[56] == comprZero {
		return inodeSize
	}
	return inodeSize + int64(v.order.Uint32(b[48:]))
}

// grown adds a run to some that are in order.
func grown(spans []format.Span, off, length int64) []format.Span {
	if n := len(spans) - 1; n >= 0 && spans[n].Offset+spans[n].Length == off {
		spans[n].Length += length
		return spans
	}
	return append(spans, format.Span{Offset: off, Length: length})
}

// unused lists the runs that are no node: erased space, nodes that were marked as
// obsolete and are not whole, and older contents that did not become files.
func (t *tree) unused(length int64) []format.Span {
	spans := format.Gaps(length, t.own)
	for _, n := range t.hidden {
		spans = append(spans, format.Span{Offset: n.at + inodeSize, Length: padded(inodeSize+int64(n.csize)) - inodeSize})
	}
	slices.SortFunc(spans, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	var out []format.Span
	for _, s := range spans {
		out = grown(out, s.Offset, s.Length)
	}
	return out
}
