package yaffs

import (
	"cmp"

	"github.com/assay-iot/assay/firmware/format"
)

// Pour gives a content part by part; what no part has is not there.
func (v *volume) Pour(i int, to format.Sink) error {
	i = v.entries[i].Inode
	e := &v.entries[i]
	if !e.Mode.IsRegular() || e.Err != nil {
		return cmp.Or(e.Err, format.Errorf(0, "no regular file"))
	}
	at := int64(0)
	for _, c := range v.files[i] {
		from := int64(c.part-1) * int64(v.page)
		if from >= e.Size {
			break
		}
		if from > at {
			if err := to.Hole(from - at); err != nil {
				return err
			}
		}
		at = min(from+int64(c.bytes), e.Size)
		if err := v.in.Pour(to, c.at, at-from); err != nil {
			return err
		}
	}
	if at == e.Size {
		return nil
	}
	return to.Hole(e.Size - at)
}
