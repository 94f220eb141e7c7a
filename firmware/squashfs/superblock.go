// Package squashfs reads squashfs 4 file systems, compressed with gzip, xz
// (with its branch filters), zstd, lz4, lzo or lzma.
//
// The layout is that of the Linux kernel's Documentation/filesystems/squashfs.rst:
// a superblock, data blocks and fragments, then an inode table and a directory
// table in metadata blocks of 8 KiB, and tables of fragments, owners and extended
// attributes. Every block is decompressed once; the length that the metadata
// promise for a block must be met exactly.
package squashfs

import (
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is squashfs 4, little endian.
var Format = &format.Format{
	Name:     "squashfs",
	Magics:   []format.Magic{{Offset: 0, Bytes: "hsqs"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// Limits of this reader, beside those of the image.
const (
	maxMetadata  = 512 << 20 // unpacked bytes of inode, directory and other tables
	maxTable     = 4 << 20   // records of one table
	maxDepth     = 512       // directories inside one another
	maxPath      = 4096      // bytes of a path, as PATH_MAX
	maxLink      = 65535     // bytes of a symlink's target
	maxXattrs    = 4096      // attributes of one inode
	maxXattr     = 1 << 20   // bytes of all attributes of one inode
	minBlock     = 4 << 10
	maxBlock     = 1 << 20
	metaSize     = 8 << 10
	none         = ^uint64(0)
	noFragment   = ^uint32(0)
	uncompressed = 1 << 24 // in the size word of a data block
)

const superblockSize = 96

type superblock struct {
	Magic       uint32
	Inodes      uint32
	Time        uint32
	BlockSize   uint32
	Fragments   uint32
	Compression uint16
	BlockLog    uint16
	Flags       uint16
	IDs         uint16
	Major       uint16
	Minor       uint16
	Root        uint64
	Bytes       uint64
	IDTable     uint64
	XattrTable  uint64
	InodeTable  uint64
	DirTable    uint64
	FragTable   uint64
	ExportTable uint64
}

var compressions = [...]string{1: "gzip", 2: "lzma", 3: "lzo", 4: "xz", 5: "lz4", 6: "zstd"}

func readSuperblock(in format.Input) (sb superblock, err error) {
	buf := make([]byte, superblockSize)
	if err = in.Full(buf, 0); err != nil {
		return sb, err
	}
	if _, err = binary.Decode(buf, binary.LittleEndian, &sb); err != nil {
		return sb, err
	}
	switch {
	case sb.Magic != 0x73717368:
		err = format.Errorf(0, "no squashfs superblock")
	case sb.Major != 4 || sb.Minor != 0:
		err = format.Errorf(28, "squashfs version %d.%d, only 4.0 is read", sb.Major, sb.Minor)
	case sb.BlockSize < minBlock || sb.BlockSize > maxBlock || bits.OnesCount32(sb.BlockSize) != 1 || sb.BlockSize>>(sb.BlockLog&31) != 1 || sb.BlockLog > 20:
		err = format.Errorf(12, "block size %d (log %d)", sb.BlockSize, sb.BlockLog)
	case sb.Compression == 0 || int(sb.Compression) >= len(compressions):
		err = format.Errorf(20, "unknown compression %d", sb.Compression)
	}
	return sb, err
}

// place checks where things are.
func (sb *superblock) place(size int64) error {
	switch {
	case sb.Bytes < superblockSize || sb.Bytes > uint64(size):
		return format.Errorf(40, "file system of %d bytes, but %d are here", sb.Bytes, size)
	case sb.InodeTable >= sb.Bytes || sb.DirTable > sb.Bytes || sb.IDTable >= sb.Bytes || sb.InodeTable > sb.DirTable:
		return format.Errorf(48, "tables lie outside the file system of %d bytes", sb.Bytes)
	}
	return nil
}

// offsetOf is a place that the file names, as an offset. One beyond what any file
// has is the largest that there is, so that it is outside and never negative.
func offsetOf(place uint64) int64 { return int64(min(place, math.MaxInt64)) }

// probe is sure of a superblock that passes all of readSuperblock: more than
// sixty bits of it have to fit together.
func probe(in format.Input) format.Likeness {
	if _, err := readSuperblock(in); err != nil {
		return format.No
	}
	return format.Sure
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	sb, err := readSuperblock(in)
	if err != nil {
		return nil, err
	}
	if err := sb.place(in.Size); err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, in: in.Section(0, int64(sb.Bytes)), sb: sb, budget: b}
	r.codec = newCodec(compressions[sb.Compression])
	r.meta = metadata{in: r.in, codec: r.codec, blocks: map[int64]*metaBlock{}}
	if err := r.load(); err != nil {
		return nil, err
	}
	return &format.Opened{
		Length: int64(sb.Bytes),
		Modes:  true,
		Tree:   r,
		Damage: r.damage,
		Attributes: map[string]string{
			"compression": compressions[sb.Compression],
			"version":     "4.0",
			"block-size":  strconv.Itoa(int(sb.BlockSize)),
			"created":     time.Unix(int64(sb.Time), 0).UTC().Format(time.RFC3339),
		},
	}, nil
}
