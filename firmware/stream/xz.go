package stream

import (
	"context"
	"errors"
	"io"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/lzma"
)

// XZ is the .xz format, also as the kernel has it.
var XZ = &format.Format{
	Name:     "xz",
	Magics:   []format.Magic{{Offset: 0, Bytes: "\xfd7zXZ\x00"}},
	Anywhere: true,
	Summed:   true,
	Probe:    probeXZ,
	Open:     openXZ,
	Peek:     peekXZ,
}

const xzHeader = 12

func probeXZ(in format.Input) format.Likeness {
	if !lzma.ValidXZ(in.Head(xzHeader)) {
		return format.No
	}
	return format.Sure
}

func peekXZ(in format.Input) []byte {
	out, _ := new(lzma.Decoder).XZ(make([]byte, 0, peekSize), in.Head(peekInput), nil, lzma.NoMore)
	return out
}

// openXZ reads a stream, and those that follow at once.
func openXZ(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	expect, most := lzma.SizeXZ(in.Peek), int64(0)
	if b.Scratch != nil {
		most = b.Room()
		if expect > 0 { // is allocated once, and not copied as it grows
			most = min(2*most, b.FileBytes/4)
		}
	}
	if most > 0 && expect > most {
		return openLongXZ(ctx, in, b, expect)
	}
	d := new(lzma.Decoder)
	g := &growing{ctx: ctx, b: b, packed: d.Taken, expect: expect, most: most}
	src, more := lzmaSource(in, 0)
	data, err := d.XZ(nil, src, more, g.room)
	length := d.Taken()
	for err == nil {
		if data, err = d.NextXZ(data, g.room); err == nil || err != io.EOF {
			length = d.Taken()
		}
	}
	if err == io.EOF {
		err = nil
	}
	data, err = g.end(data, err)
	if b.Scratch != nil && errors.Is(err, format.ErrLimit) { // there are more streams than the first
		return openLongXZ(ctx, in, b, 0)
	}
	return opened(in, unpacked{data: data}, length, "", err, nil)
}
