package cramfs

import "github.com/assay-iot/assay/firmware/format"

// unused lists the runs of the first length bytes that belong to no directory and
// to no block of a file.
func (r *reader) unused(length int64) []format.Span {
	own := []format.Span{{Offset: r.sb.at, Length: superSize}, {Offset: r.sb.root.offset, Length: int64(r.sb.root.size)}}
	for i := range r.inodes {
		n := &r.inodes[i]
		switch kind := n.mode & modeFmt; {
		case n.size == 0 || r.entries[i].Inode != i:
		case kind == modeDir:
			own = append(own, format.Span{Offset: n.offset, Length: int64(n.size)})
		case kind == modeRegular, kind == modeLink:
			own = append(own, r.stored(n)...)
		}
	}
	return format.Gaps(length, own)
}

// stored are the places of a content: its block pointers and its blocks, each with
// the length in front of it and the bytes that fill its last word.
func (r *reader) stored(n *inode) []format.Span {
	blocks, err := r.look(n)
	if err != nil {
		return nil
	}
	own := []format.Span{{Offset: n.offset, Length: int64(len(blocks)) * pointerSize}}
	for _, b := range blocks {
		from, end := b.from, b.from+b.size
		if r.extended && from >= lengthSize {
			from -= lengthSize
		}
		own = append(own, format.Span{Offset: from, Length: (end+pointerSize-1)&^(pointerSize-1) - from})
	}
	return own
}

const lengthSize = 2 // of what stands in front of a block that is pointed to
