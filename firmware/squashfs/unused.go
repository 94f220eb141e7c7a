package squashfs

import "github.com/assay-iot/assay/firmware/format"

// headEnd is behind the superblock of every version and the options of the
// compressor, which only some have.
const headEnd = 256

// optionsSize is how long the options of any compressor are, in a metadata block behind
// the superblock of version 4.
const (
	flagOptions = 1 << 10
	optionsSize = 8
)

// unused lists the runs that belong to no block of a file, to no fragment and to
// no table.
func (r *reader) unused() []format.Span {
	end := int64(r.sb.Bytes)
	tables := end
	for _, at := range []uint64{r.sb.InodeTable, r.sb.DirTable, r.sb.FragTable, r.sb.ExportTable, r.sb.IDTable, r.sb.XattrTable} {
		if at < r.sb.Bytes {
			tables = min(tables, int64(at))
		}
	}
	own := append(r.owned, format.Span{Length: superblockSize})
	switch {
	case r.sb.Major < 4:
		own = append(own, format.Span{Length: headEnd}, format.Span{Offset: tables, Length: end - tables})
	case r.sb.Flags&flagOptions != 0:
		own = append(own, format.Span{Length: superblockSize + 2 + optionsSize})
	}
	for i, n := range r.inodes {
		if n == nil || r.entries[i].Inode != i {
			continue
		}
		length := int64(0)
		for _, word := range n.file.blocks {
			length += int64(word &^ uncompressed)
		}
		own = append(own, format.Span{Offset: offsetOf(n.file.start), Length: length})
	}
	for _, f := range r.fragments {
		own = append(own, format.Span{Offset: offsetOf(f.Start), Length: int64(f.Size &^ uncompressed)})
	}
	return format.Gaps(end, own)
}
