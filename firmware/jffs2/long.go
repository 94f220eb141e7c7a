package jffs2

import (
	"cmp"

	"github.com/assay-iot/assay/firmware/format"
)

// Pour gives a content piece by piece, in the order of the file.
func (t *tree) Pour(i int, to format.Sink) error {
	i = t.entries[i].Inode
	e := &t.entries[i]
	if !e.Mode.IsRegular() || e.Err != nil {
		return cmp.Or(e.Err, format.Errorf(0, "no regular file"))
	}
	pieces, err := layout(t.nodes[i], e.Size)
	if err != nil {
		return err
	}
	var last *inode // whose content is in whole
	var whole []byte
	for _, p := range pieces {
		n := p.node
		if n.compression == comprZero {
			if err := to.Hole(p.to - p.from); err != nil {
				return err
			}
			continue
		}
		if n != last {
			if n.dsize > maxUnpacked {
				return errTooLarge(n)
			}
			whole, last = append(whole[:0], make([]byte, n.dsize)...), n
			if err := t.unpack(n, whole); err != nil {
				return err
			}
		}
		if _, err := to.Write(whole[p.from-int64(n.offset) : p.to-int64(n.offset)]); err != nil {
			return err
		}
	}
	return nil
}
