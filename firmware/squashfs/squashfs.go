// Package squashfs reads squashfs file systems: version 4, and the versions 1, 2
// and 3 that routers had before it, in either byte order.
//
// The layout of version 4 is that of the Linux kernel's
// Documentation/filesystems/squashfs.rst: a superblock, data blocks and
// fragments, then an inode table and a directory table in metadata blocks of 8
// KiB, and tables of fragments, owners and extended attributes. Older versions
// have the same parts, but pack their records into bits; their layout is that of
// the structures in squashfs-tools. No tool of today writes them: the tests build
// such file systems from that description, and have unsquashfs read them too.
//
// Blocks are compressed with gzip (zlib), xz with its branch filters, zstd, lz4,
// lzo or lzma. Vendors used LZMA before squashfs had it, each in its own way: with
// the header of a .lzma file, with its first five or nine bytes, or without a
// header and with numbers that only their kernel knows. What a file system has is
// found by trying: the first compressed block must unpack to what it should, to
// the last bit of the input. See codec.go.
//
// Every block is decompressed once; the length that the metadata promise for a
// block must be met exactly. Inodes that no directory has stand below "lost+found";
// what of fragment blocks and metadata nobody refers to is given back as rest.
package squashfs

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is squashfs 1 to 4.
var Format = &format.Format{
	Name:     "squashfs",
	Magics:   allMagics(),
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

// probe is sure of a superblock that passes all of readSuperblock: more than
// sixty bits of it have to fit together.
func probe(in format.Input) format.Likeness {
	if _, _, err := readSuperblock(in); err != nil {
		return format.No
	}
	return format.Sure
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	sb, order, err := readSuperblock(in)
	if err != nil {
		return nil, err
	}
	if err := sb.place(in.Size); err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, in: in.Section(0, int64(sb.Bytes)), sb: sb, order: order, budget: b, rests: newRests()}
	r.buffers.block = int(sb.BlockSize)
	r.meta = metadata{in: r.in, order: order, codec: newCodec(compressions[sb.Compression]), blocks: map[int64]*metaBlock{}}
	r.meta.end = int64(sb.DirTable)
	r.meta.marked = sb.Major < 4 && sb.Flags&flagMarked != 0
	r.codec = newCodec(compressions[sb.Compression])
	if err := r.load(); err != nil {
		return nil, err
	}
	r.codec.prefer(r.meta.codec)
	o := &format.Opened{
		Length: int64(sb.Bytes),
		Modes:  true,
		Tree:   r,
		Damage: r.damage,
		Unused: r.unused(),
		Attributes: map[string]string{
			"compression": r.meta.codec.name(),
			"version":     fmt.Sprintf("%d.%d", sb.Major, sb.Minor),
			"block-size":  strconv.Itoa(int(sb.BlockSize)),
			"byte-order":  order.String(),
			"created":     time.Unix(int64(sb.Time), 0).UTC().Format(time.RFC3339),
		},
	}
	if r.unlinked > 0 {
		o.Attributes["unlinked"] = strconv.Itoa(r.unlinked)
	}
	return o, nil
}
