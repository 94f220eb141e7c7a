package zipfile

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/inflate"
)

// maxDict is the largest dictionary of a member, in bytes.
const maxDict = 64 << 20

// The methods beside storing and deflating; see APPNOTE.TXT 6.3.10, 4.4.5. PPMd
// and those of the past are not read.
const (
	methodDefl64 = 9
	methodBzip2  = 12
	methodLZMA   = 14
	methodZstd   = 93
	methodXZ     = 95
)

// methods make a reader of the unpacked bytes of a member from the packed ones.
var methods = map[uint16]func(f *zip.File, packed io.Reader) (io.ReadCloser, error){
	methodDefl64: openDeflate64,
	methodBzip2:  func(_ *zip.File, r io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil },
	methodLZMA:   openLZMA,
	methodZstd: func(_ *zip.File, r io.Reader) (io.ReadCloser, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxDict))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	},
	methodXZ: func(_ *zip.File, r io.Reader) (io.ReadCloser, error) {
		d, err := xz.NewReader(r, maxDict)
		return io.NopCloser(d), err
	},
}

// isRead reports whether members of a method are unpacked.
func isRead(method uint16) bool {
	return method == zip.Store || method == zip.Deflate || methods[method] != nil
}

// openLZMA reads a version, the length of the properties, and these, in front of the
// packed bytes (APPNOTE.TXT 6.3.10, 5.8.8), as the header of a .lzma file has them.
func openLZMA(f *zip.File, packed io.Reader) (io.ReadCloser, error) {
	var h [4 + 5 + 8]byte
	if _, err := io.ReadFull(packed, h[:4+5]); err != nil {
		return nil, err
	}
	if n := binary.LittleEndian.Uint16(h[2:]); n != 5 {
		return nil, fmt.Errorf("%d bytes of LZMA properties, not 5", n)
	}
	if n := binary.LittleEndian.Uint32(h[5:]); n > maxDict {
		return nil, fmt.Errorf("a dictionary of %d bytes is more than %d", n, maxDict)
	}
	size := f.UncompressedSize64
	if f.Flags&2 != 0 { // an end mark says where it ends
		size = 1<<64 - 1
	}
	binary.LittleEndian.PutUint64(h[4+5:], size)
	r, err := lzma.NewReader(io.MultiReader(bytes.NewReader(h[4:]), packed))
	return io.NopCloser(r), err
}

// maxDeflate64 is how long a member may be that is unpacked in one go, packed and unpacked.
const maxDeflate64 = 256 << 20

func openDeflate64(f *zip.File, packed io.Reader) (io.ReadCloser, error) {
	if f.UncompressedSize64 > maxDeflate64 || f.CompressedSize64 > maxDeflate64 {
		return nil, fmt.Errorf("a member of more than %d bytes in Deflate64: %w", maxDeflate64, format.ErrLimit)
	}
	src, err := io.ReadAll(packed)
	if err != nil {
		return nil, err
	}
	out := make([]byte, f.UncompressedSize64)
	n, _, err := new(inflate.Decoder).Raw64(out, src)
	return io.NopCloser(bytes.NewReader(out[:n])), err
}

// unpack opens a member. What it gives is held against the checksum of the
// directory when it ends.
func unpack(f *zip.File) (io.ReadCloser, error) {
	method, ours := methods[f.Method]
	if !ours {
		return f.Open()
	}
	packed, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	r, err := method(f, packed)
	if err != nil {
		return nil, err
	}
	return &checked{ReadCloser: r, sum: crc32.NewIEEE(), want: f.CRC32}, nil
}

// checked compares the checksum of what was read at the end.
type checked struct {
	io.ReadCloser
	sum  hash.Hash32
	want uint32
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.sum.Write(p[:n])
	if err == io.EOF && c.sum.Sum32() != c.want {
		err = zip.ErrChecksum
	}
	return n, err
}
