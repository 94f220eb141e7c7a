package squashfs

import (
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// The inode types. An extended type is the basic one plus extended.
const (
	typeDir = iota + 1
	typeFile
	typeSymlink
	typeBlockDev
	typeCharDev
	typeFIFO
	typeSocket
	extended = 7
)

// inode is what the inode table says of a file.
type inode struct {
	kind  int // basic type
	entry format.Entry
	xattr uint32
	dir   struct {
		block  uint32
		offset uint16
		size   uint32
	}
	file struct {
		start    uint64
		fragment uint32
		offset   uint32
		blocks   []uint32
	}
}

// readInode reads the inode at a reference: block<<16 | offset.
func (r *reader) readInode(ref uint64) (*inode, error) {
	return r.inodeAt(r.meta.at(r.sb.InodeTable, ref>>16, int(ref&0xffff)))
}

// inodeAt reads the inode at a place, and moves behind it.
func (r *reader) inodeAt(c *cursor) (*inode, error) {
	switch r.sb.Major {
	case 1:
		return r.firstInode(c)
	case 2, 3:
		return r.oldInode(c)
	}
	place := c.block
	h, err := c.next(16) // type, permissions, owner, group, time and a number
	if err != nil {
		return nil, err
	}
	kind, uid, gid := r.order.Uint16(h), int(r.order.Uint16(h[4:])), int(r.order.Uint16(h[6:]))
	long := kind > extended
	n := &inode{kind: int(kind), xattr: ^uint32(0)}
	if long {
		n.kind -= extended
	}
	if n.kind < typeDir || n.kind > typeSocket {
		return nil, format.Errorf(place, "inode of unknown type %d", kind)
	}
	n.about(uint32(r.order.Uint16(h[2:])), r.order.Uint32(h[8:]))
	if uid >= len(r.ids) || gid >= len(r.ids) {
		return nil, format.Errorf(place, "owner %d/%d of %d", uid, gid, len(r.ids))
	}
	n.entry.UID, n.entry.GID = r.ids[uid], r.ids[gid]
	return n, n.rest(r, c, long)
}

// about sets what every inode has.
func (n *inode) about(permissions, mtime uint32) {
	kinds := [...]uint32{1: 0o040000, 0o100000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000}
	n.entry = format.Entry{Mode: format.UnixMode(permissions&0o7777 | kinds[n.kind]), Offset: -1}
	n.changed(mtime)
}

func (n *inode) changed(mtime uint32) { n.entry.ModTime = time.Unix(int64(mtime), 0).UTC() }

// rest reads what follows the header.
func (n *inode) rest(r *reader, c *cursor, long bool) error {
	switch n.kind {
	case typeDir:
		return n.directory(c, long)
	case typeFile:
		return n.regular(r, c, long)
	case typeSymlink:
		return n.symlink(c, long)
	case typeBlockDev, typeCharDev:
		var v struct{ Links, Dev uint32 }
		if err := c.decode(&v); err != nil {
			return err
		}
		// The kernel's new_encode_dev: 12 bits of major between 8 and 12 bits of minor.
		n.entry.Rdev = uint64(v.Dev>>8&0xfff)<<32 | uint64(v.Dev&0xff|v.Dev>>12&0xfff00)
	default:
		if _, err := c.next(4); err != nil {
			return err
		}
	}
	return n.attributes(c, long)
}

func (n *inode) attributes(c *cursor, long bool) error {
	if !long {
		return nil
	}
	return c.decode(&n.xattr)
}

func (n *inode) directory(c *cursor, long bool) error {
	if !long {
		var v struct {
			Block, Links uint32
			Size, Offset uint16
			Parent       uint32
		}
		err := c.decode(&v)
		n.dir.block, n.dir.offset, n.dir.size = v.Block, v.Offset, uint32(v.Size)
		return err
	}
	var v struct {
		Links, Size, Block, Parent uint32
		Index, Offset              uint16
		Xattr                      uint32
	}
	err := c.decode(&v)
	n.dir.block, n.dir.offset, n.dir.size, n.xattr = v.Block, v.Offset, v.Size, v.Xattr
	if err == nil {
		c.passIndex(int(v.Index), 12, 8)
	}
	return err
}

// passIndex passes over the index of a large directory: records of a size, that say
// somewhere how long the name is which follows. All of it stands in the directory too.
func (c *cursor) passIndex(count, size, lengthAt int) {
	for range count {
		h, err := c.next(size)
		if err != nil {
			return
		}
		length := int(h[lengthAt])
		if size-lengthAt == 4 {
			length = int(min(c.m.order.Uint32(h[lengthAt:]), maxNames-1))
		}
		if _, err := c.next(length + 1); err != nil {
			return
		}
	}
}

func (n *inode) regular(r *reader, c *cursor, long bool) error {
	var v struct {
		Start, Size, Sparse             uint64
		Links, Fragment, Offset, XattrN uint32
	}
	if long {
		if err := c.decode(&v); err != nil {
			return err
		}
		n.xattr = v.XattrN
	} else {
		b, err := c.next(16)
		if err != nil {
			return err
		}
		word := func(i int) uint32 { return r.order.Uint32(b[4*i:]) }
		v.Start, v.Fragment, v.Offset, v.Size = uint64(word(0)), word(1), word(2), uint64(word(3))
	}
	return n.content(r, c, v.Start, v.Size, v.Fragment, v.Offset)
}

// content sets where the content of a regular file is.
func (n *inode) content(r *reader, c *cursor, start, size uint64, fragment, offset uint32) error {
	n.file.start, n.file.fragment, n.file.offset = start, fragment, offset
	if size > 1<<62 {
		return format.Errorf(c.block, "file of %d bytes", size)
	}
	n.entry.Size = int64(size)
	if n.entry.Size > r.budget.FileBytes {
		if r.long += n.entry.Size; n.entry.Size > r.budget.LongBytes || r.long > r.budget.LongBytes {
			n.entry.Err = format.Errorf(offsetOf(start), "file of %d bytes: %w", size, format.ErrLimit)
			return nil
		}
	}
	count := int(size >> r.sb.BlockLog)
	if fragment == noFragment && size&uint64(r.sb.BlockSize-1) != 0 {
		count++
	}
	if err := n.blocks(r, c, count); err != nil {
		n.entry.Err, n.file.blocks = err, nil // its size lies: there is a file all the same
	}
	return nil
}

// blocks reads the sizes of the file's data blocks.
func (n *inode) blocks(r *reader, c *cursor, count int) error {
	width := 4
	if r.sb.Major == 1 {
		width = 2
	}
	raw, err := c.next(count * width)
	if err != nil {
		return err
	}
	n.file.blocks = make([]uint32, count)
	plain := true
	at := n.file.start
	for i := range count {
		w := r.sizeWord(raw[i*width:][:width])
		size := w &^ uncompressed
		if size > r.sb.BlockSize {
			return format.Errorf(offsetOf(at), "data block of %d bytes in blocks of %d", size, r.sb.BlockSize)
		}
		n.file.blocks[i] = w
		plain = plain && w&uncompressed != 0
		at += uint64(size)
	}
	if plain && count > 0 && n.file.fragment == noFragment && n.file.start < r.sb.Bytes {
		n.entry.Offset = int64(n.file.start)
	}
	return nil
}

func (n *inode) symlink(c *cursor, long bool) error {
	v, err := c.next(8) // links and size
	if err != nil {
		return err
	}
	if err := n.target(c, c.m.order.Uint32(v[4:])); err != nil {
		return err
	}
	return n.attributes(c, long)
}

func (n *inode) target(c *cursor, size uint32) error {
	if size > maxLink {
		return format.Errorf(c.block, "symlink of %d bytes", size)
	}
	target, err := c.next(int(size))
	n.entry.Link, n.entry.Size = string(target), int64(size)
	return err
}
