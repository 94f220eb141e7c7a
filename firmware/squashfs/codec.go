package squashfs

import (
	"errors"
	"fmt"
	"sync"

	"github.com/anchore/go-lzo"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/assay-iot/assay/firmware/inflate"
	"github.com/assay-iot/assay/firmware/lzma"
)

// codec decompresses blocks of one file system, from several goroutines.
// Decoders are kept for the next block.
type codec struct {
	name   string
	free   sync.Pool // of decompressor
	newOne func() decompressor
}

// decompressor unpacks a block into dst. It gives the number of bytes, an error
// if there are more than fit, and reads through the block's own trailer.
type decompressor func(dst, src []byte) (int, error)

var errTooLong = errors.New("block unpacks to more than it may hold")

// maxDict is the largest dictionary that a block may ask for. Blocks have at
// most 1 MiB, and no writer uses more than a few times that.
const maxDict = 8 << 20

func newCodec(name string) *codec {
	c := &codec{name: name}
	c.newOne = map[string]func() decompressor{
		"gzip": newZlib, "xz": newXZ, "zstd": newZstd, "lz4": newLZ4, "lzo": newLZO, "lzma": newLZMA,
	}[name]
	return c
}

func (c *codec) unpack(dst, src []byte) (int, error) {
	d, ok := c.free.Get().(decompressor)
	if !ok {
		d = c.newOne()
	}
	n, err := d(dst, src)
	if err != nil {
		return n, fmt.Errorf("%s: %w", c.name, err) // a decoder that failed is not used again
	}
	c.free.Put(d)
	return n, nil
}

func newZlib() decompressor {
	d := new(inflate.Decoder)
	return func(dst, src []byte) (int, error) {
		n, _, err := d.Zlib(dst, src)
		return n, err
	}
}

func newXZ() decompressor {
	d := new(lzma.Decoder)
	return func(dst, src []byte) (int, error) {
		out, err := d.XZ(dst[:0:len(dst)], src, nil, lzma.NoMore)
		return len(out), err
	}
}

func newZstd() decompressor {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxWindow(maxDict))
	return func(dst, in []byte) (int, error) {
		if err != nil {
			return 0, err
		}
		out, err := d.DecodeAll(in, dst[:0:len(dst)])
		return len(out), err
	}
}

func newLZ4() decompressor {
	return func(dst, in []byte) (int, error) { return lz4.UncompressBlock(in, dst) }
}

func newLZO() decompressor {
	return func(dst, in []byte) (int, error) { return lzo.Decompress(in, dst) }
}

func newLZMA() decompressor {
	d := new(lzma.Decoder)
	return func(dst, src []byte) (int, error) {
		h, err := lzma.ParseAlone(src)
		if err != nil {
			return 0, err
		}
		if h.Size > int64(len(dst)) {
			return 0, errTooLong
		}
		if err := d.Reset(h.Props, src[lzma.AloneHeader:], nil); err != nil {
			return 0, err
		}
		if h.Size >= 0 {
			dst = dst[:h.Size]
		}
		out, err := d.Decode(dst[:0], len(dst))
		return len(out), err
	}
}
