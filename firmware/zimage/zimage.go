// Package zimage reads Linux kernels that begin with a header: the compressed
// kernel of 32-bit ARM (zImage) and of x86 (bzImage), the plain kernel of 64-bit
// ARM and RISC-V (Image), and the EFI program that unpacks one (zboot).
//
// A zImage, a bzImage and a zboot image are a small program with a compressed
// kernel in it, which is found and opened as the stream that it is, whatever it is
// compressed with. What a boot loader needs behind a zImage, such as a device
// tree, does not belong to it.
//
// The headers are those of arch/arm/boot/compressed/head.S, of
// drivers/firmware/efi/libstub/zboot-header.S, and of
// Documentation/arch/{arm64/booting,riscv/boot-image-header,x86/boot}.rst in
// Linux. A kernel of MIPS has none; it is seen by what it unpacks to.
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
