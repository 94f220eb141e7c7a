package fdt

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Magic begins every tree.
const Magic = "\xd0\x0d\xfe\xed"

const (
	headerSize    = 40
	headerSize16  = 36 // without the size of the structure
	maxSize       = 1 << 31
	maxStrings    = 4 << 20
	maxReserved   = 1 << 12
	version16     = 16
	compatibleEnd = 17 // the newest version that this reader knows
)

// header says where the blocks are.
type header struct {
	total, structure, strings, reserved, stringsSize, structureSize int64
	version                                                         uint32
}

// word reads a number, or 0 where the input ends.
func word(in format.Input, off int64) uint32 {
	b := in.Peek(off, 4)
	if len(b) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

// readHeader reads the header and checks it against itself and the input.
func readHeader(in format.Input) (h header, err error) {
	b := in.Head(headerSize)
	if len(b) < headerSize || string(b[:4]) != Magic {
		return h, format.Errorf(0, "no device tree")
	}
	at := func(i int) int64 { return int64(binary.BigEndian.Uint32(b[i:])) }
	h = header{
		total: at(4), structure: at(8), strings: at(12), reserved: at(16),
		version: uint32(at(20)), stringsSize: at(32), structureSize: at(36),
	}
	first := int64(headerSize)
	switch oldest := at(24); {
	case h.version < version16 || oldest > compatibleEnd || oldest > int64(h.version):
		return h, format.Errorf(20, "version %d, compatible with %d", h.version, oldest)
	case h.version == version16:
		first = headerSize16
		h.structureSize = h.total - h.structure
		if h.strings > h.structure {
			h.structureSize = h.strings - h.structure
		}
	}
	switch {
	case h.total > in.Size || h.total > maxSize:
		return h, format.Errorf(4, "device tree of %d bytes, %d are there", h.total, in.Size)
	case h.structure%4 != 0 || h.reserved%8 != 0:
		return h, format.Errorf(8, "blocks that are not aligned")
	case h.structure < first || h.strings < first || h.reserved < first:
		return h, format.Errorf(8, "blocks inside the header")
	case h.structureSize < 16 || h.structureSize > h.total-h.structure,
		h.stringsSize > h.total-h.strings, h.reserved > h.total-16:
		return h, format.Errorf(8, "blocks beyond the end")
	case h.stringsSize > maxStrings:
		return h, format.Errorf(32, "%d bytes of names", h.stringsSize)
	case h.structure < h.strings+h.stringsSize && h.strings < h.structure+h.structureSize:
		return h, format.Errorf(8, "structure and names overlap")
	}
	return h, nil
}

// reservations reads the reserved memory and gives the length of its block.
func (h *header) reservations(in format.Input) (all []Reservation, length int64, err error) {
	end := h.total
	for _, other := range []int64{h.structure, h.strings} {
		if other >= h.reserved {
			end = min(end, other)
		}
	}
	for off := h.reserved; off+16 <= end && len(all) < maxReserved; off += 16 {
		b, err := in.Bytes(off, 16)
		if err != nil {
			return nil, 0, err
		}
		r := Reservation{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
		if r == (Reservation{}) {
			return all, off + 16 - h.reserved, nil
		}
		all = append(all, r)
	}
	return nil, 0, format.Errorf(h.reserved, "the reserved memory has no end")
}
