package ubifs

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"github.com/assay-iot/assay/firmware/lzo"
)

// The compressions of a data node.
const (
	plainData = iota
	lzoData
	zlibData // without zlib's header and checksum
	zstdData
)

var compressions = [...]string{"none", "lzo", "zlib", "zstd"}

func compressionName(n uint16) string {
	if int(n) < len(compressions) {
		return compressions[n]
	}
	return strconv.Itoa(int(n))
}

// maxWindow is the largest window that a block may ask for; it has 4 KiB.
const maxWindow = 8 << 20

// worker unpacks blocks, one at a time.
type worker struct {
	raw   [dataSize + blockSize]byte
	plain [blockSize]byte
	src   bytes.Reader
	zlib  io.ReadCloser
	zstd  *zstd.Decoder
}

// unpack fills dst exactly.
func (w *worker) unpack(compression uint16, dst, src []byte) (err error) {
	n := 0
	switch compression {
	case plainData:
		if n = len(src); n == len(dst) {
			copy(dst, src)
		}
	case lzoData:
		n, err = lzo.Decode(dst, src)
	case zlibData:
		n, err = w.inflate(dst, src)
	case zstdData:
		n, err = w.zstandard(dst, src)
	default:
		return fmt.Errorf("unknown compression %d", compression)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", compressionName(compression), err)
	}
	if n != len(dst) {
		return fmt.Errorf("%d bytes where %d are expected", n, len(dst))
	}
	return nil
}

func (w *worker) inflate(dst, src []byte) (int, error) {
	w.src.Reset(src)
	if w.zlib == nil {
		w.zlib = flate.NewReader(&w.src)
	} else if err := w.zlib.(flate.Resetter).Reset(&w.src, nil); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(w.zlib, dst)
	if err != nil {
		return n, err
	}
	var more [1]byte
	m, err := io.ReadFull(w.zlib, more[:])
	if err == io.EOF {
		err = nil
	}
	return n + m, err
}

func (w *worker) zstandard(dst, src []byte) (int, error) {
	if w.zstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return 0, err
		}
		w.zstd = d
	}
	out, err := w.zstd.DecodeAll(src, dst[:0:len(dst)])
	return len(out), err
}
