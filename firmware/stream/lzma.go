package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"

	"github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/format"
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
	lzmaHeader  = 13
	maxUnpacked = 1 << 40 // beyond it a header is chance bytes
	minDict     = 4 << 10
)

// lzmaSize reads the header. The size is -1 where it is not known. A dictionary
// has a size that an encoder would choose: 2^n or 2^n + 2^(n-1).
func lzmaSize(in format.Input) (size int64, ok bool) {
	h := in.Head(lzmaHeader + 1)
	if len(h) < lzmaHeader+1 || h[0] >= 9*5*5 || h[13] != 0 {
		return 0, false
	}
	dict := binary.LittleEndian.Uint32(h[1:])
	size = int64(binary.LittleEndian.Uint64(h[5:]))
	round := bits.OnesCount32(dict) == 1 || (bits.OnesCount32(dict) == 2 && dict&(dict>>1) != 0)
	return size, round && dict >= minDict && dict <= maxDict && size >= -1 && size != 0 && size < maxUnpacked
}

func probeLZMA(in format.Input) format.Likeness {
	if _, ok := lzmaSize(in); !ok {
		return format.No
	}
	return format.Likely
}

func newLZMA(r io.Reader) (io.Reader, error) {
	return lzma.ReaderConfig{DictCap: maxDict}.NewReader(r)
}

func peekLZMA(in format.Input) []byte { r, err := newLZMA(newCounter(in, 0)); return peek(r, err) }

func openLZMA(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	size, ok := lzmaSize(in)
	if !ok {
		return nil, format.Errorf(0, "no lzma header")
	}
	if size > 0 {
		if err := b.Stream(size, in.Size); err != nil {
			return nil, err
		}
	}
	c := newCounter(in, 0)
	r, err := newLZMA(c)
	if err != nil {
		return nil, err
	}
	data, err := collect(ctx, r, b, size, c.taken)
	if err == nil && size >= 0 && int64(len(data)) != size {
		err = format.Errorf(c.taken(), "%d bytes unpacked, the header says %d", len(data), size)
	}
	if err == nil && len(data) == 0 {
		err = errors.New("empty")
	}
	return opened(data, c.taken(), "", err, nil)
}
