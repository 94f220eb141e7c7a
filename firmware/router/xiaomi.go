package router

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// Xiaomi is the image of Xiaomi's routers, HDR1 or HDR2: a CRC-32 of all that
// follows it, up to eight blobs with a name each, and an RSA signature at the end.
var Xiaomi = &format.Format{
	Name:     "xiaomi",
	Magics:   []format.Magic{{Bytes: "HDR1"}, {Bytes: "HDR2"}},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readXiaomi(in)) },
	Open:     openXiaomi,
}

// xiaomiHeader is what both versions have; numbers are little endian.
type xiaomiHeader struct {
	Magic          [4]byte
	Signature, Sum uint32
	_              uint16
	Device         uint16 // of HDR1
	Blobs          [8]uint32
}

// xiaomiBlob is the header of a blob.
type xiaomiBlob struct {
	Magic, Flash, Size uint32
	Type, _            uint16
	Name               [32]byte
}

const (
	xiaomiSize1, xiaomiSize2 = 48, 80
	xiaomiBlobs2             = 48 // where the places of HDR2 stand
	xiaomiSummed             = 12
	xiaomiBlobSize           = 48
	xiaomiBlobMagic          = 0xbabe
	xiaomiSignHeader         = 16
)

func readXiaomi(in format.Input) (h xiaomiHeader, ok bool) {
	if !decode(in, binary.LittleEndian, &h) {
		return h, false
	}
	if h.size() == xiaomiSize2 {
		b := in.Peek(xiaomiBlobs2, 4*len(h.Blobs))
		if _, err := binary.Decode(b, binary.LittleEndian, &h.Blobs); err != nil {
			return h, false
		}
	}
	return h, int64(h.Blobs[0]) >= h.size() && h.Signature > h.Blobs[0] && h.Signature <= maxImage
}

func (h *xiaomiHeader) size() int64 {
	if h.Magic[3] == '2' {
		return xiaomiSize2
	}
	return xiaomiSize1
}

func openXiaomi(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readXiaomi(in)
	if !ok {
		return nil, format.Errorf(0, "no HDR1 or HDR2 header")
	}
	at, signature := int64(h.Signature), int64(0)
	if b := in.Peek(at, 4); len(b) == 4 {
		signature = xiaomiSignHeader + int64(min(binary.LittleEndian.Uint32(b), 4096))
	}
	m := newImage(in, at+signature)
	m.header(0, h.size())
	m.header(at, min(signature, m.Length-at))
	if signature > xiaomiSignHeader {
		m.say("rsa-signature", fmt.Sprintf("%d bytes at 0x%x", signature-xiaomiSignHeader, at+xiaomiSignHeader))
	}
	if h.size() == xiaomiSize1 {
		m.say("device", fmt.Sprintf("0x%04x", h.Device))
	}
	if err := m.compare(ctx, "image", "crc32", xiaomiSummed, at+signature-xiaomiSummed, crc32.NewIEEE(), be32(^h.Sum)); err != nil {
		return nil, err
	}
	for _, off := range h.Blobs {
		if off == 0 {
			break
		}
		xiaomiRead(m, int64(off))
	}
	return m.done(), nil
}

func xiaomiRead(m *image, off int64) {
	var b xiaomiBlob
	if !decode(m.in.Section(off, xiaomiBlobSize), binary.LittleEndian, &b) || b.Magic != xiaomiBlobMagic {
		m.damage(off, 0, "no header of a blob at 0x%x", off)
		return
	}
	m.header(off, xiaomiBlobSize)
	m.part(format.Part{Name: str(b.Name[:]), Offset: off + xiaomiBlobSize, Length: int64(b.Size)})
}
