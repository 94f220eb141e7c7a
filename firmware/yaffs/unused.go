package yaffs

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

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
	switch tags := v.tagsBytes(); {
	case v.geometry.first:
		v.unread = append(v.unread, firstIdle(v.in.Peek(off, firstPage+firstSpare), off)...)
	case !v.inband:
		v.unread = append(v.unread, format.Span{Offset: off + int64(v.page), Length: int64(v.tagsAt)},
			format.Span{Offset: off + int64(v.page+v.tagsAt+tags), Length: int64(v.spare - v.tagsAt - tags)})
	}
	if t.sequence == checkpoint || t.object == summary && !v.geometry.first {
		v.records = append(v.records, off)
	}
}

// tagsBytes is how many of the spare bytes from the tags on are read.
func (g geometry) tagsBytes() int {
	if g.parity {
		return min(tagsSize+paritySize, g.spare-g.tagsAt)
	}
	return tagsSize
}

// The second word of a checkpoint, and how many different bytes a page of a record
// has at most: it is of tables and bits, and no secret.
const (
	checkpointMagic = 0x5941ff53
	maxDifferent    = 190
)

// ownRecords takes what the driver noted for itself: checkpoints, if one begins as
// they do, and summaries of blocks. They say again what the chunks say.
func (v *volume) ownRecords() (checkpoints int) {
	begun := false
	for _, off := range v.records {
		_, t := v.look(v.in, off)
		head := v.in.Peek(off, 8)
		begun = begun || t.sequence == checkpoint && len(head) == 8 && v.order.Uint32(head[4:]) == checkpointMagic
	}
	for _, off := range v.records {
		if _, t := v.look(v.in, off); t.sequence == checkpoint && !begun || different(v.in.Peek(off, v.page)) > maxDifferent {
			continue
		} else if t.sequence == checkpoint {
			checkpoints++
		}
		page := format.Span{Offset: off, Length: int64(v.page)}
		v.own, v.unread = append(v.own, page), append(v.unread, page)
	}
	slices.SortFunc(v.unread, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	return checkpoints
}

// different counts the values that bytes have.
func different(b []byte) (n int) {
	var seen [256]bool
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

// ended is the length of a text with the zero that ends it.
func ended(field []byte) int { return min(len(text(field))+1, len(field)) }

// unused lists the other runs that are no part of a file's content: erased chunks,
// what fills a page, older contents and those of deleted files.
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
