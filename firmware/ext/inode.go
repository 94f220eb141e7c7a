package ext

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Flags of an inode.
const (
	flagCompressed = 0x4
	flagEncrypted  = 0x800
	flagIndex      = 0x1000 // a directory with a hash tree
	flagExtents    = 0x80000
	flagVerity     = 0x100000 // blocks behind its end hold a hash tree
	flagAttribute  = 0x200000 // holds the value of an extended attribute
	flagInline     = 0x10000000
)

// Types of an inode, in its mode.
const (
	typeMask    = 0o170000
	typeSocket  = 0o140000
	typeSymlink = 0o120000
	typeFile    = 0o100000
	typeBlock   = 0o060000
	typeDir     = 0o040000
	typeChar    = 0o020000
	typeFIFO    = 0o010000
)

const rootInode = 2

// Places in an inode.
const (
	blockAt        = 0x28
	checksumLowAt  = 0x7c
	extraSizeAt    = 0x80
	checksumHighAt = 0x82
	mtimeExtraAt   = 0x88
)

// inode is an inode as it is on the disk, and what follows from it.
type inode struct {
	inodeHeader
	number  uint32
	at      int64 // its place
	body    []byte
	seed    uint32 // of the checksums of what belongs to it
	damaged error  // why its content cannot be trusted
}

type inodeHeader struct {
	Mode, UID                    uint16
	SizeLow, Atime, Ctime, Mtime uint32
	Dtime                        uint32
	GID, Links                   uint16
	Sectors, Flags, Version      uint32
	Block                        [60]byte
	Generation, ACLLow, SizeHigh uint32
	_                            uint32
	_, ACLHigh, UIDHigh, GIDHigh uint16
	ChecksumLow                  uint16
	_                            uint16
}

// inode finds and reads an inode.
func (r *reader) inode(number uint32) (*inode, error) {
	if number == 0 || number > r.sb.Inodes {
		return nil, format.Errorf(superblockAt, "inode %d of %d", number, r.sb.Inodes)
	}
	group, i := (number-1)/r.sb.InodesPerGroup, (number-1)%r.sb.InodesPerGroup
	if uint64(group) >= r.sb.groups {
		return nil, format.Errorf(superblockAt, "inode %d in group %d of %d", number, group, r.sb.groups)
	}
	table, err := r.table(group)
	if err != nil {
		return nil, err
	}
	return r.inodeAt(number, table+int64(i)*r.sb.inodeSize)
}

func (r *reader) inodeAt(number uint32, at int64) (*inode, error) {
	n := &inode{number: number, at: at}
	var err error
	if n.body, err = r.in.Bytes(at, r.sb.inodeSize); err != nil {
		return nil, err
	}
	if _, err = binary.Decode(n.body, binary.LittleEndian, &n.inodeHeader); err != nil {
		return nil, err
	}
	if n.Mode == 0 {
		return nil, format.Errorf(at, "inode %d is free", number)
	}
	n.seed = crc32c32(crc32c32(r.seed, number), n.Generation)
	switch {
	case r.sb.checksums() && r.sb.Creator == linux && !n.sumRight():
		n.damaged = format.Errorf(at, "the checksum of inode %d differs", number)
	case n.Links == 0:
		n.damaged = format.Errorf(at, "inode %d is deleted", number)
	}
	return n, nil
}

// extra is how many bytes of the inode stand between its first 128 and its
// extended attributes.
func (n *inode) extra() int {
	if len(n.body) < checksumHighAt {
		return 0
	}
	return int(binary.LittleEndian.Uint16(n.body[extraSizeAt:]))
}

// has reports whether the inode has a field that ends there.
func (n *inode) has(end int) bool {
	return oldInodeSize+n.extra() >= end && len(n.body) >= end
}

func (n *inode) sumRight() bool {
	zero := []byte{0, 0}
	sum := crc32c(n.seed, n.body[:checksumLowAt])
	sum = crc32c(sum, zero)
	sum = crc32c(sum, n.body[checksumLowAt+2:oldInodeSize])
	want := uint32(n.ChecksumLow)
	if !n.has(checksumHighAt + 2) {
		return crc32c(sum, n.body[oldInodeSize:])&0xffff == want
	}
	sum = crc32c(sum, n.body[oldInodeSize:checksumHighAt])
	sum = crc32c(sum, zero)
	want |= uint32(binary.LittleEndian.Uint16(n.body[checksumHighAt:])) << 16
	return crc32c(sum, n.body[checksumHighAt+2:]) == want
}

func (n *inode) kind() uint16 { return n.Mode & typeMask }

// size is how many bytes the inode says that it has. Only files and large
// directories use all of its 64 bits.
func (n *inode) size(sb *superblock) uint64 {
	if n.kind() == typeFile || (n.kind() == typeDir && sb.Incompat&largeDirectory != 0) {
		return uint64(n.SizeHigh)<<32 | uint64(n.SizeLow)
	}
	return uint64(n.SizeLow)
}

// modified is the time of the last change: 34 bits of seconds and 30 of
// nanoseconds, where the inode has room for them.
func (n *inode) modified() time.Time {
	seconds, nanoseconds := int64(int32(n.Mtime)), int64(0)
	if n.has(mtimeExtraAt + 4) {
		extra := binary.LittleEndian.Uint32(n.body[mtimeExtraAt:])
		seconds += int64(extra&3) << 32
		nanoseconds = int64(extra >> 2)
	}
	return time.Unix(seconds, nanoseconds).UTC()
}

// device decodes a device number, which stands in the first block pointer in the
// old form of 8 and 8 bits, or in the second in the kernel's new form.
func (n *inode) device() uint64 {
	if v := binary.LittleEndian.Uint32(n.Block[:]); v != 0 {
		return uint64(v>>8&0xff)<<32 | uint64(v&0xff)
	}
	v := binary.LittleEndian.Uint32(n.Block[4:])
	return uint64(v>>8&0xfff)<<32 | uint64(v&0xff|v>>12&0xfff00)
}

// entry makes the entry of an inode, without its name.
func (r *reader) entry(n *inode) format.Entry {
	size := min(n.size(&r.sb), math.MaxInt64)
	e := format.Entry{
		Mode: format.UnixMode(uint32(n.Mode)),
		UID:  uint32(n.UIDHigh)<<16 | uint32(n.UID), GID: uint32(n.GIDHigh)<<16 | uint32(n.GID),
		Size: int64(size), ModTime: n.modified(), Offset: -1,
	}
	var err error
	if e.Xattrs, err = r.attributes(n); err != nil {
		r.hurt(n.at, "extended attributes: %v", err)
	}
	if e.Err = n.unreadable(&r.sb); e.Err != nil {
		return e
	}
	switch n.kind() {
	case typeFile:
		if size > uint64(r.budget.LongBytes) {
			e.Err = format.Errorf(n.at, "file of %d bytes, at most %d are read: %w", size, r.budget.LongBytes, format.ErrLimit)
		}
	case typeSymlink:
		e.Link, e.Err = r.target(n)
	case typeBlock, typeChar:
		e.Rdev = n.device()
	}
	return e
}

// unreadable says why the content of an inode cannot be read.
func (n *inode) unreadable(sb *superblock) error {
	switch n.kind() {
	case typeBlock, typeChar, typeFIFO, typeSocket:
		return n.damaged
	case typeFile, typeDir, typeSymlink:
	default:
		return format.Errorf(n.at, "inode %d of unknown type 0%o", n.number, n.Mode)
	}
	switch {
	case n.damaged != nil:
		return n.damaged
	case n.Flags&flagEncrypted != 0:
		return format.Errorf(n.at, "encrypted")
	case n.Flags&flagCompressed != 0 && sb.Incompat&compression != 0:
		return format.Errorf(n.at, "compressed")
	}
	return nil
}

// target reads the target of a symlink: from the inode, if it is short.
func (r *reader) target(n *inode) (string, error) {
	if n.SizeLow > maxLink {
		return "", format.Errorf(n.at, "symlink of %d bytes", n.SizeLow)
	}
	if err := r.budget.Names(int(n.SizeLow)); err != nil {
		return "", err
	}
	if int(n.SizeLow) < len(n.Block) && n.Flags&flagInline == 0 {
		return string(n.Block[:n.SizeLow]), nil
	}
	b, err := r.content(n, allocate)
	return string(b), err
}

func allocate(n int) []byte { return make([]byte, n) }
