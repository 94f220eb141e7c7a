package squashfs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/assay-iot/assay/firmware/inflate"
	"github.com/assay-iot/assay/firmware/lzma"
	"github.com/assay-iot/assay/firmware/lzo"
)

// codec decompresses blocks of one file system, from several goroutines. The
// first block that it is given settles which method they are compressed with.
type codec struct {
	chosen atomic.Pointer[choice]

	mu       sync.Mutex
	methods  []*method // to try, the likeliest first
	failures int
}

// choice is the method of the blocks. If it used the first block up, it must use
// up every other: bytes that are left are a sign of damage, which a method without
// checksums has no other sign of.
type choice struct {
	*method
	whole bool
}

func (m *choice) unpack(dst, src []byte) (int, error) {
	n, whole, err := m.method.unpack(dst, src)
	if err == nil && m.whole && !whole {
		err = errNotWhole
	}
	return n, err
}

// method is one way to compress a block. Decoders are kept for the next block.
type method struct {
	name   string
	newOne func() decompressor
	free   sync.Pool // of decompressor
}

// decompressor unpacks a block into dst. It gives the number of bytes, an error
// if there are more than fit, and reads through the block's own trailer. Whole
// says that the block used its input up, as an encoder leaves it.
type decompressor func(dst, src []byte) (n int, whole bool, err error)

var (
	errTooLong  = errors.New("block unpacks to more than it may hold")
	errNotWhole = errors.New("block does not end where its data end")
	errLength   = errors.New("block has another length than it must have")
)

// Limits of a search for the method.
const (
	// maxDict is the largest dictionary that a block may ask for. Blocks have at
	// most 1 MiB, and no writer uses more than a few times that.
	maxDict = 8 << 20
	// maxFailures is how many blocks every method may be tried on in vain.
	maxFailures = 4
)

// newCodec makes a codec for a file system that says what it is compressed with.
// It may be wrong: what vendors call gzip is often LZMA.
func newCodec(name string) *codec {
	c := &codec{methods: []*method{{name: name, newOne: declared[name]}}}
	for _, other := range []string{"gzip", "xz"} {
		if other != name {
			c.methods = append(c.methods, &method{name: other, newOne: declared[other]})
		}
	}
	c.methods = append(c.methods, lzmaMethods()...)
	return c
}

var declared = map[string]func() decompressor{
	"gzip": newZlib, "xz": newXZ, "zstd": newZstd, "lz4": newLZ4, "lzo": newLZO, "lzma": func() decompressor { return newLZMA(lzma.AloneHeader, nil) },
}

// lzmaMethods are the ways in which vendors store LZMA: with a header of which
// the first byte has the properties, and without one.
func lzmaMethods() []*method {
	var all []*method
	for _, header := range []int{lzma.AloneHeader, 5, 9} {
		all = append(all, &method{name: "lzma", newOne: func() decompressor { return newLZMA(header, nil) }})
	}
	bare := func(p lzma.Props) {
		all = append(all, &method{name: fmt.Sprintf("lzma lc=%d lp=%d pb=%d", p.LC, p.LP, p.PB), newOne: func() decompressor { return newLZMA(0, &p) }})
	}
	usual := lzma.Props{LC: 3, LP: 0, PB: 2}
	bare(usual)
	for lc := range maxLiteralBits + 1 {
		for lp := range maxLiteralBits + 1 - lc {
			for pb := range 5 {
				if p := (lzma.Props{LC: lc, LP: lp, PB: pb}); p != usual {
					bare(p)
				}
			}
		}
	}
	return all
}

// maxLiteralBits is the most that lc and lp sum to in a headerless stream: no
// kernel has the memory for more.
const maxLiteralBits = 4

// name says what the blocks are compressed with.
func (c *codec) name() string {
	if m := c.chosen.Load(); m != nil {
		return m.name
	}
	return c.methods[0].name
}

// prefer tries first what another codec of the file system has found.
func (c *codec) prefer(other *codec) {
	if m := other.chosen.Load(); m != nil {
		c.methods = slices.Insert(c.methods, 0, &method{name: m.name, newOne: m.newOne})
	}
}

// unpack unpacks a block into dst; full says that it must fill it.
func (c *codec) unpack(dst, src []byte, full bool) (int, error) {
	if m := c.chosen.Load(); m != nil {
		return m.unpack(dst, src)
	}
	return c.choose(dst, src, full)
}

// choose unpacks the first block with the method that fits. The one that the file
// system names may leave bytes behind; any other must prove itself.
func (c *codec) choose(dst, src []byte, full bool) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.chosen.Load(); m != nil {
		return m.unpack(dst, src)
	}
	var first error
	for i, m := range c.methods {
		n, whole, err := m.unpack(dst, src)
		if err == nil && (i == 0 || whole) && (!full || n == len(dst)) {
			c.chosen.Store(&choice{m, whole})
			return n, nil
		}
		if i == 0 && err != nil {
			first = err
		}
		if c.failures >= maxFailures {
			break
		}
	}
	c.failures++
	if first == nil {
		first = errLength
	}
	return 0, first
}

func (m *method) unpack(dst, src []byte) (n int, whole bool, err error) {
	d, ok := m.free.Get().(decompressor)
	if !ok {
		d = m.newOne()
	}
	n, whole, err = d(dst, src)
	if err != nil {
		return n, false, fmt.Errorf("%s: %w", m.name, err) // a decoder that failed is not used again
	}
	m.free.Put(d)
	return n, whole, nil
}

func newZlib() decompressor {
	d := new(inflate.Decoder)
	return func(dst, src []byte) (int, bool, error) {
		n, used, err := d.Zlib(dst, src)
		return n, used == len(src), err
	}
}

func newXZ() decompressor {
	d := new(lzma.Decoder)
	return func(dst, src []byte) (int, bool, error) {
		out, err := d.XZ(dst[:0:len(dst)], src, nil, lzma.NoMore)
		return len(out), d.Taken() == int64(len(src)), err
	}
}

func newZstd() decompressor {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxWindow(maxDict))
	return func(dst, in []byte) (int, bool, error) {
		if err != nil {
			return 0, false, err
		}
		out, err := d.DecodeAll(in, dst[:0:min(cap(dst), len(dst)+slack)])
		if err == nil && len(out) > len(dst) {
			err = errTooLong
		}
		return len(out), true, err
	}
}

func newLZ4() decompressor {
	return func(dst, in []byte) (int, bool, error) {
		n, err := lz4.UncompressBlock(in, dst)
		return n, true, err
	}
}

func newLZO() decompressor {
	return func(dst, in []byte) (int, bool, error) {
		n, err := lzo.Decode(dst, in)
		return n, true, err
	}
}

// newLZMA decodes LZMA behind a header of so many bytes. If there are properties
// they hold, and not the header's. A length is read from a full header only.
func newLZMA(header int, fixed *lzma.Props) decompressor {
	d := new(lzma.Decoder)
	return func(dst, src []byte) (n int, whole bool, err error) {
		if len(src) <= header {
			return 0, false, lzma.ErrShort
		}
		var p lzma.Props
		size := int64(-1)
		switch {
		case fixed != nil:
			p = *fixed
		case header == lzma.AloneHeader:
			h, err := lzma.ParseAlone(src)
			if err != nil {
				return 0, false, err
			}
			p, size = h.Props, h.Size
		default:
			if p, err = lzma.ParseProps(src[0]); err != nil {
				return 0, false, err
			}
		}
		if size > int64(len(dst)) {
			return 0, false, errTooLong
		}
		if err := d.Reset(p, src[header:], nil); err != nil {
			return 0, false, err
		}
		if size >= 0 {
			dst = dst[:size]
		}
		return finish(d, dst, size)
	}
}

// finish decodes until dst is full, a mark ends the stream, or its input ends:
// a stream without a length and a mark has no other end.
func finish(d *lzma.Decoder, dst []byte, size int64) (n int, whole bool, err error) {
	out, err := d.Decode(dst[:0], len(dst))
	switch {
	case err == nil:
		return len(out), d.Ends(len(out)), nil
	case errors.Is(err, lzma.ErrShort) && size < 0 && d.Clean():
		return len(out), true, nil
	case err == io.EOF && size < 0:
		return len(out), d.Clean(), nil
	}
	return len(out), false, err
}
