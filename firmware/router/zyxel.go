package router

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// ZyNOS is the header of an object in the flash of ZyXEL's ZyNOS, called ROMBIN:
// address, type, sizes of the plain and of the packed bytes, and checksums of
// both, where flags say that they hold. The boot extension's size spans the whole
// image; its objects are found inside.
var ZyNOS = &format.Format{
	Name:     "zynos",
	Magics:   []format.Magic{{Offset: 4, Bytes: "\x00\x00SIG"}},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readZyNOS(in)) },
	Open:     openZyNOS,
}

// zynosHeader is the header; numbers are big endian.
type zynosHeader struct {
	Address             uint32
	_                   [2]byte
	_                   [3]byte // "SIG"
	Type                uint8
	Plain, Packed       uint32 // sizes
	Flags               uint8
	_                   uint8
	PlainSum, PackedSum uint16
	Version             [15]byte
	Map                 uint32
	_                   [5]byte
}

const (
	zynosSize                                  = 48
	zynosPackedSum, zynosPlainSum, zynosPacked = 0x20, 0x40, 0x80
)

var zynosTypes = map[uint8]string{
	1: "romimage", 2: "romboot", 3: "bootext", 4: "rombin", 5: "romdir", 6: "6", 7: "rommap",
	0x80: "ram", 0x81: "ramcode", 0x82: "ramboot",
}

func readZyNOS(in format.Input) (h zynosHeader, ok bool) {
	if !decode(in, binary.BigEndian, &h) {
		return h, false
	}
	n := h.length()
	return h, zynosTypes[h.Type] != "" && n > 0 && n <= in.Size-zynosSize
}

func (h *zynosHeader) length() int64 {
	if h.Flags&zynosPacked != 0 {
		return int64(h.Packed)
	}
	return int64(h.Plain)
}

func openZyNOS(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readZyNOS(in)
	if !ok {
		return nil, format.Errorf(0, "no ROMBIN header")
	}
	n := h.length()
	m := newImage(in, zynosSize+n)
	m.header(0, zynosSize)
	m.say("type", zynosTypes[h.Type])
	m.say("version", str(h.Version[:]))
	m.say("load", hex32(h.Address))
	m.say("flags", fmt.Sprintf("0x%02x", h.Flags))
	want, flag := h.PlainSum, uint8(zynosPlainSum)
	if h.Flags&zynosPacked != 0 {
		want, flag = h.PackedSum, zynosPackedSum
	}
	if h.Flags&flag != 0 {
		if err := m.compare(ctx, "object", "zynos", zynosSize, n, new(carrySum), binary.BigEndian.AppendUint16(nil, want)); err != nil {
			return nil, err
		}
	}
	return m.done(), nil
}

// carrySum is the sum of big-endian 16-bit numbers, the carry added again; an odd
// byte at the end counts as the upper half.
type carrySum struct {
	sum uint32
	odd int // the upper half plus 1, or 0
}

func (s *carrySum) add(high, low byte) {
	s.sum += uint32(high)<<8 | uint32(low)
	if s.sum > 0xffff {
		s.sum = (s.sum + 1) & 0xffff
	}
}

func (s *carrySum) Write(b []byte) (int, error) {
	n := len(b)
	if s.odd > 0 && n > 0 {
		s.add(byte(s.odd-1), b[0])
		s.odd, b = 0, b[1:]
	}
	for ; len(b) > 1; b = b[2:] {
		s.add(b[0], b[1])
	}
	if len(b) == 1 {
		s.odd = int(b[0]) + 1
	}
	return n, nil
}

func (s *carrySum) Sum(b []byte) []byte {
	t := *s
	if t.odd > 0 {
		t.add(byte(t.odd-1), 0)
	}
	return binary.BigEndian.AppendUint16(b, uint16(t.sum))
}
