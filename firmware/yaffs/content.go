package yaffs

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// content says where a file's content is, and whether it is all there. A part that
// is missing is a hole, unless the file system was cut or damaged.
func (v *volume) content(o *object, e *format.Entry) {
	page := int64(v.page)
	if e.Size < 0 || e.Size > maxPart*page {
		e.Err = format.Errorf(o.at, "file of %d bytes", uint64(e.Size))
		e.Size = 0
		return
	}
	if len(o.parts) == 1 && o.parts[0].part == 1 && int64(o.parts[0].bytes) == e.Size {
		e.Offset = o.parts[0].at
	}
	wanted := (e.Size + page - 1) / page
	var have, last int64
	for _, c := range o.parts {
		if int64(c.part) <= wanted {
			have, last = have+1, int64(c.part)
		}
	}
	switch {
	case have == wanted:
	case v.cut && o.id == v.newest && last < wanted, len(v.damage) > 0:
		e.Err = format.Errorf(o.at, "%d of %d parts of the file are missing", wanted-have, wanted)
	}
}

// Batches has one batch for each file, in the order in which they begin.
func (v *volume) Batches() []format.Batch {
	batches := format.OneByOne(v)
	slices.SortStableFunc(batches, func(a, b format.Batch) int { return cmp.Compare(v.place(a), v.place(b)) })
	return batches
}

func (v *volume) place(b format.Batch) int64 {
	if parts := v.files[b.Entries[0]]; len(parts) > 0 {
		return parts[0].at
	}
	return 0
}

// Read reads the content of a file.
func (v *volume) Read(i int) ([]byte, error) {
	i = v.entries[i].Inode
	e := &v.entries[i]
	switch {
	case e.Err != nil:
		return nil, e.Err
	case !e.Mode.IsRegular():
		return nil, format.Errorf(0, "no regular file")
	case e.Size > v.budget.FileBytes:
		return nil, format.Errorf(0, "file of %d bytes: %w", e.Size, format.ErrLimit)
	case e.Offset >= 0:
		return v.in.Bytes(e.Offset, e.Size)
	}
	content := make([]byte, e.Size)
	for _, c := range v.files[i] {
		from := int64(c.part-1) * int64(v.page)
		if from >= e.Size {
			break
		}
		if err := v.in.Full(content[from:min(from+int64(c.bytes), e.Size)], c.at); err != nil {
			return nil, err
		}
	}
	return content, nil
}
