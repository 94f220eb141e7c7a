// Package zimage reads the compressed kernel of 32-bit ARM: a small program that
// carries the compressed kernel and unpacks it at boot.
//
// The header is that of arch/arm/boot/compressed/head.S in Linux: a magic number
// at byte 36, then the addresses where the image begins and ends.
package zimage

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the zImage, in either byte order.
var Format = &format.Format{
	Name:     "zimage",
	Magics:   []format.Magic{{Offset: 36, Bytes: "\x18\x28\x6f\x01"}, {Offset: 36, Bytes: "\x01\x6f\x28\x18"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	headerSize = 48
	minSize    = 16 << 10
	magic      = 0x016f2818
)

func read(in format.Input) (size int64, ok bool) {
	raw := in.Head(headerSize)
	if len(raw) < headerSize {
		return 0, false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(raw[36:]) != magic {
		order = binary.BigEndian
	}
	size = int64(order.Uint32(raw[44:])) - int64(order.Uint32(raw[40:]))
	return size, order.Uint32(raw[36:]) == magic && size >= minSize && size <= in.Size
}

// probe wants a program in front of the magic: eight instructions, mostly the
// same no-operation.
func probe(in format.Input) format.Likeness {
	raw := in.Head(headerSize)
	if _, ok := read(in); !ok {
		return format.No
	}
	same := 0
	for i := 4; i < 28; i += 4 {
		if string(raw[i:i+4]) == string(raw[i+4:i+8]) {
			same++
		}
	}
	if same < 2 {
		return format.No
	}
	return format.Likely
}

func open(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	size, ok := read(in)
	if !ok {
		return nil, format.Errorf(36, "no zImage header")
	}
	return &format.Opened{
		Length:     size,
		Attributes: map[string]string{"architecture": "arm", "size": fmt.Sprint(size)},
		Parts:      []format.Part{{Offset: headerSize, Length: size - headerSize, Role: format.Code}},
		Hollow:     true,
	}, nil
}
