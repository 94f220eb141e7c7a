package squashfs

import "github.com/assay-iot/assay/firmware/format"

// Version 1: no fragments, no holes, and inodes that say in four bits what they
// are and in four who owns them. The type tells in which sixteen of the owners to
// look, too.

const (
	firstTypes = 5  // from folders to devices, which repeat for the next owners
	firstIPC   = 0  // a pipe or a socket, as the next bits say
	ownersEach = 16 // that four bits tell apart
	ownGroup   = 15 // instead of the index of a group: the same number as the owner

	firstStored = 1 << 15 // in the size word of a data block: it is not compressed
)

// firstInode reads an inode of version 1.
func (r *reader) firstInode(c *cursor) (*inode, error) {
	place := c.block
	h, err := r.fields(c, 3)
	if err != nil {
		return nil, err
	}
	kind, mode, uid, gid := int(h.next(4)), uint32(h.next(12)), int(h.next(4)), int(h.next(4))
	n := &inode{xattr: ^uint32(0)}
	if kind == firstIPC {
		more, err := r.fields(c, 1)
		if err != nil {
			return nil, err
		}
		n.kind = typeFIFO
		if more.next(4) == typeSocket {
			n.kind = typeSocket
		}
		uid += int(more.next(4)) * ownersEach
	} else {
		n.kind = (kind-1)%firstTypes + 1
		uid += (kind - 1) / firstTypes * ownersEach
	}
	n.about(mode, r.sb.Time)
	if uid >= len(r.ids) || (gid != ownGroup && gid >= len(r.groups)) {
		return nil, format.Errorf(place, "owner %d of %d, group %d of %d", uid, len(r.ids), gid, len(r.groups))
	}
	n.entry.UID, n.entry.GID = r.ids[uid], r.ids[uid]
	if gid != ownGroup {
		n.entry.GID = r.groups[gid]
	}
	if n.kind == typeFile {
		return n, n.firstFile(r, c)
	}
	return n, n.rest2(r, c, n.kind)
}

func (n *inode) firstFile(r *reader, c *cursor) error {
	f, err := r.fields(c, 12)
	if err != nil {
		return err
	}
	n.changed(uint32(f.next(32)))
	start, size := f.next(32), f.next(32)
	return n.content(r, c, start, size, noFragment, 0)
}

// sizeWord reads the size of a data block, which has 16 bits in version 1. A
// block of 32 KiB is told apart from none.
func (r *reader) sizeWord(raw []byte) uint32 {
	if len(raw) == 4 {
		return r.order.Uint32(raw)
	}
	w := uint32(r.order.Uint16(raw))
	size := w &^ firstStored
	if size == 0 {
		size = firstStored
	}
	if w&firstStored != 0 {
		size |= uncompressed
	}
	return size
}
