package yaffs

import "github.com/assay-iot/assay/firmware/format"

// keep notes what belongs to the file system of any of its chunks: the spare bytes,
// where the flash's driver keeps a parity beside the tags, and of a header what says
// something, which is its fields without what stands behind the end of a name, and
// the attributes.
func (v *volume) keep(off int64, t tags) {
	if t.part == 0 && t.sequence != checkpoint {
		b := v.in.Peek(off, v.page)
		name, alias := ended(b[atName:][:nameLength]), 0
		if v.order.Uint32(b) == typeSymlink {
			alias = ended(b[atAlias:][:aliasLength])
		}
		_, attributes := v.geometry.xattrs(b[headerSize:])
		v.own = append(v.own, format.Span{Offset: off, Length: int64(atName + name)},
			format.Span{Offset: off + atName + int64(nameLength), Length: int64(atAlias - atName - nameLength + alias)},
			format.Span{Offset: off + atDevice, Length: headerSize - atDevice + attributes})
	}
	v.own = append(v.own, format.Span{Offset: off + int64(v.page), Length: int64(v.spare)})
}

// ended is the length of a text with the zero that ends it.
func ended(field []byte) int { return min(len(text(field))+1, len(field)) }

// unused lists the other runs that are no part of a file's content: erased chunks,
// what fills a page, older contents and those of deleted files, and checkpoints and
// summaries, which are not read.
func (v *volume) unused() []format.Span {
	for i, parts := range v.files {
		for _, c := range parts {
			from := int64(c.part-1) * int64(v.page)
			if used := min(int64(c.bytes), v.entries[i].Size-from); used > 0 {
				v.own = append(v.own, format.Span{Offset: c.at, Length: used})
			}
		}
	}
	return format.Gaps(v.end, v.own)
}
