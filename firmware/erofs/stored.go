package erofs

// Stored is where the content of a file stands: from its first extent on, as far
// as the next ones lie behind it. A fragment is in the packed inode, with those
// of other files.
func (r *reader) Stored(i int) (off, length int64) {
	n := r.inodes[r.entries[i].Inode]
	if n == nil {
		return 0, 0
	}
	es, err := r.extents(n)
	if err != nil {
		return 0, 0
	}
	for _, e := range es {
		switch {
		case e.how == hole || e.how == fragment:
		case length == 0:
			off, length = e.from, e.stored
		case e.from == off+length:
			length += e.stored
		}
	}
	return off, length
}
