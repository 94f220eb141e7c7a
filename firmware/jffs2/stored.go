package jffs2

import "github.com/assay-iot/assay/firmware/format"

// Stored are the nodes that hold the content of a file, in its order.
func (t *tree) Stored(i int) (runs []format.Span) {
	pieces, err := layout(t.nodes[i], t.entries[i].Size)
	if err != nil {
		return nil
	}
	for k, p := range pieces {
		if n := p.node; n.compression != comprZero && (k == 0 || pieces[k-1].node != n) {
			runs = append(runs, format.Span{Offset: n.at, Length: padded(inodeSize + int64(n.csize))})
		}
	}
	return runs
}
