package stream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/inflate"
)

// Gzip is RFC 1952, several members one after another included.
var Gzip = &format.Format{
	Name:     "gzip",
	Magics:   []format.Magic{{Bytes: "\x1f\x8b\x08"}},
	Anywhere: true,
	Summed:   true,
	Probe:    probeGzip,
	Open:     openGzip,
	Peek:     peekGzip,
}

func probeGzip(in format.Input) format.Likeness {
	h := in.Head(18)
	if len(h) < 18 || h[3]&0xe0 != 0 || (h[8] != 0 && h[8] != 2 && h[8] != 4) || (h[9] > 13 && h[9] != 255) {
		return format.No
	}
	return format.Likely
}

// inflaters are decoders for first bytes: they are not small, and a root file
// system may have thousands of compressed pages of manuals.
var inflaters = sync.Pool{New: func() any { return new(inflate.Decoder) }}

// peekInflated gives the first bytes of a DEFLATE stream.
func peekInflated(packed []byte) []byte {
	d := inflaters.Get().(*inflate.Decoder)
	defer inflaters.Put(d)
	out := make([]byte, peekSize)
	n, _, _ := d.Raw(out, packed)
	return out[:n]
}

func peekGzip(in format.Input) []byte {
	head := in.Head(peekInput)
	n := gzipHeader(head)
	return peekInflated(head[n:])
}

// Flags of the header (RFC 1952, 2.3.1).
const flagSum, flagExtra, flagName, flagComment = 2, 4, 8, 16

// gzipHeader is the length of the header, as far as it is there.
func gzipHeader(h []byte) int {
	const sum, extra, name, comment = flagSum, flagExtra, flagName, flagComment
	if len(h) < plainHeader {
		return len(h)
	}
	n, flags := plainHeader, h[3]
	if flags&extra != 0 && n+2 <= len(h) {
		n += 2 + int(h[n]) + int(h[n+1])<<8
	}
	for _, text := range []byte{name, comment} {
		if flags&text != 0 && n < len(h) {
			n += bytes.IndexByte(h[n:], 0) + 1
		}
	}
	if flags&sum != 0 {
		n += 2
	}
	return min(n, len(h))
}

func openGzip(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	c := newCounter(in, 0)
	name, err := readGzipHeader(c)
	if err != nil {
		return nil, err
	}
	first := c.taken()
	r, err := gzip.NewReader(&headed{counter: c})
	if err != nil {
		return nil, err
	}
	m := &members{gzip: r, src: c}
	r.Multistream(false)
	data, err := collect(ctx, m, b, 0, c.taken)
	if err == nil && data.size() == 0 {
		err = errors.New("empty")
	}
	o, err := opened(in, data, c.taken(), name, err, nil)
	if err == nil {
		o.Unread = append(m.headers, format.Span{Length: first})
	}
	return o, err
}

// plainHeader is the length of a header without a name, a comment or anything else,
// maxHeaders how many others are looked at.
const (
	plainHeader = 10
	maxHeaders  = 1 << 16
)

// members reads one member after another, as long as one follows at once.
type members struct {
	gzip    *gzip.Reader
	src     *counter
	headers []format.Span // of those after the first, which may hold anything
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.gzip.Read(p)
		if n > 0 || err != io.EOF {
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
		head, _ := m.src.Peek(18)
		if len(head) < 3 || string(head[:3]) != "\x1f\x8b\x08" || probeGzip(format.InMemory(head)) == format.No {
			return 0, io.EOF
		}
		at := m.src.taken()
		if _, err := readGzipHeader(m.src); err != nil {
			return 0, err
		}
		if n := m.src.taken() - at; n > plainHeader && len(m.headers) < maxHeaders {
			m.headers = append(m.headers, format.Span{Offset: at, Length: n})
		}
		if err := m.gzip.Reset(&headed{counter: m.src}); err != nil {
			return 0, err
		}
		m.gzip.Multistream(false)
	}
}
