package squashfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/anchore/go-lzo"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz/lzma"
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

// readExactly fills dst as far as r goes, and wants r to end there.
func readExactly(r io.Reader, dst []byte) (int, error) {
	n, err := io.ReadFull(r, dst)
	switch err {
	case io.EOF:
		return n, nil
	case io.ErrUnexpectedEOF:
		// ReadFull says so for a short stream too; ask again to tell it from a
		// decoder's own complaint about a truncated one.
		if _, err = r.Read(make([]byte, 1)); err == io.EOF {
			return n, nil
		}
		return n, io.ErrUnexpectedEOF
	case nil:
		var more [1]byte
		for range 100 {
			m, err := r.Read(more[:])
			if m > 0 {
				return n, errTooLong
			}
			if err == io.EOF {
				return n, nil
			}
			if err != nil {
				return n, err
			}
		}
		return n, io.ErrNoProgress
	}
	return n, err
}

func newZlib() decompressor {
	var r io.ReadCloser
	src := bytes.NewReader(nil)
	return func(dst, in []byte) (n int, err error) {
		src.Reset(in)
		if r == nil {
			r, err = zlib.NewReader(src)
		} else {
			err = r.(zlib.Resetter).Reset(src, nil)
		}
		if err != nil {
			return 0, err
		}
		return readExactly(r, dst)
	}
}

func newXZ() decompressor {
	var r *xz.Reader
	src := bytes.NewReader(nil)
	return func(dst, in []byte) (n int, err error) {
		src.Reset(in)
		if r == nil {
			r, err = xz.NewReader(src, maxDict)
		} else {
			err = r.Reset(src)
		}
		if err != nil {
			return 0, err
		}
		return readExactly(r, dst)
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
	return func(dst, in []byte) (int, error) {
		r, err := lzma.ReaderConfig{DictCap: maxDict}.NewReader(bytes.NewReader(in))
		if err != nil {
			return 0, err
		}
		return readExactly(r, dst)
	}
}
