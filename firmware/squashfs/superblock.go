package squashfs

import (
	"encoding/binary"
	"math/bits"

	"github.com/assay-iot/assay/firmware/format"
)

const superblockSize = 96

// superblock is that of version 4. Those of older versions are read into it.
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

// versionAt is where every version has its number.
const versionAt = 28

var compressions = [...]string{1: "gzip", 2: "lzma", 3: "lzo", 4: "xz", 5: "lz4", 6: "zstd"}

// magics are that of squashfs in both byte orders, and those that vendors gave to
// file systems with LZMA. None of them tells the byte order for sure.
var magics = []string{"hsqs", "sqsh", "shsq", "qshs", "sqlz", "zlqs", "hsqt", "tqsh"}

func allMagics() []format.Magic {
	all := make([]format.Magic, len(magics))
	for i, m := range magics {
		all[i] = format.Magic{Bytes: m}
	}
	return all
}

// readSuperblock reads the superblock in the byte order in which its version
// makes sense.
func readSuperblock(in format.Input) (sb superblock, order binary.ByteOrder, err error) {
	raw := in.Head(oldSuperblockSize)
	if len(raw) < superblockSize {
		return sb, nil, format.Errorf(0, "no squashfs superblock")
	}
	order = binary.LittleEndian
	if raw[versionAt] == 0 {
		order = binary.BigEndian
	}
	switch major, minor := order.Uint16(raw[versionAt:]), order.Uint16(raw[versionAt+2:]); {
	case major == 4 && minor == 0:
		_, err = binary.Decode(raw[:superblockSize], order, &sb)
	case major >= 1 && major <= 3 && minor < 10:
		sb, err = oldSuperblock(raw, order)
	default:
		err = format.Errorf(versionAt, "squashfs version %d.%d, only 1 to 3 and 4.0 are read", major, minor)
	}
	if err == nil {
		err = sb.check()
	}
	return sb, order, err
}

func (sb *superblock) check() error {
	switch {
	case sb.BlockSize < minBlock || sb.BlockSize > maxBlock || bits.OnesCount32(sb.BlockSize) != 1 || sb.BlockSize>>(sb.BlockLog&31) != 1 || sb.BlockLog > 20:
		return format.Errorf(12, "block size %d (log %d)", sb.BlockSize, sb.BlockLog)
	case sb.Compression == 0 || int(sb.Compression) >= len(compressions):
		return format.Errorf(20, "unknown compression %d", sb.Compression)
	}
	return nil
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
