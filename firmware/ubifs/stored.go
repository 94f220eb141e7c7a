package ubifs

import "github.com/assay-iot/assay/firmware/format"

// Stored are the nodes that hold the content of a file, in its order.
func (r *reader) Stored(i int) (runs []format.Span) {
	n := r.files[r.entries[i].Inode]
	if n == nil {
		return nil
	}
	for _, b := range n.blocks {
		runs = append(runs, format.Span{Offset: b.at, Length: (int64(b.len) + alignment - 1) &^ (alignment - 1)})
	}
	return runs
}
