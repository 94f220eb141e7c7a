package squashfs

// Stored is the run of a file's data blocks, or, for one that has none, the
// fragment block that it shares with others.
func (r *reader) Stored(i int) (off, length int64) {
	n := r.inodes[i]
	if n == nil {
		return 0, 0
	}
	f := &n.file
	for _, word := range f.blocks {
		length += int64(word &^ uncompressed)
	}
	if length > 0 {
		return int64(f.start), length
	}
	if int64(f.fragment) < int64(len(r.fragments)) {
		b := r.fragments[f.fragment]
		return int64(b.Start), int64(b.Size &^ uncompressed)
	}
	return 0, 0
}
