package router

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// Ubiquiti is the image of Ubiquiti's devices: a header with the version and a
// CRC-32, parts with a CRC-32 each, and an end with one of everything, or with an
// RSA signature in its place.
var Ubiquiti = &format.Format{
	Name:     "ubnt",
	Magics:   []format.Magic{{Bytes: "UBNT"}, {Bytes: "OPEN"}},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		if isUbiquiti(in) {
			return format.Sure
		}
		return format.No
	},
	Open: openUbiquiti,
}

const (
	ubntSize   = 4 + 256 + 4 + 4
	ubntSummed = 4 + 256
	ubntPart   = 56
	ubntTail   = 8 // sum and four zeros after a part
	ubntEnd    = 12
	ubntSigned = 4 + 256 + 4
)

// ubntHeader is the header of a part; numbers are big endian.
type ubntHeader struct {
	Magic                       [4]byte
	Name                        [16]byte
	_                           [12]byte
	Memory, Index, Flash, Entry uint32
	Size, Room                  uint32
}

func isUbiquiti(in format.Input) bool {
	b := in.Head(ubntSize)
	return len(b) == ubntSize && crc32.ChecksumIEEE(b[:ubntSummed]) == binary.BigEndian.Uint32(b[ubntSummed:])
}

func openUbiquiti(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	if !isUbiquiti(in) {
		return nil, format.Errorf(ubntSummed, "header checksum differs")
	}
	m := newImage(in, in.Size)
	m.Hollow = false
	m.header(0, ubntSize)
	m.say("version", str(in.Head(ubntSummed)[4:]))
	at := int64(ubntSize)
	for {
		next, err := ubntBlock(ctx, m, at)
		if err != nil {
			return nil, err
		}
		if next == 0 {
			break
		}
		at = next
	}
	m.Length = min(max(at, m.end()), in.Size)
	return m.done(), nil
}

// end is where the last byte that is taken stands.
func (m *image) end() (end int64) {
	for _, t := range m.taken {
		end = max(end, t.Offset+t.Length)
	}
	return end
}

// ubntBlock reads the block at a place and says where the next one begins, or 0 if
// there is none.
func ubntBlock(ctx context.Context, m *image, at int64) (next int64, err error) {
	switch magic := string(m.in.Peek(at, 4)); magic {
	case "PART", "EXEC", "FILE":
		return ubntRead(ctx, m, at)
	case "END.":
		m.header(at, min(ubntEnd, m.in.Size-at))
		if b := m.in.Peek(at+4, 4); len(b) == 4 {
			return 0, m.compare(ctx, "image", "crc32", 0, at, crc32.NewIEEE(), b)
		}
	case "ENDS":
		m.say("rsa-signature", fmt.Sprintf("256 bytes at 0x%x", at+4))
		m.header(at, min(ubntSigned, m.in.Size-at))
	default:
		m.damage(at, 0, "neither a part nor the end")
	}
	return 0, nil
}

func ubntRead(ctx context.Context, m *image, at int64) (next int64, err error) {
	var h ubntHeader
	if !decode(m.in.Section(at, m.in.Size), binary.BigEndian, &h) || len(m.Parts) >= maxParts {
		m.damage(at, 0, "the header of a part is cut off, or there are more than %d", maxParts)
		return 0, nil
	}
	data, n := at+ubntPart, int64(h.Size)
	m.header(at, ubntPart)
	p := format.Part{Name: str(h.Name[:]), Offset: data, Length: n}
	if p.Name == "kernel" || p.Name == "u-boot" {
		p.Role = format.Code
	}
	sum := m.in.Peek(data+n, 4)
	if len(sum) < 4 {
		m.part(p) // says what is not there
		return 0, nil
	}
	m.part(p)
	m.header(data+n, min(ubntTail, m.in.Size-data-n))
	return data + n + ubntTail, m.compare(ctx, p.Name, "crc32", at, ubntPart+n, crc32.NewIEEE(), sum)
}
