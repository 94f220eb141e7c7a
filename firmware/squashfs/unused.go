package squashfs

import "github.com/assay-iot/assay/firmware/format"

// headEnd is behind the superblock of every version and the options of the
// compressor, which only some have.
const headEnd = 256

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
	own := []format.Span{{Length: headEnd}, {Offset: tables, Length: r.tablesEnd() - tables}}
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

// tablesEnd is behind the last index of a table, where version 4 ends.
func (r *reader) tablesEnd() int64 {
	if r.sb.Major < 4 {
		return int64(r.sb.Bytes)
	}
	last := int64(r.sb.DirTable)
	for _, t := range []struct {
		at          uint64
		count, size int64
	}{
		{r.sb.IDTable, int64(r.sb.IDs), 4},
		{r.sb.FragTable, int64(r.sb.Fragments), 16},
		{r.sb.ExportTable, int64(r.sb.Inodes), 8},
		{r.sb.XattrTable + 16, int64(len(r.xattrSets)), 16},
	} {
		if t.at < r.sb.Bytes && t.at >= r.sb.InodeTable {
			last = max(last, int64(t.at)+(t.count*t.size+metaSize-1)/metaSize*8)
		}
	}
	return last
}
