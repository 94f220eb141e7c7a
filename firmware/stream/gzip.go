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
	n := headerLength(head)
	return peekInflated(head[n:])
}

// Flags of the header (RFC 1952, 2.3.1).
const flagSum, flagExtra, flagName, flagComment = 2, 4, 8, 16

// headerLength is the length of the header, as far as it is there.
func headerLength(h []byte) int {
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
	m := &members{src: newCounter(in, 0)}
	if err := m.next(); err != nil {
		return nil, err
	}
	name := m.header.name
	data, err := collect(ctx, m, b, 0, m.src.taken)
	if err == nil && data.size() == 0 {
		err = errors.New("empty")
	}
	o, err := opened(in, data, m.src.taken(), name, err, nil)
	if err == nil {
		o.Unread = m.headers
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
	at      int64 // where the member begins
	header  gzipHeader
	headers []format.Span // which may hold anything
}

// next goes on to the member that begins here.
func (m *members) next() (err error) {
	m.at = m.src.taken()
	if m.header, err = readGzipHeader(m.src); err != nil {
		return err
	}
	src := &headed{counter: m.src}
	if m.gzip == nil {
		m.gzip, err = gzip.NewReader(src)
	} else {
		err = m.gzip.Reset(src)
	}
	if err == nil {
		m.gzip.Multistream(false)
	}
	return err
}

// ended notes the header of a member that was read, unless it says nothing but how
// long that is.
func (m *members) ended() {
	h := m.header
	if h.length > plainHeader && h.block != m.src.taken()-m.at && len(m.headers) < maxHeaders {
		m.headers = append(m.headers, format.Span{Offset: m.at, Length: h.length})
	}
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
		m.ended()
		head, _ := m.src.Peek(18)
		if len(head) < 3 || string(head[:3]) != "\x1f\x8b\x08" || probeGzip(format.InMemory(head)) == format.No {
			return 0, io.EOF
		}
		if err := m.next(); err != nil {
			return 0, err
		}
	}
}
