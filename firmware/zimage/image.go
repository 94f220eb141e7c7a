package zimage

import (
	"context"
	"encoding/binary"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Image is the kernel of 64-bit ARM or RISC-V as it lies in memory.
var Image = &format.Format{
	Name:     "kernel-image",
	Magics:   []format.Magic{{Offset: imageMagicAt, Bytes: "ARM\x64"}, {Offset: imageMagicAt, Bytes: "RSC\x05"}},
	Anywhere: true,
	Probe:    probeImage,
	Open:     openImage,
}

// ZBoot is an EFI program that holds a compressed kernel.
var ZBoot = &format.Format{
	Name:     "zboot",
	Magics:   []format.Magic{{Bytes: "MZ\x00\x00zimg"}},
	Anywhere: true,
	Probe:    probeZBoot,
	Open:     openZBoot,
}

const (
	imageHeader  = 64
	imageSizeAt  = 16
	imageFlagsAt = 24
	imageMagicAt = 56
	peAt         = 60 // where the place of the PE header stands, if there is one
	maxImage     = 1 << 30

	zbootPayload = 8
	zbootMethod  = 24
)

// readImage reads the header: for which processor, and how much memory it takes.
func readImage(in format.Input) (architecture string, memory int64, ok bool) {
	h := in.Head(imageHeader)
	if len(h) < imageHeader {
		return "", 0, false
	}
	memory = int64(binary.LittleEndian.Uint64(h[imageSizeAt:]))
	flags := binary.LittleEndian.Uint64(h[imageFlagsAt:])
	switch string(h[imageMagicAt : imageMagicAt+4]) {
	case "ARM\x64":
		architecture = "arm64"
		ok = strings.Trim(string(h[32:imageMagicAt]), "\x00") == ""
	case "RSC\x05":
		architecture = "riscv"
		ok = string(h[48:53]) == "RISCV"
	}
	return architecture, memory, ok && flags < 16 && memory >= 0 && memory <= maxImage
}

func probeImage(in format.Input) format.Likeness {
	if _, _, ok := readImage(in); !ok {
		return format.No
	}
	return format.Likely
}

// openImage takes the kernel's end from its PE header; without one it may end
// anywhere in the memory that it takes.
func openImage(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	architecture, memory, ok := readImage(in)
	if !ok {
		return nil, format.Errorf(imageMagicAt, "no kernel image")
	}
	size := peEnd(in)
	if size == 0 && memory > 0 {
		size = min(memory, in.Size)
	}
	if size < minSize || size > in.Size {
		size = in.Size
	}
	if size <= imageHeader {
		return nil, format.Errorf(0, "kernel of %d bytes", size)
	}
	return &format.Opened{
		Length:     size,
		Attributes: map[string]string{"architecture": architecture},
		Parts:      []format.Part{{Offset: imageHeader, Length: size - imageHeader, Role: format.Code}},
	}, nil
}

// peEnd is where the last section of a program in PE format ends in the file, or
// 0 if it is none.
func peEnd(in format.Input) (end int64) {
	const coff, section = 24, 40
	h := in.Head(imageHeader)
	if len(h) < imageHeader || string(h[:2]) != "MZ" {
		return 0
	}
	at := int64(binary.LittleEndian.Uint32(h[peAt:]))
	pe := in.Peek(at, coff)
	if len(pe) < coff || string(pe[:4]) != "PE\x00\x00" {
		return 0
	}
	at += coff + int64(binary.LittleEndian.Uint16(pe[20:]))
	for range binary.LittleEndian.Uint16(pe[6:]) {
		s := in.Peek(at, section)
		if len(s) < section {
			return 0
		}
		end = max(end, int64(binary.LittleEndian.Uint32(s[16:]))+int64(binary.LittleEndian.Uint32(s[20:])))
		at += section
	}
	return end
}

// readZBoot reads where the compressed kernel is, and how it is compressed.
func readZBoot(in format.Input) (payload, length int64, method string, ok bool) {
	h := in.Head(imageHeader)
	if len(h) < imageHeader || string(h[:8]) != "MZ\x00\x00zimg" {
		return 0, 0, "", false
	}
	payload, length = int64(binary.LittleEndian.Uint32(h[zbootPayload:])), int64(binary.LittleEndian.Uint32(h[zbootPayload+4:]))
	method, _, _ = strings.Cut(string(h[zbootMethod:imageMagicAt]), "\x00")
	return payload, length, printable([]byte(method)), payload >= imageHeader && length > 0 && payload+length <= in.Size
}

func probeZBoot(in format.Input) format.Likeness {
	if _, _, _, ok := readZBoot(in); !ok {
		return format.No
	}
	return format.Sure
}

func openZBoot(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	payload, length, method, ok := readZBoot(in)
	if !ok {
		return nil, format.Errorf(zbootPayload, "no kernel")
	}
	return &format.Opened{
		Length:     max(min(peEnd(in), in.Size), payload+length),
		Attributes: map[string]string{"compression": method},
		Parts:      []format.Part{{Offset: payload, Length: length, Role: format.Code, Hint: method}},
	}, nil
}
