package stream

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"unicode/utf8"

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

// LongZlib is a zlib stream anywhere. Pictures and fonts are zlib streams too: one that
// unpacks to much counts only with a container or a kernel inside, one that unpacks to
// little and has its checksum only with a text, a key or an archive.
var LongZlib = &format.Format{
	Name:     "zlib",
	Magics:   zlibMagics,
	Anywhere: true,
	Summed:   true,
	Probe:    probeLongZlib,
	Open:     openLongZlib,
	Peek:     peekZlib,
}

var zlibMagics = []format.Magic{{Bytes: "\x78\x01"}, {Bytes: "\x78\x5e"}, {Bytes: "\x78\x9c"}, {Bytes: "\x78\xda"}}

const (
	zlibHeader = 2
	// tasteSize is what a stream must unpack to for a probe to believe in it, if it
	// does not end before; longTaste is the same for one anywhere that tells nothing.
	tasteSize = 4 << 10
	longTaste = 64 << 10
)

func probeZlib(in format.Input) format.Likeness {
	t := tasters.Get().(*taster)
	defer tasters.Put(t)
	if _, err := t.taste(in, tasteSize); err != nil && !errors.Is(err, inflate.ErrTooLong) {
		return format.No
	}
	return format.Likely
}

// probeLongZlib tries few bytes first, as almost all that are tried are none.
func probeLongZlib(in format.Input) format.Likeness {
	t := tasters.Get().(*taster)
	defer tasters.Put(t)
	for _, size := range []int{tasteSize, longTaste} {
		content, err := t.taste(in, size)
		switch {
		case err == nil && tells(content):
			return format.Likely
		case !errors.Is(err, inflate.ErrTooLong):
			return format.No
		}
	}
	return format.Likely
}

// taster unpacks the first bytes of streams into one room: an image has thousands of
// places that might begin one.
type taster struct {
	decoder inflate.Decoder
	room    [longTaste]byte
}

var tasters = sync.Pool{New: func() any { return new(taster) }}

// taste unpacks up to size bytes, which stand until the next taste. A stream that is
// shorter must end with its checksum.
func (t *taster) taste(in format.Input, size int) ([]byte, error) {
	out := t.room[:size]
	// No stream has more input than output, but for a few bytes a block.
	n, _, err := t.decoder.Zlib(out, in.Head(size+size/8+64))
	return out[:n], err
}

// minTold is the least length in bytes of a content that tells something: the shortest
// private key has some more.
const minTold = 40

// tells reports whether a content is what somebody looks for: a text, a key in DER, an
// archive.
func tells(content []byte) bool {
	if len(content) < minTold {
		return false
	}
	const ustar = 257
	switch {
	case content[0] == 0x30 && (content[1] == 0x82 || content[1] == 0x81 || int(content[1]) == len(content)-2):
		return true
	case bytes.HasPrefix(content, []byte("07070")), bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return true
	case len(content) > ustar+5 && string(content[ustar:ustar+5]) == "ustar":
		return true
	}
	if !utf8.Valid(content) {
		return false
	}
	for _, c := range content {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
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
	short := len(o.Stream) <= longTaste && tells(o.Stream)
	o.Hollow = o.Spool != nil || !short && !isKernel(o.Stream)
	return o, nil
}
