package squashfs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Versions 1 to 3. Their records are C structures of bit fields: a field begins
// at the bit where the one before it ends, from the lowest bit of a byte on where
// the byte order is little endian, else from the highest.

const (
	oldSuperblockSize = 119
	superblock2Size   = 63 // as far as version 2 has it; version 1 has no fragments

	flagMarked                = 1 << 2 // of Flags: a mark follows the size of metadata blocks
	sameGroup                 = 255    // instead of the index of a group: the same number as the owner
	typeLongDir, typeLongFile = 8, 9
)

// oldSuperblock reads the superblock of version 1 to 3. The one of version 3 has
// that of version 2 as its first part, with places of 32 bits that it does not use.
func oldSuperblock(raw []byte, order binary.ByteOrder) (sb superblock, err error) {
	var head struct {
		Magic, Inodes, Bytes, UIDs, GIDs, InodeTable, DirTable uint32
		Major, Minor, BlockSize16, BlockLog                    uint16
		Flags, UIDCount, GIDCount                              uint8
		Time                                                   uint32
		Root                                                   uint64
		BlockSize, Fragments, FragTable                        uint32
	}
	if _, err = binary.Decode(raw, order, &head); err != nil {
		return sb, err
	}
	sb = superblock{
		Magic: head.Magic, Inodes: head.Inodes, Time: head.Time, BlockSize: head.BlockSize, Fragments: head.Fragments,
		Compression: 1, BlockLog: head.BlockLog, Flags: uint16(head.Flags), IDs: uint16(head.UIDCount)<<8 | uint16(head.GIDCount),
		Major: head.Major, Minor: head.Minor, Root: head.Root, Bytes: uint64(head.Bytes), IDTable: uint64(head.UIDs),
		XattrTable: none, InodeTable: uint64(head.InodeTable), DirTable: uint64(head.DirTable), FragTable: uint64(head.FragTable), ExportTable: none,
	}
	switch sb.Major {
	case 1:
		sb.BlockSize, sb.Fragments, sb.FragTable = uint32(head.BlockSize16), 0, none
		return sb, nil
	case 2:
		return sb, nil
	}
	var tail struct{ Bytes, UIDs, GIDs, InodeTable, DirTable, FragTable, Lookup uint64 }
	if _, err = binary.Decode(raw[superblock2Size:], order, &tail); err != nil {
		return sb, format.Errorf(superblock2Size, "superblock ends early")
	}
	sb.Bytes, sb.IDTable, sb.InodeTable, sb.DirTable, sb.FragTable = tail.Bytes, tail.UIDs, tail.InodeTable, tail.DirTable, tail.FragTable
	return sb, nil
}

// oldIDs reads the owners, and behind them the groups: plain numbers.
func (r *reader) oldIDs() error {
	owners, groups := int(r.sb.IDs>>8), int(r.sb.IDs&0xff)
	raw := make([]byte, 4*(owners+groups))
	if err := r.in.Full(raw, int64(r.sb.IDTable)); err != nil {
		return err
	}
	all := make([]uint32, owners+groups)
	for i := range all {
		all[i] = r.order.Uint32(raw[4*i:])
	}
	r.ids, r.groups = all[:owners], all[owners:]
	return nil
}

// fields reads a record of bit fields.
type fields struct {
	raw []byte
	at  int // in bits
	big bool
}

// fields takes the next n bytes as bit fields.
func (r *reader) fields(c *cursor, n int) (*fields, error) {
	raw, err := c.next(n)
	return &fields{raw: raw, big: r.order == binary.BigEndian}, err
}

// next reads a field of n bits.
func (f *fields) next(n int) (v uint64) {
	for got := 0; got < n; {
		bit := f.at & 7
		take := min(8-bit, n-got)
		b := uint64(f.raw[f.at>>3])
		mask := uint64(1)<<take - 1
		if f.big {
			v = v<<take | b>>(8-bit-take)&mask
		} else {
			v |= b >> bit & mask << got
		}
		got, f.at = got+take, f.at+take
	}
	return v
}

// oldInode reads an inode of version 2 or 3. All begin with type, permissions and owners; those of
// version 3 go on with a time and a number.
func (r *reader) oldInode(c *cursor) (*inode, error) {
	place, base := c.block, 4
	if r.sb.Major == 3 {
		base = 12
	}
	h, err := r.fields(c, base)
	if err != nil {
		return nil, err
	}
	kind, mode, uid, gid := int(h.next(4)), uint32(h.next(12)), int(h.next(8)), int(h.next(8))
	n := &inode{kind: kind, xattr: ^uint32(0)}
	switch kind {
	case typeLongDir:
		n.kind = typeDir
	case typeLongFile:
		n.kind = typeFile
	}
	if n.kind < typeDir || n.kind > typeSocket || (kind == typeLongFile && r.sb.Major == 2) {
		return nil, format.Errorf(place, "inode of unknown type %d", kind)
	}
	mtime := r.sb.Time // version 2 has no other for most
	if r.sb.Major == 3 {
		mtime = uint32(h.next(32))
	}
	n.about(mode, mtime)
	if uid >= len(r.ids) || (gid != sameGroup && gid >= len(r.groups)) {
		return nil, format.Errorf(place, "owner %d of %d, group %d of %d", uid, len(r.ids), gid, len(r.groups))
	}
	n.entry.UID, n.entry.GID = r.ids[uid], r.ids[uid]
	if gid != sameGroup {
		n.entry.GID = r.groups[gid]
	}
	if r.sb.Major == 2 {
		return n, n.rest2(r, c, kind)
	}
	return n, n.rest3(r, c, kind)
}

// rest2 reads what follows the header in version 2.
func (n *inode) rest2(r *reader, c *cursor, kind int) error {
	size := [...]int{typeDir: 11, typeFile: 20, typeSymlink: 2, typeBlockDev: 2, typeCharDev: 2, typeFIFO: 0, typeSocket: 0, typeLongDir: 14}[kind]
	f, err := r.fields(c, size)
	if err != nil {
		return err
	}
	switch kind {
	case typeDir, typeLongDir:
		n.dir.size, n.dir.offset = uint32(f.next(dirSizeBits(kind))), uint16(f.next(13))
		n.changed(uint32(f.next(32)))
		n.dir.block = uint32(f.next(24))
		if kind == typeLongDir {
			c.passIndex(int(f.next(16)), 8, 7)
		}
	case typeFile:
		n.changed(uint32(f.next(32)))
		start, fragment, offset, size := f.next(32), uint32(f.next(32)), uint32(f.next(32)), f.next(32)
		return n.content(r, c, start, size, fragment, offset)
	case typeSymlink:
		return n.target(c, uint32(f.next(16)))
	case typeBlockDev, typeCharDev:
		n.device(f.next(16))
	}
	return nil
}

// rest3 reads what follows the header in version 3.
func (n *inode) rest3(r *reader, c *cursor, kind int) error {
	size := [...]int{typeDir: 16, typeFile: 20, typeSymlink: 6, typeBlockDev: 6, typeCharDev: 6, typeFIFO: 4, typeSocket: 4, typeLongDir: 19, typeLongFile: 28}[kind]
	f, err := r.fields(c, size)
	if err != nil {
		return err
	}
	if kind != typeFile {
		f.next(32) // number of links
	}
	switch kind {
	case typeDir, typeLongDir:
		n.dir.size, n.dir.offset, n.dir.block = uint32(f.next(dirSizeBits(kind))), uint16(f.next(13)), uint32(f.next(32))
		if kind == typeLongDir {
			c.passIndex(int(f.next(16)), 9, 8)
		}
	case typeFile, typeLongFile:
		start, fragment, offset := f.next(64), uint32(f.next(32)), uint32(f.next(32))
		bits := 32
		if kind == typeLongFile {
			bits = 64
		}
		return n.content(r, c, start, f.next(bits), fragment, offset)
	case typeSymlink:
		return n.target(c, uint32(f.next(16)))
	case typeBlockDev, typeCharDev:
		n.device(f.next(16))
	}
	return nil
}

func dirSizeBits(kind int) int {
	if kind == typeLongDir {
		return 27
	}
	return 19
}

// device sets the number of a device: 8 bits of major, 8 bits of minor.
func (n *inode) device(v uint64) { n.entry.Rdev = v>>8<<32 | v&0xff }

// oldDirHeader reads the header of a group of names.
func (r *reader) oldDirHeader(c *cursor) (count int, start uint64, size int, err error) {
	size, startBits := 4, 24
	if r.sb.Major == 3 {
		size, startBits = 9, 32 // with the number of an inode
	}
	f, err := r.fields(c, size)
	if err != nil {
		return 0, 0, 0, err
	}
	count = int(f.next(8)) + 1
	return count, f.next(startBits), size, nil
}

// oldDirEntry reads what stands in front of a name.
func (r *reader) oldDirEntry(c *cursor) (offset, length, size int, err error) {
	size = 3
	if r.sb.Major == 3 {
		size = 5 // with the number of the inode
	}
	f, err := r.fields(c, size)
	if err != nil {
		return 0, 0, 0, err
	}
	offset = int(f.next(13))
	f.next(3) // type
	return offset, int(f.next(8)) + 1, size, nil
}
