package squashfs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// fragment is a block that holds the ends of several files.
type fragment struct {
	Start uint64
	Size  uint32 // as the size word of a data block
}

// table reads a table of count records of a size, which is kept in metadata
// blocks whose places stand in an index at the table's own place.
func (r *reader) table(at uint64, count, size int, each func(i int, raw []byte)) error {
	perBlock, width := metaSize/size, r.indexWidth()
	index := make([]byte, (count+perBlock-1)/perBlock*width)
	if err := r.in.Full(index, offsetOf(at)); err != nil {
		return err
	}
	r.owned = append(r.owned, format.Span{Offset: offsetOf(at), Length: int64(len(index))})
	for i := 0; i < count; i++ {
		block := r.uint(index[i/perBlock*width:][:width])
		b, err := r.meta.block(offsetOf(block))
		if err != nil {
			return err
		}
		off := i % perBlock * size
		if off+size > len(b.data) {
			return format.Errorf(offsetOf(block), "table ends after %d of %d records", i, count)
		}
		r.meta.use(b, off, size)
		r.starts = append(r.starts, offsetOf(block))
		each(i, b.data[off:off+size])
	}
	return nil
}

// indexWidth is the size of a place in the index of a table.
func (r *reader) indexWidth() int {
	if r.sb.Major == 2 {
		return 4
	}
	return 8
}

func (r *reader) uint(b []byte) uint64 {
	if len(b) == 4 {
		return uint64(r.order.Uint32(b))
	}
	return r.order.Uint64(b)
}

// fits says whether a table of so many records can be in the file system, before
// anything is allocated for it.
func (r *reader) fits(at uint64, count, size int) bool {
	return count <= maxTable && at < r.sb.Bytes && int64(count)*int64(size)/metaSize*int64(r.indexWidth()) <= int64(r.sb.Bytes-at)
}

func (r *reader) readIDs() error {
	if r.sb.Major < 4 {
		return r.oldIDs()
	}
	count := int(r.sb.IDs)
	if count == 0 || !r.fits(r.sb.IDTable, count, 4) {
		return format.Errorf(offsetOf(r.sb.IDTable), "table of %d owners does not fit", count)
	}
	r.ids = make([]uint32, count)
	return r.table(r.sb.IDTable, count, 4, func(i int, raw []byte) {
		r.ids[i] = r.order.Uint32(raw)
	})
}

func (r *reader) readFragments() error {
	count := int(r.sb.Fragments)
	if count == 0 || r.sb.FragTable == none {
		return nil
	}
	size := 16 // the place, the size word, and a word that is not used
	if r.sb.Major == 2 {
		size = 8
	}
	if !r.fits(r.sb.FragTable, count, size) {
		return format.Errorf(offsetOf(r.sb.FragTable), "table of %d fragments does not fit", count)
	}
	r.fragments = make([]fragment, count)
	return r.table(r.sb.FragTable, count, size, func(i int, raw []byte) {
		r.fragments[i] = fragment{r.uint(raw[:size/2]), r.order.Uint32(raw[size/2:])}
	})
}

// xattrSet is one record of the attribute table: where a set begins.
type xattrSet struct {
	Ref         uint64
	Count, Size uint32
}

func (r *reader) readXattrTable() error {
	if r.sb.XattrTable == none {
		return nil
	}
	var h struct {
		Start uint64
		Count uint32
		_     uint32
	}
	head := make([]byte, 16)
	if err := r.in.Full(head, offsetOf(r.sb.XattrTable)); err != nil {
		return err
	}
	if _, err := binary.Decode(head, r.order, &h); err != nil {
		return err
	}
	if !r.fits(r.sb.XattrTable, int(h.Count), 16) {
		return format.Errorf(offsetOf(r.sb.XattrTable), "table of %d attribute sets does not fit", h.Count)
	}
	r.xattrStart = h.Start
	r.owned = append(r.owned, format.Span{Offset: offsetOf(r.sb.XattrTable), Length: int64(len(head))})
	r.xattrSets = make([]xattrSet, h.Count)
	return r.table(r.sb.XattrTable+16, int(h.Count), 16, func(i int, raw []byte) {
		_, _ = binary.Decode(raw, r.order, &r.xattrSets[i])
	})
}

var xattrPrefixes = [...]string{"user.", "trusted.", "security."}

const outOfLine = 0x100

// xattrs reads one set of extended attributes.
func (r *reader) xattrs(id uint32) (map[string][]byte, error) {
	if id == ^uint32(0) {
		return nil, nil
	}
	if int64(id) >= int64(len(r.xattrSets)) {
		return nil, format.Errorf(offsetOf(r.sb.XattrTable), "attribute set %d of %d", id, len(r.xattrSets))
	}
	if known, ok := r.xattrKnown[id]; ok {
		return known, nil
	}
	set := r.xattrSets[id]
	if set.Count > maxXattrs || set.Size > maxXattr {
		return nil, format.Errorf(offsetOf(r.sb.XattrTable), "%d extended attributes of %d bytes: %w", set.Count, set.Size, format.ErrLimit)
	}
	c := r.meta.at(r.xattrStart, set.Ref>>16, int(set.Ref&0xffff))
	all := make(map[string][]byte, set.Count)
	for range set.Count {
		name, value, err := r.xattr(c)
		if err != nil {
			return nil, err
		}
		if err := r.budget.Names(len(name) + len(value)); err != nil {
			return nil, err
		}
		all[name] = value
	}
	r.xattrKnown[id] = all
	return all, nil
}

func (r *reader) xattr(c *cursor) (string, []byte, error) {
	var h struct{ Type, Size uint16 }
	if err := c.decode(&h); err != nil {
		return "", nil, err
	}
	if int(h.Type&0xff) >= len(xattrPrefixes) {
		return "", nil, format.Errorf(c.block, "extended attribute of unknown type %d", h.Type)
	}
	name, err := c.next(int(h.Size))
	if err != nil {
		return "", nil, err
	}
	full := xattrPrefixes[h.Type&0xff] + string(name)
	value, err := xattrValue(c)
	if err != nil || h.Type&outOfLine == 0 {
		return full, value, err
	}
	if len(value) != 8 {
		return "", nil, format.Errorf(c.block, "attribute reference of %d bytes", len(value))
	}
	ref := r.order.Uint64(value)
	value, err = xattrValue(r.meta.at(r.xattrStart, ref>>16, int(ref&0xffff)))
	return full, value, err
}

func xattrValue(c *cursor) ([]byte, error) {
	var size uint32
	if err := c.decode(&size); err != nil {
		return nil, err
	}
	if size > maxXattr {
		return nil, format.Errorf(c.block, "extended attribute of %d bytes: %w", size, format.ErrLimit)
	}
	return c.next(int(size))
}
