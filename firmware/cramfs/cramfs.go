// Package cramfs reads cramfs file systems of both byte orders.
//
// The layout is that of fs/cramfs/README and include/uapi/linux/cramfs_fs.h of
// the Linux kernel: a superblock, inodes that stand with their names in the
// directories, and contents in blocks that are compressed with zlib, each found
// by a pointer to its end. Read are images of both versions, with holes, with
// 512 bytes for a boot loader in front, and with extended block pointers (blocks
// that are not compressed or lie anywhere). Files with the same content share it.
// The size of a block is not written anywhere: it is the one with which the
// largest files make sense.
//
// The checksum of the whole image is verified where it has one, that is, where
// it has the second version of its identifier. Only the block sizes that pages
// have are tried. The packer of Debian 12 makes no images of the first version
// and none with extended pointers; tests make them by hand.
package cramfs

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is cramfs.
var Format = &format.Format{
	Name:     "cramfs",
	Magics:   []format.Magic{{Offset: 16, Bytes: signature}, {Offset: bootSize + 16, Bytes: signature}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	signature = "Compressed ROMFS"
	magic     = 0x28cd3d45
	bootSize  = 512 // bytes that may be in front of the superblock
	superSize = 76
	crcPlace  = 32
	maxSize   = 1 << 28 // of a file system: what an inode can point to

	flagVersion2  = 1 << 0
	flagHoles     = 1 << 8
	flagSignature = 1 << 9
	flagShifted   = 1 << 10
	flagPointers  = 1 << 11
	flagsKnown    = 0xff | flagHoles | flagSignature | flagShifted | flagPointers
	crcStep       = 64 << 20 // bytes that the checksum takes at a time
)

// superblock is a superblock and where it is.
type superblock struct {
	at    int64
	order binary.ByteOrder
	size  int64 // 0 in the first version
	flags uint32
	crc   uint32
	name  string
	root  inode
}

// readSuperblock finds the superblock at the start or behind a boot loader. The
// place of the root tells one from the other, as places are counted from the start.
func readSuperblock(in format.Input) (sb superblock, err error) {
	if sb, err = superblockAt(in, 0); err == nil {
		return sb, nil
	}
	behind, other := superblockAt(in, bootSize)
	if other == nil && behind.root.offset == bootSize+superSize {
		return behind, nil
	}
	return sb, err
}

func superblockAt(in format.Input, at int64) (sb superblock, err error) {
	b := in.Peek(at, superSize)
	if len(b) < superSize || string(b[16:32]) != signature {
		return sb, format.Errorf(at, "no cramfs superblock")
	}
	sb = superblock{at: at, order: binary.LittleEndian}
	if binary.BigEndian.Uint32(b) == magic {
		sb.order = binary.BigEndian
	} else if binary.LittleEndian.Uint32(b) != magic {
		return sb, format.Errorf(at, "no magic number")
	}
	sb.flags, sb.crc = sb.order.Uint32(b[8:]), sb.order.Uint32(b[crcPlace:])
	if sb.flags&flagVersion2 != 0 {
		sb.size = int64(sb.order.Uint32(b[4:]))
	}
	sb.name = strings.ToValidUTF8(string(bytes.TrimRight(b[48:64], "\x00")), "?")
	sb.root = parseInode(b[64:], at+64, sb.order)
	return sb, sb.check()
}

func (sb *superblock) check() error {
	start := sb.at + superSize
	switch {
	case sb.flags&^flagsKnown != 0:
		return format.Errorf(sb.at+8, "unknown features 0x%x", sb.flags&^flagsKnown)
	case sb.root.mode&modeFmt != modeDir:
		return format.Errorf(sb.at+64, "the root is no directory")
	case sb.root.offset == 0 && sb.root.size > 0, sb.root.offset > 0 && sb.root.offset < start, sb.root.offset > start && sb.flags&flagShifted == 0:
		return format.Errorf(sb.at+72, "the root is at 0x%x", sb.root.offset)
	case sb.flags&flagVersion2 != 0 && (sb.size < start || sb.size > maxSize):
		return format.Errorf(sb.at+4, "file system of %d bytes", sb.size)
	}
	return nil
}

// probe is sure of the signature with the magic number, known features and a root.
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
	limit := int64(maxSize)
	if sb.size > 0 {
		limit = sb.size
	}
	r := &reader{ctx: ctx, in: in.Section(0, limit), sb: sb, budget: b, end: sb.at + superSize, extended: sb.flags&flagPointers != 0}
	r.pointers = 3 * r.in.Size // once for places, once for the length, once for what is unused
	if sb.size > in.Size {
		r.hurt(in.Size, fmt.Sprintf("file system of %d bytes, but %d are here", sb.size, in.Size))
	} else if err := r.verify(); err != nil {
		r.damage = append(r.damage, format.Damage{Offset: sb.at, Length: sb.size - sb.at, Reason: err.Error()})
	}
	if err := r.load(); err != nil {
		return nil, err
	}
	length := r.in.Size
	if sb.size == 0 {
		length = r.measure()
	}
	return &format.Opened{Length: length, Modes: true, Tree: r, Damage: r.damage, Unused: r.unused(length), Attributes: r.attributes()}, nil
}

// verify computes the checksum of the image, in which its own place counts as zeros.
func (r *reader) verify() error {
	if r.sb.flags&flagVersion2 == 0 {
		return nil
	}
	sum := uint32(0)
	for at := r.sb.at; at < r.sb.size; {
		n := min(crcStep, r.sb.size-at)
		if place := r.sb.at + crcPlace; at < place {
			n = place - at
		} else if at == place {
			sum = crc32.Update(sum, crc32.IEEETable, make([]byte, 4))
			at += 4
			continue
		}
		b, err := r.in.Bytes(at, n)
		if err != nil {
			return err
		}
		sum = crc32.Update(sum, crc32.IEEETable, b)
		at += n
	}
	if sum != r.sb.crc {
		return fmt.Errorf("checksum differs: %08x, the superblock says %08x", sum, r.sb.crc)
	}
	return nil
}

func (r *reader) attributes() map[string]string {
	a := map[string]string{"endian": "little", "block-size": strconv.Itoa(int(r.block)), "version": "1"}
	if r.sb.order == binary.ByteOrder(binary.BigEndian) {
		a["endian"] = "big"
	}
	if r.sb.flags&flagVersion2 != 0 {
		a["version"] = "2"
	}
	if r.sb.name != "" {
		a["name"] = r.sb.name
	}
	return a
}
