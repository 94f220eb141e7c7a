package erofs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// algorithms are named in the order of their numbers.
var algorithms = [...]string{lz4Cluster: "lz4", lzmaCluster: "lzma", deflateCluster: "deflate", zstdCluster: "zstd"}

var (
	errLength = errors.New("cluster does not unpack to its length")
	errEmpty  = errors.New("cluster of zeros")
	errMore   = errors.New("cluster goes on after its length")
)

// maxWindow is the largest window that a zstd cluster may ask for.
const maxWindow = 8 << 20

// codecs are the decoders of one file system, kept for the next cluster.
type codecs struct{ free [len(algorithms)]sync.Pool }

// decoder fills dst from a cluster. All of the cluster must be used up, unless
// only a part of what it unpacks to is wanted.
type decoder func(dst, src []byte, part bool) error

// unpack fills dst from a cluster. With padding, the cluster is aligned to the
// end of its blocks, with zeros before.
func (c *codecs) unpack(how method, dst, src []byte, padding, part bool) error {
	if padding {
		if src = bytes.TrimLeft(src, "\x00"); len(src) == 0 {
			return errEmpty
		}
	}
	d, ok := c.free[how].Get().(decoder)
	if !ok {
		d = [...]func() decoder{newLZ4, newMicroLZMA, newDeflate, newZstd}[how]()
	}
	if err := d(dst, src, part || !padding); err != nil {
		return fmt.Errorf("%s: %w", algorithms[how], err) // a decoder that failed is not used again
	}
	c.free[how].Put(d)
	return nil
}

func newLZ4() decoder {
	return func(dst, src []byte, part bool) error {
		if part {
			_, err := lz4Part(dst, src)
			return err
		}
		n, err := lz4.UncompressBlock(src, dst)
		if err == nil && n != len(dst) {
			err = errLength
		}
		return err
	}
}

func newDeflate() decoder {
	src := bytes.NewReader(nil)
	r := flate.NewReader(src)
	return func(dst, in []byte, part bool) error {
		src.Reset(in)
		if err := r.(flate.Resetter).Reset(src, nil); err != nil {
			return err
		}
		return exactly(r, dst, part, src.Len)
	}
}

func newZstd() decoder {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxWindow(maxWindow)}
	whole, err := zstd.NewReader(nil, options...)
	var parts *zstd.Decoder // one that reads a stream cannot do the other
	return func(dst, in []byte, part bool) error {
		if err == nil && part && parts == nil {
			parts, err = zstd.NewReader(nil, options...)
		}
		if err != nil {
			return err
		}
		if part {
			if err := parts.Reset(bytes.NewReader(in)); err != nil {
				return err
			}
			return exactly(parts, dst, part, nil)
		}
		out, err := whole.DecodeAll(in, dst[:0:len(dst)])
		if err == nil && len(out) != len(dst) {
			err = errLength
		}
		return err
	}
}

// exactly fills dst from r. Unless a part is wanted, r must end there, and
// nothing of the input may be left.
func exactly(r io.Reader, dst []byte, part bool, left func() int) error {
	if _, err := io.ReadFull(r, dst); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = errLength
		}
		return err
	}
	if part {
		return nil
	}
	var more [1]byte
	if n, err := r.Read(more[:]); n > 0 || err != io.EOF || left() > 0 {
		return errMore
	}
	return nil
}
