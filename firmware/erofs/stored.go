package erofs

import "github.com/assay-iot/assay/firmware/format"

// Stored is where the content of a file stands: from its first extent on, as far
// as the next ones lie behind it. A fragment is in the packed inode, with those
// of other files.
func (r *reader) Stored(i int) []format.Span {
	n := r.inodes[r.entries[i].Inode]
	if n == nil {
		return nil
	}
	es, err := r.extents(n)
	if err != nil {
		return nil
	}
	var off, length int64
	for _, e := range es {
		switch {
		case e.how == hole || e.how == fragment:
		case length == 0:
			off, length = e.from, e.stored
		case e.from == off+length:
			length += e.stored
		}
	}
	return []format.Span{{Offset: off, Length: length}}
}
