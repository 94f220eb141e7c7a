package ubifs

import (
	"errors"

	"github.com/assay-iot/assay/firmware/format"
)

// Pour gives a content block by block; what has no block is not there.
func (r *reader) Pour(i int, to format.Sink) error {
	e := &r.entries[i]
	n := r.files[e.Inode]
	if n == nil {
		return errors.New("no regular file that can be read")
	}
	if err := r.holes(n, int(e.Size)); err != nil {
		return err
	}
	w := r.workers.get()
	defer r.workers.put(w)
	var buf [blockSize]byte
	at := int64(0)
	for _, b := range n.blocks {
		from := int64(b.number) * blockSize
		if from >= e.Size {
			break // behind the end of the file
		}
		if from > at {
			if err := to.Hole(from - at); err != nil {
				return err
			}
		}
		dst := buf[:min(blockSize, e.Size-from)]
		have, err := r.block(w, n, b, dst)
		if err != nil {
			return err
		}
		clear(dst[have:])
		if _, err := to.Write(dst); err != nil {
			return err
		}
		at = from + int64(len(dst))
	}
	if at == e.Size {
		return nil
	}
	return to.Hole(e.Size - at)
}
