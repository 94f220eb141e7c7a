package stream

import (
	"context"
	"errors"

	"github.com/klauspost/compress/zlib"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/inflate"
)

// Zlib is RFC 1950, where a stream must begin. Its magic is two bytes of which
// chance makes many.
var Zlib = &format.Format{
	Name:   "zlib",
	Magics: zlibMagics,
	Probe:  probeZlib,
	Open:   openZlib,
	Peek:   peekZlib,
}

// LongZlib is a zlib stream anywhere. It must unpack to much: pictures and fonts
// are zlib streams too. It counts only with a container or a kernel inside.
var LongZlib = &format.Format{
	Name:     "zlib",
	Magics:   zlibMagics,
	Anywhere: true,
	Probe:    probeLongZlib,
	Open:     openLongZlib,
	Peek:     peekZlib,
}

var zlibMagics = []format.Magic{{Bytes: "\x78\x01"}, {Bytes: "\x78\x5e"}, {Bytes: "\x78\x9c"}, {Bytes: "\x78\xda"}}

const (
	zlibHeader = 2
	// tasteSize is what a stream must unpack to for a probe to believe in it, if it
	// does not end before; longTaste is the same for one anywhere.
	tasteSize = 4 << 10
	longTaste = 64 << 10
)

func probeZlib(in format.Input) format.Likeness { return taste(in, tasteSize, true) }

// probeLongZlib tries few bytes first, as almost all that are tried are none.
func probeLongZlib(in format.Input) format.Likeness {
	if taste(in, tasteSize, false) == format.No {
		return format.No
	}
	return taste(in, longTaste, false)
}

// taste unpacks the first bytes. A stream that is shorter must end with its
// checksum, if a short one will do.
func taste(in format.Input, size int, short bool) format.Likeness {
	d := inflaters.Get().(*inflate.Decoder)
	defer inflaters.Put(d)
	// No stream has more input than output, but for a few bytes a block.
	_, _, err := d.Zlib(make([]byte, size), in.Head(size+size/8+64))
	if errors.Is(err, inflate.ErrTooLong) || (err == nil && short) {
		return format.Likely
	}
	return format.No
}

func peekZlib(in format.Input) []byte {
	head := in.Head(peekInput)
	return peekInflated(head[min(zlibHeader, len(head)):])
}

func openZlib(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	c := newCounter(in, 0)
	r, err := zlib.NewReader(c)
	if err != nil {
		return nil, err
	}
	data, err := collect(ctx, r, b, 0, c.taken)
	if err == nil && data.size() == 0 {
		err = errors.New("empty")
	}
	return opened(in, data, c.taken(), "", err, nil)
}

// openLongZlib wants the checksum at the end too.
func openLongZlib(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	o, err := openZlib(ctx, in, b)
	if err != nil {
		return nil, err
	}
	if len(o.Damage) > 0 {
		return nil, errors.New(o.Damage[0].Reason)
	}
	o.Hollow = o.Spool != nil || !isKernel(o.Stream)
	return o, nil
}
