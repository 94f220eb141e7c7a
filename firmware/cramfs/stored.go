package cramfs

import "github.com/assay-iot/assay/firmware/format"

// Stored are the blocks of a file, in the order of its content.
func (r *reader) Stored(i int) []format.Span {
	runs := r.stored(&r.inodes[r.entries[i].Inode])
	return runs[min(1, len(runs)):] // the first is what points to them
}
