package stream

import (
	"context"
	"errors"
	"io"
	"math/bits"

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
	d := new(lzma.Decoder)
	src, more := lzmaSource(in, lzma.AloneHeader)
	if err := d.Reset(h.Props, src, more); err != nil {
		return nil, err
	}
	taken := func() int64 { return lzma.AloneHeader + d.Taken() }
	if b.Scratch != nil && (h.Size < 0 || h.Size > b.Room()) {
		data, err := collect(ctx, &sliding{d: d, dict: int(h.Dict), size: h.Size, taken: taken}, b, max(h.Size, 0), taken)
		if err == nil && data.size() == 0 {
			err = errEmpty
		}
		return opened(in, data, taken(), "", err, nil)
	}
	g := &growing{ctx: ctx, b: b, packed: taken, expect: h.Size}
	data, err := g.lzma(d, h.Size)
	if err == nil && len(data) == 0 {
		err = errEmpty
	}
	return opened(in, unpacked{data: data}, taken(), "", err, nil)
}

var errEmpty = errors.New("empty")

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
	return g.end(out, lzmaEnd(d, len(out), int64(len(out)), size, g.packed(), err))
}

// lzmaEnd says whether a stream ended as its header says: after so many bytes, of
// which n are at hand, with that error.
func lzmaEnd(d *lzma.Decoder, n int, got, size, packed int64, err error) error {
	switch {
	case err == io.EOF && size >= 0:
		return format.Errorf(packed, "%d bytes unpacked, the header says %d", got, size)
	case err == io.EOF:
		return nil
	case err == nil:
		d.Ends(n) // a mark may follow all the same
	}
	return err
}
