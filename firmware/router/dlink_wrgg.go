package router

import (
	"context"
	"crypto/md5"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// WRGG is D-Link's header with a signature of the board, twice a magic number,
// and the MD5 of the device's name and the image. The newer one, WRGG03, also has
// version, model and build. The size is in the byte order of the device.
var WRGG = &format.Format{
	Name: "wrgg",
	Magics: []format.Magic{
		{Offset: wrggName, Bytes: "\x21\x03\x08\x20\x21\x03\x08\x20"},
		{Offset: wrggName, Bytes: "\x20\x02\x04\x20\x20\x02\x04\x20"},
		{Offset: wrggName, Bytes: "\x20\x04\x02\x20\x20\x04\x02\x20"},
	},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readWRGG(in)) },
	Open:     openWRGG,
}

const (
	wrggName            = 32 // of the board, and of the device
	wrgSize, wrgg03Size = 96, 160
	wrggTail            = 4 + 4 + wrggName + md5.Size // size, offset, device and digest end the header
)

// wrggHeader is where the header ends, and the sizes that it may mean.
type wrggHeader struct {
	size  int64
	sizes []int64
	tail  []byte
	head  []byte
}

func readWRGG(in format.Input) (h wrggHeader, ok bool) {
	b := in.Head(wrgg03Size)
	if len(b) < wrggName+8 || !field(b[:wrggName]) {
		return h, false
	}
	h.size = wrgSize
	if string(b[wrggName:wrggName+4]) == "\x21\x03\x08\x20" {
		h.size = wrgg03Size
	}
	if int64(len(b)) < h.size {
		return h, false
	}
	h.head, h.tail = b[:h.size], b[h.size-wrggTail:h.size]
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if n := int64(order.Uint32(h.tail)); n > 0 && n <= in.Size-h.size {
			h.sizes = append(h.sizes, n)
		}
	}
	return h, len(h.sizes) > 0 && field(h.tail[8:8+wrggName])
}

func openWRGG(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readWRGG(in)
	if !ok {
		return nil, format.Errorf(0, "no WRGG header")
	}
	var m *image
	for _, n := range h.sizes {
		m = newImage(in, h.size+n)
		d := md5.New()
		_, _ = d.Write(h.tail[4 : 8+wrggName])
		if err := m.compare(ctx, "image", "md5", h.size, n, d, h.tail[wrggTail-md5.Size:]); err != nil {
			return nil, err
		}
		if !m.Hollow {
			break
		}
	}
	m.header(0, h.size)
	m.say("board", str(h.head[:wrggName]))
	m.say("device", str(h.tail[8:8+wrggName]))
	if h.size == wrgg03Size {
		m.say("version", str(h.head[40:56]))
		m.say("model", str(h.head[56:72]))
		m.say("build", str(h.head[88:104]))
	}
	return m.done(), nil
}
