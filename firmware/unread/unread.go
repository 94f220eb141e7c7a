// Package unread recognises file systems that are not read yet. They are found
// and named, and never opened: what lies in them was not seen, and whoever looks
// at an image must know that a file system begins there.
//
// Each is recognised by its superblock or first node, with its checksum where
// it has one, as the kernel's documentation of the file system describes it.
package unread

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// ErrNotRead says that a file system was recognised and is not read.
var ErrNotRead = errors.New("file systems of this kind are not read yet")

// Formats are the file systems that are recognised only. A reader takes the
// place of its line here.
func Formats() []*format.Format {
	return []*format.Format{
		kind("ubi", ubi, format.Magic{Bytes: "UBI#\x01\x00\x00\x00"}),
		kind("ubifs", ubifs, format.Magic{Bytes: "\x31\x18\x10\x06"}),
		kind("jffs2", jffs2,
			format.Magic{Bytes: "\x85\x19\x01\xe0"}, format.Magic{Bytes: "\x85\x19\x02\xe0"}, format.Magic{Bytes: "\x85\x19\x03\x20"},
			format.Magic{Bytes: "\x19\x85\xe0\x01"}, format.Magic{Bytes: "\x19\x85\xe0\x02"}, format.Magic{Bytes: "\x19\x85\x20\x03"}),
		kind("ext", ext, extMagics()...),
		kind("erofs", erofs, format.Magic{Offset: 1024, Bytes: "\xe2\xe1\xf5\xe0"}),
		kind("cramfs", always, format.Magic{Offset: 16, Bytes: "Compressed ROMFS"}),
		kind("romfs", romfs, format.Magic{Bytes: "-rom1fs-"}),
		kind("littlefs", always, format.Magic{Offset: 8, Bytes: "littlefs"}),
	}
}

func kind(name string, is func(head []byte) bool, magics ...format.Magic) *format.Format {
	return &format.Format{
		Name: name, Magics: magics, Anywhere: true,
		Probe: func(in format.Input) format.Likeness {
			if is(in.Head(headSize)) {
				return format.Sure
			}
			return format.No
		},
		Open: func(context.Context, format.Input, *format.Budget) (*format.Opened, error) { return nil, ErrNotRead },
	}
}

// headSize is how many bytes a superblock or first node is looked for in.
const headSize = 4096

func always([]byte) bool { return true }

// sum is the checksum of the flash file systems: the reflected CRC-32 without
// the final inversion, from a start value.
func sum(start uint32, b []byte) uint32 { return ^crc32.Update(^start, crc32.IEEETable, b) }

// ubi checks an erase counter header (include/mtd/ubi-media.h of mtd-utils).
func ubi(b []byte) bool {
	return len(b) >= 64 && binary.BigEndian.Uint32(b[60:]) == sum(0xffffffff, b[:60])
}

// ubifs checks the common header of a node (Documentation/filesystems/ubifs.rst).
func ubifs(b []byte) bool {
	if len(b) < 24 {
		return false
	}
	n := binary.LittleEndian.Uint32(b[16:])
	return n >= 24 && int64(n) <= int64(len(b)) && b[20] <= 11 && binary.LittleEndian.Uint32(b[4:]) == sum(0xffffffff, b[8:n])
}

// jffs2 checks the header of a node in either byte order.
func jffs2(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if b[0] == 0x19 {
		order = binary.BigEndian
	}
	return order.Uint32(b[4:]) >= 12 && order.Uint32(b[8:]) == sum(0, b[:8])
}

// extMagics are the superblock's magic with the states and error behaviours
// that follow it (Documentation/filesystems/ext4/super.rst): its two bytes alone
// are too short to be looked for.
func extMagics() []format.Magic {
	var all []format.Magic
	for state := range byte(3) {
		for errors := byte(1); errors <= 3; errors++ {
			all = append(all, format.Magic{Offset: 0x438, Bytes: string([]byte{0x53, 0xef, state, 0, errors, 0})})
		}
	}
	return all
}

func ext(b []byte) bool {
	if len(b) < 0x400+0x60 {
		return false
	}
	s := b[0x400:]
	u := binary.LittleEndian.Uint32
	return u(s) > 0 && u(s[4:]) > 0 && u(s[0x18:]) <= 6 && u(s[0x20:]) > 0 && u(s[0x28:]) > 0 && u(s[0x4c:]) <= 1
}

func erofs(b []byte) bool {
	return len(b) >= 1024+128 && b[1024+12] >= 9 && b[1024+12] <= 16 // block size, as a power of two
}

// romfs checks the sum of the header's words (Documentation/filesystems/romfs.rst).
func romfs(b []byte) bool {
	if len(b) < 64 {
		return false
	}
	size := int64(binary.BigEndian.Uint32(b[8:]))
	summed := b[:min(512, size, int64(len(b)))&^3]
	total := uint32(0)
	for ; len(summed) > 0; summed = summed[4:] {
		total += binary.BigEndian.Uint32(summed)
	}
	return size >= 64 && total == 0
}
