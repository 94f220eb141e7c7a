package cpio

import (
	"context"
	"encoding/binary"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Binary is the oldest kind of cpio archive. Its magic has two bytes only, so that it
// is not looked for within other bytes.
var Binary = &format.Format{
	Name:   "cpio",
	Magics: []format.Magic{{Bytes: "\xc7\x71"}, {Bytes: "\x71\xc7"}},
	Probe:  probeBinary,
	Open:   openBinary,
}

const (
	binaryMagic = 0o070707
	binarySize  = 26 // of a header: thirteen words of 16 bits
)

// readBinary reads the header at off, as cpio(5) describes it: of its two long
// numbers the upper half comes first, in either byte order.
func readBinary(order binary.ByteOrder) func(in format.Input, off int64) (header, error) {
	return func(in format.Input, off int64) (h header, err error) {
		raw := in.Peek(off, binarySize)
		if len(raw) < binarySize {
			return h, format.Errorf(off, "the archive ends in a header")
		}
		word := func(i int) uint64 { return uint64(order.Uint16(raw[2*i:])) }
		if word(0) != binaryMagic {
			return h, format.Errorf(off, "no cpio header")
		}
		h.kind = "binary"
		h.dev, h.ino, h.mode, h.uid, h.gid, h.links = word(1), word(2), word(3), word(4), word(5), word(6)
		h.rdev, h.time = word(7)>>8<<32|word(7)&0xff, word(8)<<16|word(9)
		h.nameSize, h.size = word(10), word(11)<<16|word(12)
		return h, h.place(in, off, binarySize, 2)
	}
}

// orderOf is the byte order of the first header.
func orderOf(in format.Input) binary.ByteOrder {
	if head := in.Head(1); len(head) > 0 && head[0] == binaryMagic>>8 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// probeBinary is sure where a second header follows on the first.
func probeBinary(in format.Input) format.Likeness {
	read := readBinary(orderOf(in))
	h, err := read(in, 0)
	if err != nil || !plausible(&h) || h.end > in.Size {
		return format.No
	}
	if next, err := read(in, h.end); err == nil && plausible(&next) {
		return format.Sure
	}
	return format.Likely
}

// plausible reports whether a header is one of a file with a name.
func plausible(h *header) bool {
	switch h.mode & 0o170000 {
	case 0o010000, 0o020000, 0o040000, 0o060000, 0o100000, 0o120000, 0o140000:
	default:
		return h.name == trailer
	}
	return h.name != "" && h.links > 0 && !strings.ContainsFunc(h.name, func(r rune) bool { return r < ' ' })
}

func openBinary(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	order := orderOf(in)
	kind := "binary, little endian"
	if order == binary.BigEndian {
		kind = "binary, big endian"
	}
	return (&archive{in: in, read: readBinary(order)}).open(ctx, kind, b)
}
