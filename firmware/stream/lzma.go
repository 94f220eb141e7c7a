package stream

import (
	"context"
	"errors"
	"io"
	"math/bits"

	slow "github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/lzma"
)

// LZMA is the .lzma format ("LZMA alone"), with the properties that are usual.
var LZMA = &format.Format{
	Name:     "lzma",
	Magics:   []format.Magic{{Bytes: "\x5d\x00\x00"}, {Bytes: "\x6d\x00\x00"}},
	Anywhere: true,
	Probe:    probeLZMA,
	Open:     openLZMA,
	Peek:     peekLZMA,
}

// AnyLZMA is the same with any properties, where a stream must begin.
var AnyLZMA = &format.Format{Name: "lzma", Probe: probeLZMA, Open: openLZMA, Peek: peekLZMA}

const (
	maxUnpacked = 1 << 40 // beyond it a header is chance bytes
	minDict     = 4 << 10
)

// lzmaHeader reads the header. A dictionary has a size that an encoder would
// choose: 2^n or 2^n + 2^(n-1).
func lzmaHeader(in format.Input) (h lzma.Alone, ok bool) {
	raw := in.Head(lzma.AloneHeader + 1)
	h, err := lzma.ParseAlone(raw)
	if err != nil || len(raw) <= lzma.AloneHeader || raw[lzma.AloneHeader] != 0 {
		return h, false
	}
	round := bits.OnesCount32(h.Dict) == 1 || (bits.OnesCount32(h.Dict) == 2 && h.Dict&(h.Dict>>1) != 0)
	return h, round && h.Dict >= minDict && h.Dict <= maxDict && h.Size != 0 && h.Size < maxUnpacked
}

func probeLZMA(in format.Input) format.Likeness {
	if _, ok := lzmaHeader(in); !ok {
		return format.No
	}
	return format.Likely
}

// lzmaSource is where a decoder reads from: from memory, if that is where the
// input is.
func lzmaSource(in format.Input, from int64) (src []byte, more io.Reader) {
	if m, ok := in.ReaderAt.(format.Memory); ok {
		return m[from:in.Size], nil
	}
	return nil, io.NewSectionReader(in.ReaderAt, from, in.Size-from)
}

func peekLZMA(in format.Input) []byte {
	h, ok := lzmaHeader(in)
	if !ok {
		return nil
	}
	d := new(lzma.Decoder)
	if d.Reset(h.Props, in.Peek(lzma.AloneHeader, peekInput), nil) != nil {
		return nil
	}
	out, _ := d.Decode(make([]byte, 0, peekSize), peekSize)
	return out
}

func openLZMA(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	h, ok := lzmaHeader(in)
	if !ok {
		return nil, format.Errorf(0, "no lzma header")
	}
	expect, most := h.Size, int64(0)
	if b.Scratch != nil {
		if most = min(inMemory, b.FileBytes/4); h.Size > most {
			expect = 0
		}
	}
	d := new(lzma.Decoder)
	src, more := lzmaSource(in, lzma.AloneHeader)
	if err := d.Reset(h.Props, src, more); err != nil {
		return nil, err
	}
	taken := func() int64 { return lzma.AloneHeader + d.Taken() }
	g := &growing{ctx: ctx, b: b, packed: taken, expect: expect, most: most}
	data, err := g.lzma(d, h.Size)
	if most > 0 && errors.Is(err, format.ErrLimit) {
		return openLongLZMA(ctx, in, b)
	}
	if err == nil && len(data) == 0 {
		err = errors.New("empty")
	}
	return opened(in, unpacked{data: data}, taken(), "", err, nil)
}

// openLongLZMA reads a stream that does not fit into memory. Package lzma unpacks into
// what it looks back on; the slower reader here looks back on a dictionary.
func openLongLZMA(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	c := newCounter(in, 0)
	r, err := slow.ReaderConfig{DictCap: maxDict}.NewReader(c) // it has a dictionary as large as the header says
	if err != nil {
		return nil, err
	}
	data, err := collect(ctx, r, b, 0, c.taken)
	return opened(in, data, c.taken(), "", err, nil)
}

// The header's length is no reason to allocate, nor to speak of a limit: chance
// bytes claim much, and soon make no sense.

// lzma decodes size bytes, or as far as the mark at the end if size is negative.
func (g *growing) lzma(d *lzma.Decoder, size int64) (out []byte, err error) {
	const first, step = 64 << 10, 1 << 20 // chance bytes rarely get over the first
	for size < 0 || int64(len(out)) < size {
		n := min(max(first, len(out)), step)
		if size >= 0 {
			n = int(min(int64(n), size-int64(len(out))))
		}
		if out, err = g.room(out, n); err != nil {
			return out, err
		}
		if out, err = d.Decode(out, len(out)+n); err != nil {
			break
		}
	}
	switch {
	case err == io.EOF && size >= 0:
		err = format.Errorf(g.packed(), "%d bytes unpacked, the header says %d", len(out), size)
	case err == io.EOF:
		err = nil
	case err == nil:
		d.Ends(len(out)) // a mark may follow all the same
	}
	return g.end(out, err)
}
