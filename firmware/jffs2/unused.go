package jffs2

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// keep notes that a node of a known kind belongs to the file system. Nodes that
// only fill space or were marked as obsolete own no more than their header.
func (v *volume) keep(off int64, h header) {
	length := padded(int64(h.length))
	if h.obsolete || h.kind == kindPadding || h.kind == kindClean {
		length = headerSize
	}
	v.own = grown(v.own, off, length)
}

// grown adds a run to some that are in order.
func grown(spans []format.Span, off, length int64) []format.Span {
	if n := len(spans) - 1; n >= 0 && spans[n].Offset+spans[n].Length == off {
		spans[n].Length += length
		return spans
	}
	return append(spans, format.Span{Offset: off, Length: length})
}

// unused lists the runs that are no node that counts: erased space, nodes that were
// marked as obsolete, and nodes of which newer ones have all bytes. What was
// overwritten is still delivered.
func (t *tree) unused(length int64) []format.Span {
	spans := format.Gaps(length, t.own)
	for i, nodes := range t.nodes {
		spans = append(spans, t.overwritten(nodes, t.entries[i].Size)...)
	}
	slices.SortFunc(spans, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	var out []format.Span
	for _, s := range spans {
		out = grown(out, s.Offset, s.Length)
	}
	return out
}

// overwritten lists the nodes of a file of which nothing is in its content.
func (t *tree) overwritten(nodes []inode, size int64) (spans []format.Span) {
	if len(nodes) == 0 {
		return nil
	}
	pieces, err := layout(nodes, size)
	if err != nil {
		return nil // the file is told as damaged
	}
	used := make(map[int64]bool, len(pieces))
	for _, p := range pieces {
		used[p.node.at] = true
	}
	for _, n := range nodes {
		if n.dsize > 0 && !n.bad && !used[n.at] {
			spans = append(spans, format.Span{Offset: n.at + inodeSize, Length: padded(inodeSize+int64(n.csize)) - inodeSize})
		}
	}
	return spans
}
