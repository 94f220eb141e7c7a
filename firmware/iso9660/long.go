package iso9660

import "github.com/assay-iot/assay/firmware/format"

// Pour gives a content part by part, and a compressed one block by block.
func (r *reader) Pour(i int, to format.Sink) error {
	i = r.entries[i].Inode
	if err := r.entries[i].Err; err != nil {
		return err
	}
	if z := r.packed[i]; z != nil {
		return r.pourPacked(z, r.parts[i], to)
	}
	for _, p := range r.parts[i] {
		if err := r.in.Pour(to, p.start, p.size); err != nil {
			return err
		}
	}
	return nil
}

// pourPacked unpacks a compressed file, which is in one part.
func (r *reader) pourPacked(z *zisofs, parts []place, to format.Sink) error {
	if len(parts) != 1 {
		return format.Errorf(first(parts).start, "compressed file of %d bytes in %d parts: %w", z.size, len(parts), format.ErrLimit)
	}
	p := parts[0]
	raw, err := r.in.Bytes(p.start, min(p.size, z.table()))
	if err != nil {
		return err
	}
	if err := z.check(raw, p.start); err != nil {
		return err
	}
	buf := make([]byte, 1<<z.log)
	for k := range z.count() {
		from, end, err := z.place(raw, k, p.size, p.start)
		if err != nil {
			return err
		}
		dst := buf[:min(int64(len(buf)), z.size-int64(k)<<z.log)]
		if from == end {
			if err := to.Hole(int64(len(dst))); err != nil {
				return err
			}
			continue
		}
		packed, err := r.in.Bytes(p.start+from, end-from)
		if err != nil {
			return err
		}
		if err := inflate(dst, packed); err != nil {
			return format.Errorf(p.start+from, "block %d of a compressed file: %w", k, err)
		}
		if _, err := to.Write(dst); err != nil {
			return err
		}
	}
	return nil
}
