package squashfs

import "github.com/assay-iot/assay/firmware/format"

// Pour gives a content block by block.
func (r *reader) Pour(i int, to format.Sink) error {
	n := r.inodes[r.entries[i].Inode]
	if n == nil {
		return format.Errorf(0, "no regular file")
	}
	buf := r.buffers.get(int(r.sb.BlockSize))
	defer r.buffers.put(buf)
	at, left := n.file.start, n.entry.Size
	for _, word := range n.file.blocks {
		size := min(left, int64(r.sb.BlockSize))
		left -= size
		if word == 0 {
			if err := to.Hole(size); err != nil {
				return err
			}
			continue
		}
		if err := r.block(at, word, buf[:size]); err != nil {
			return err
		}
		if _, err := to.Write(buf[:size]); err != nil {
			return err
		}
		at += uint64(word &^ uncompressed)
	}
	if n.file.fragment == noFragment {
		return nil
	}
	tail, err := r.fragment(n.file.fragment, buf)
	if err == nil {
		tail, err = n.tail(r, tail, nil)
	}
	if err == nil {
		_, err = to.Write(tail)
	}
	return err
}
