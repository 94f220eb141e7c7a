package stream

import (
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/assay-iot/assay/firmware/format"
)

// Gzip is RFC 1952, several members one after another included.
var Gzip = &format.Format{
	Name:     "gzip",
	Magics:   []format.Magic{{Bytes: "\x1f\x8b\x08"}},
	Anywhere: true,
	Probe:    probeGzip,
	Open:     openGzip,
	Peek:     func(in format.Input) []byte { r, err := gzip.NewReader(newCounter(in, 0)); return peek(r, err) },
}

func probeGzip(in format.Input) format.Likeness {
	h := in.Head(18)
	if len(h) < 18 || h[3]&0xe0 != 0 || (h[8] != 0 && h[8] != 2 && h[8] != 4) || (h[9] > 13 && h[9] != 255) {
		return format.No
	}
	return format.Likely
}

func openGzip(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	c := newCounter(in, 0)
	r, err := gzip.NewReader(c)
	if err != nil {
		return nil, err
	}
	name := r.Name
	m := &members{gzip: r, src: c}
	r.Multistream(false)
	data, err := collect(ctx, m, b, 0, c.taken)
	if err == nil && len(data) == 0 {
		err = errors.New("empty")
	}
	return opened(data, c.taken(), name, err, nil)
}

// members reads one member after another, as long as one follows at once.
type members struct {
	gzip *gzip.Reader
	src  *counter
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
		if err := m.gzip.Reset(m.src); err != nil {
			return 0, err
		}
		m.gzip.Multistream(false)
	}
}
