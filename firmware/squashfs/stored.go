package squashfs

import "github.com/assay-iot/assay/firmware/format"

// Stored is the run of a file's data blocks and the fragment block with its end, which
// it may share with others.
func (r *reader) Stored(i int) (runs []format.Span) {
	n := r.inodes[i]
	if n == nil {
		return nil
	}
	f, length := &n.file, int64(0)
	for _, word := range f.blocks {
		length += int64(word &^ uncompressed)
	}
	if length > 0 {
		runs = append(runs, format.Span{Offset: int64(f.start), Length: length})
	}
	if int64(f.fragment) < int64(len(r.fragments)) {
		b := r.fragments[f.fragment]
		runs = append(runs, format.Span{Offset: int64(b.Start), Length: int64(b.Size &^ uncompressed)})
	}
	return runs
}
