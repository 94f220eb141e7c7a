package router

import (
	"context"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Edimax is the header CSYS of Edimax and its sisters. The older one has an
// address and a size, and a checksum after the data; the newer one start, place in
// the flash, model and a size that counts the checksum. All sums of 16-bit numbers
// are zero.
var Edimax = &format.Format{
	Name:     "edimax",
	Magics:   []format.Magic{{Bytes: "CSYS"}},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		_, ok := readEdimax(in)
		return likely(0, ok)
	},
	Open: openEdimax,
}

// edimaxHeader is what both have: the length with the checksum.
type edimaxHeader struct {
	header, length int64
	order          binary.ByteOrder
	address        uint32
	model          string
}

const edimaxOld, edimaxNew = 12, 20

func readEdimax(in format.Input) (found []edimaxHeader, ok bool) {
	b := in.Head(edimaxNew)
	if len(b) < edimaxNew {
		return nil, false
	}
	fits := func(h edimaxHeader) {
		if h.length > 256 && h.length <= in.Size-h.header {
			found = append(found, h)
		}
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if field(b[12:16]) && b[15] != 0 {
			fits(edimaxHeader{edimaxNew, int64(order.Uint32(b[16:])), order, order.Uint32(b[4:]), str(b[12:16])})
		}
	}
	le := binary.LittleEndian
	fits(edimaxHeader{edimaxOld, int64(le.Uint32(b[8:])) + 2, le, le.Uint32(b[4:]), ""})
	return found, len(found) > 0
}

func openEdimax(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	found, _ := readEdimax(in)
	for _, h := range found {
		s := wordSum{order: h.order}
		if err := feed(ctx, in, h.header, h.length, &s); err != nil {
			return nil, err
		}
		if s.sum != 0 {
			continue
		}
		m := newImage(in, h.header+h.length)
		m.compared("image", "sum16", h.header, h.length, true)
		m.Hollow = true // 16 bits are few
		m.header(0, h.header)
		m.header(h.header+h.length-2, 2)
		m.say("address", hex32(h.address))
		m.say("model", h.model)
		return m.done(), nil
	}
	return nil, format.Errorf(0, "no checksum of the kinds that this header has fits")
}
