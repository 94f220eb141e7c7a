// Package erofs reads EROFS file systems.
//
// The layout is that of the Linux kernel's Documentation/filesystems/erofs.rst
// and of the structures that it names: a superblock, inodes that are found by
// their number alone, directories in blocks of sorted names, and contents that
// lie plain, behind their inode, in chunks, or in compressed clusters.
//
// Read are compact and extended inodes; contents that are flat, flat with their
// end behind the inode, and in chunks with holes; clusters compressed with LZ4,
// MicroLZMA, DEFLATE or zstd, with full and compact indexes, of one or more
// blocks, with their end behind the index, with ends of files in the packed
// inode, shared clusters, clusters without leading zeros as old kernels have
// them, and plain clusters of both kinds; extended attributes, own and shared,
// with long prefixes of their names.
//
// Not read are images with 48-bit addresses or a metadata box (Linux 6.15 and
// later), which are refused by name, and contents on further devices, which are
// not in the image: such a file has an error that says so.
//
// The format has a checksum of its first block only. Beyond it, what can be
// checked is that every cluster unpacks to exactly the length that the index
// gives.
//
// Debian 12 has a packer for LZ4 only, and none for packed inodes and shared
// clusters; the images of testdata come from the packer of Debian 13.
package erofs

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is EROFS.
var Format = &format.Format{
	Name:     "erofs",
	Magics:   []format.Magic{{Offset: superOffset, Bytes: "\xe2\xe1\xf5\xe0"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	superOffset = 1024
	superSize   = 128
	magic       = 0xe0f5e1e2
	minBits     = 9 // of a block size
	maxBits     = 16
)

// Features that a reader may ignore, and those that it must know.
const (
	compatChecksum = 1 << 0

	featZeroPadding   = 1 << 0
	featConfigs       = 1 << 1 // also: clusters of several blocks
	featDevices       = 1 << 3 // also: a second algorithm in a file
	featInlineCluster = 1 << 4
	featFragments     = 1 << 5 // also: shared clusters
	featXattrPrefixes = 1 << 6
	feat48Bit         = 1 << 7
	featMetaBox       = 1 << 8
	featKnown         = feat48Bit - 1
)

type superblock struct {
	Magic       uint32
	Checksum    uint32
	Compat      uint32
	BlockBits   uint8
	Slots       uint8
	Root        uint16
	Inodes      uint64
	BuildTime   uint64
	BuildNsec   uint32
	Blocks      uint32
	MetaBlock   uint32
	XattrBlock  uint32
	UUID        [16]byte
	Volume      [16]byte
	Incompat    uint32
	Algorithms  uint16
	Devices     uint16
	DeviceSlot  uint16
	DirBits     uint8
	Prefixes    uint8
	PrefixStart uint32
	Packed      uint64
	_           [24]byte
}

func readSuperblock(in format.Input) (sb superblock, err error) {
	buf := in.Peek(superOffset, superSize)
	if len(buf) < superSize {
		return sb, format.Errorf(superOffset, "the input ends in the superblock")
	}
	_, _ = binary.Decode(buf, binary.LittleEndian, &sb)
	switch {
	case sb.Magic != magic:
		err = format.Errorf(superOffset, "no EROFS superblock")
	case sb.BlockBits < minBits || sb.BlockBits > maxBits:
		err = format.Errorf(superOffset+12, "block size 2^%d", sb.BlockBits)
	case sb.Blocks == 0 || sb.MetaBlock >= sb.Blocks || sb.XattrBlock > sb.Blocks:
		err = format.Errorf(superOffset+36, "metadata in block %d, attributes in block %d of %d", sb.MetaBlock, sb.XattrBlock, sb.Blocks)
	case sb.DirBits != 0:
		err = format.Errorf(superOffset+90, "directory blocks of another size")
	}
	return sb, err
}

func (sb *superblock) has(feature uint32) bool { return sb.Incompat&feature != 0 }

func (sb *superblock) length() int64 { return int64(sb.Blocks) << sb.BlockBits }

// supported refuses what a reader must know and this one does not.
func (sb *superblock) supported() error {
	unknown := sb.Incompat &^ featKnown
	if unknown == 0 {
		return nil
	}
	var names []string
	for bit, name := range map[uint32]string{feat48Bit: "48-bit addresses", featMetaBox: "a metadata box"} {
		if unknown&bit != 0 {
			names = append(names, name)
			unknown &^= bit
		}
	}
	if unknown != 0 {
		names = append(names, fmt.Sprintf("features 0x%x", unknown))
	}
	return format.Errorf(superOffset+80, "%s: not read", strings.Join(names, ", "))
}

// sum computes the checksum of the first block, from the superblock on, without
// the checksum itself. It is false if the input ends before.
func (sb *superblock) sum(in format.Input) (sum uint32, n int64, ok bool) {
	n = int64(1) << sb.BlockBits
	if n > superOffset {
		n -= superOffset
	}
	b, err := in.Bytes(superOffset, n)
	if err != nil {
		return 0, n, false
	}
	table := crc32.MakeTable(crc32.Castagnoli)
	c := crc32.Update(0, table, b[:4])
	c = crc32.Update(c, table, make([]byte, 4))
	return ^crc32.Update(c, table, b[8:]), n, true
}

// probe is sure of a superblock with a right checksum, and of one without that
// is no chance: all fields that are not free are as they must be.
func probe(in format.Input) format.Likeness {
	sb, err := readSuperblock(in)
	if err != nil {
		return format.No
	}
	if sb.Compat&compatChecksum == 0 {
		if sb.Incompat&^(2*featMetaBox-1) != 0 || sb.BuildNsec >= 1e9 {
			return format.Likely
		}
		return format.Sure
	}
	if sum, _, ok := sb.sum(in); ok && sum == sb.Checksum {
		return format.Sure
	}
	return format.Likely
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	sb, err := readSuperblock(in)
	if err != nil {
		return nil, err
	}
	if err := sb.supported(); err != nil {
		return nil, err
	}
	length := min(sb.length(), in.Size)
	r := &reader{ctx: ctx, in: in.Section(0, length), sb: sb, budget: b}
	if length < sb.length() {
		r.hurt(length, fmt.Sprintf("file system of %d bytes, but %d are here", sb.length(), length))
	}
	if sum, n, ok := sb.sum(in); ok && sb.Compat&compatChecksum != 0 && sum != sb.Checksum {
		r.damage = append(r.damage, format.Damage{Offset: superOffset, Length: n, Reason: fmt.Sprintf("checksum differs: %08x, the superblock says %08x", sum, sb.Checksum)})
	}
	if err := r.load(); err != nil {
		return nil, err
	}
	return &format.Opened{Length: length, Modes: true, Tree: r, Damage: r.damage, Unused: r.unused(), Attributes: sb.attributes()}, nil
}

func (sb *superblock) attributes() map[string]string {
	a := map[string]string{
		"block-size": strconv.Itoa(1 << sb.BlockBits),
		"created":    time.Unix(int64(sb.BuildTime), 0).UTC().Format(time.RFC3339),
	}
	if name := string(bytes.TrimRight(sb.Volume[:], "\x00")); name != "" {
		a["name"] = strings.ToValidUTF8(name, "?")
	}
	var codecs []string
	for alg, name := range algorithms {
		if sb.has(featConfigs) && sb.Algorithms>>alg&1 != 0 {
			codecs = append(codecs, name)
		}
	}
	if codecs != nil {
		a["compression"] = strings.Join(codecs, ",")
	}
	if sb.has(featDevices) && sb.Devices > 0 {
		a["devices"] = strconv.Itoa(int(sb.Devices))
	}
	return a
}
