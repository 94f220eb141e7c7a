package zimage

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// BzImage is the compressed kernel of x86: a boot sector and a program of the
// 16-bit mode, then the program that unpacks the kernel.
var BzImage = &format.Format{
	Name:     "bzimage",
	Magics:   []format.Magic{{Offset: bzMagicAt, Bytes: "HdrS"}},
	Anywhere: true,
	Probe:    probeBz,
	Open:     openBz,
}

// Places in the header, as boot.rst has them.
const (
	sector        = 512
	bzSectors     = 0x1f1 // of the setup program, beside the boot sector
	bzSize        = 0x1f4 // of the rest, in paragraphs
	bzBootFlag    = 0x1fe
	bzMagicAt     = 0x202
	bzVersion     = 0x206
	bzKernelName  = 0x20e // where the version is said, from 0x200 on
	bzPayload     = 0x248 // where in the rest the compressed kernel is
	bzHeaderSize  = 0x250
	bzWithPayload = 0x208 // the version of the header that has it
	paragraph     = 16
)

// bz is what the header says.
type bz struct {
	setup, size     int64
	payload, length int64 // in the image; no length before version 2.08
	version         uint16
	name            string
}

func readBz(in format.Input) (k bz, ok bool) {
	h := in.Head(bzHeaderSize)
	if len(h) < bzHeaderSize || string(h[bzMagicAt:bzMagicAt+4]) != "HdrS" || h[bzBootFlag] != 0x55 || h[bzBootFlag+1] != 0xaa {
		return k, false
	}
	u32 := func(at int) int64 { return int64(binary.LittleEndian.Uint32(h[at:])) }
	k.version = binary.LittleEndian.Uint16(h[bzVersion:])
	sectors := int64(h[bzSectors])
	if sectors == 0 {
		sectors = 4
	}
	k.setup = (sectors + 1) * sector
	k.size = k.setup + u32(bzSize)*paragraph
	if k.version < 0x200 || k.version > 0x2ff || k.size < minSize || k.size > in.Size {
		return k, false
	}
	if k.version >= bzWithPayload {
		k.payload, k.length = k.setup+u32(bzPayload), u32(bzPayload+4)
		if k.length == 0 || k.payload+k.length > k.size {
			return k, false
		}
	}
	at := int64(binary.LittleEndian.Uint16(h[bzKernelName:])) + 0x200
	name, _, _ := bytes.Cut(in.Peek(at, 128), []byte{0})
	k.name = printable(name)
	return k, true
}

// printable gives the first word, if all of it can be printed.
func printable(b []byte) string {
	word, _, _ := bytes.Cut(b, []byte{' '})
	for _, c := range word {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	return string(word)
}

func probeBz(in format.Input) format.Likeness {
	if _, ok := readBz(in); !ok {
		return format.No
	}
	return format.Sure
}

func openBz(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	k, ok := readBz(in)
	if !ok {
		return nil, format.Errorf(bzMagicAt, "no bzImage header")
	}
	o := &format.Opened{
		Length:     k.size,
		Attributes: map[string]string{"architecture": "x86", "boot-protocol": fmt.Sprintf("%d.%02d", k.version>>8, k.version&0xff)},
		Parts:      []format.Part{{Offset: k.setup, Length: k.size - k.setup, Role: format.Code}},
	}
	if k.name != "" {
		o.Attributes["linux-version"] = k.name
	}
	if k.length > 0 {
		o.Parts[0] = format.Part{Offset: k.payload, Length: k.length, Role: format.Code}
	}
	return o, nil
}
