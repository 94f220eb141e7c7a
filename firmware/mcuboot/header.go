// Package mcuboot reads images of the MCUboot boot loader: a header, the program,
// and fields behind it (TLVs) with the hash, the signatures and what they say of
// keys, counters and dependencies.
//
// The layout is that of docs/design.md of MCUboot: the header of today, magic
// 0x96f3b83d, and the one before version 1.0, 0x96f3b83c. A slot of a flash image
// is found wherever it begins.
//
// Hashes are compared. Signatures are parsed: RSA-2048 and RSA-3072 with PSS,
// ECDSA on P-256 and P-384, Ed25519 over the hash or over the image itself. What is
// over the program before it was encrypted or compressed cannot be compared, and it
// is said. The trailer at the end of a slot is not read.
package mcuboot

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the MCUboot image.
var Format = &format.Format{
	Name:     name,
	Magics:   []format.Magic{{Bytes: magic}, {Bytes: magicOld}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
	Torn:     torn,
}

const (
	name     = "mcuboot"
	magic    = "\x3d\xb8\xf3\x96"
	magicOld = "\x3c\xb8\xf3\x96"

	headerFields = 32        // bytes that have a meaning
	maxImage     = 256 << 20 // of the program

	flagAES128  = 0x4
	flagAES256  = 0x8
	flagLZMA1   = 0x200
	flagLZMA2   = 0x400
	encrypted   = flagAES128 | flagAES256
	compressed  = flagLZMA1 | flagLZMA2
	oldPKCS1v15 = 0x4 // of the old header: RSA is not PSS
	maxFlags    = 0xffff
)

var flagNames = []struct {
	bit  uint32
	name string
}{
	{0x1, "pic"},
	{flagAES128, "encrypted-aes128"},
	{flagAES256, "encrypted-aes256"},
	{0x10, "non-bootable"},
	{0x20, "ram-load"},
	{0x100, "rom-fixed"},
	{flagLZMA1, "compressed-lzma1"},
	{flagLZMA2, "compressed-lzma2"},
	{0x800, "compressed-arm-thumb"},
}

// header is a header of either age.
type header struct {
	old             bool
	load            uint32
	size, image     int64 // of the header, of the program
	protected       int64 // bytes of protected fields
	tlvs            int64 // bytes of fields, of the old header
	flags           uint32
	major, minor    uint8
	revision        uint16
	build           uint32
	reserved, spare uint32 // fields that are zero
}

func readHeader(in format.Input) (h header, ok bool) {
	raw := in.Head(headerFields)
	if len(raw) < headerFields {
		return h, false
	}
	le := binary.LittleEndian
	h = header{
		size: int64(le.Uint16(raw[8:])), image: int64(le.Uint32(raw[12:])), flags: le.Uint32(raw[16:]),
		major: raw[20], minor: raw[21], revision: le.Uint16(raw[22:]), build: le.Uint32(raw[24:]),
		spare: le.Uint32(raw[28:]),
	}
	switch string(raw[:4]) {
	case magic:
		h.load, h.protected = le.Uint32(raw[4:]), int64(le.Uint16(raw[10:]))
	case magicOld:
		h.old, h.tlvs, h.reserved = true, int64(le.Uint16(raw[4:])), uint32(le.Uint16(raw[10:]))
	default:
		return h, false
	}
	fits := h.size >= headerFields && h.image > 0 && h.image <= maxImage && h.flags <= maxFlags
	return h, fits && h.spare == 0 && h.reserved == 0
}

// probe is sure of a header that leads to fields, or that is padded as imgtool
// does. The magic alone is in the code of the boot loader too.
func probe(in format.Input) format.Likeness {
	h, ok := readHeader(in)
	switch {
	case !ok:
		return format.No
	case h.old:
		return format.Likely
	case h.size > headerFields && padded(in, h):
		return format.Sure
	}
	info := in.Peek(h.size+h.image, 2)
	if string(info) == "\x07\x69" || string(info) == "\x08\x69" {
		return format.Sure
	}
	return format.Likely
}

// torn is an image whose header makes sense but for the size of the program.
func torn(in format.Input) error {
	h, _ := readHeader(in)
	if h.size < headerFields || h.flags > maxFlags || h.spare != 0 || h.reserved != 0 {
		return nil
	}
	if left := max(0, in.Size-h.size); h.image == 0 || h.image > left {
		return format.Errorf(12, "a program of %d bytes, and %d follow the header", h.image, left)
	}
	return nil
}

// padded reports whether the header is filled up with one byte.
func padded(in format.Input, h header) bool {
	rest := in.Peek(headerFields, int(h.size-headerFields))
	return int64(len(rest)) == h.size-headerFields && (len(rest) == 0 || bytes.Count(rest, rest[:1]) == len(rest))
}

func (h *header) attributes() map[string]string {
	a := map[string]string{
		"version":     fmt.Sprintf("%d.%d.%d", h.major, h.minor, h.revision),
		"header-size": fmt.Sprint(h.size),
		"image-size":  fmt.Sprint(h.image),
	}
	if h.build != 0 {
		a["version"] += fmt.Sprintf("+%d", h.build)
	}
	if h.load != 0 {
		a["load"] = fmt.Sprintf("0x%08x", h.load)
	}
	if h.old {
		a["header"] = "old"
		return a // its flags mean something else
	}
	var names []string
	for _, f := range flagNames {
		if h.flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	if names != nil {
		a["flags"] = strings.Join(names, " ")
	}
	return a
}
