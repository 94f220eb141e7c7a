package erofs

import "github.com/assay-iot/assay/firmware/format"

// maxAtOnce is the most that is unpacked at once of a content that is too long for
// memory: mkfs.erofs puts no more than 12 MiB into one cluster.
const maxAtOnce = 16 << 20

// Pour gives a content extent by extent.
func (r *reader) Pour(i int, to format.Sink) error {
	n := r.inodes[r.entries[i].Inode]
	if n == nil {
		return format.Errorf(0, "no regular file")
	}
	es, err := r.extents(n)
	if err != nil {
		return err
	}
	for k := range es {
		if err := r.pour(&es[k], to); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) pour(e *extent, to format.Sink) error {
	switch {
	case e.how == hole:
		return to.Hole(e.size)
	case e.how == plain:
		return r.in.Pour(to, e.from, e.size)
	case e.size > maxAtOnce:
		return format.Errorf(e.from, "cluster for %d bytes, at most %d are unpacked at once: %w", e.size, maxAtOnce, format.ErrLimit)
	}
	var w window
	if e.how == fragment {
		w = r.window([]extent{*e}, alone)
		defer r.buffers.put(w.buf)
	}
	buf := r.buffers.get(int(e.size))
	defer r.buffers.put(buf)
	if err := r.extent(buf, e, w); err != nil {
		return err
	}
	_, err := to.Write(buf)
	return err
}
