package stream

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/gzip"
)

// maxGzipText is the length in bytes up to which a name or a comment of a header is
// read. The decoder's own bound, 512, is below what a path may have.
const maxGzipText = 64 << 10

// gzipHeader is what the header of a member says.
type gzipHeader struct {
	length int64
	name   string // in UTF-8; in the header it is in ISO 8859-1
	block  int64  // the length of the member, if it says that and nothing else as BGZF does
}

// readGzipHeader takes the header of a member (RFC 1952, 2.3.1).
func readGzipHeader(c *counter) (got gzipHeader, err error) {
	h := &gzipHead{counter: c, sum: crc32.NewIEEE()}
	from := c.taken()
	fixed, err := h.take(plainHeader)
	if err != nil {
		return got, err
	}
	if string(fixed[:3]) != "\x1f\x8b\x08" {
		return got, gzip.ErrHeader
	}
	flags := fixed[3]
	if flags&flagExtra != 0 {
		n, err := h.take(2)
		if err != nil {
			return got, err
		}
		extra, err := h.take(int(binary.LittleEndian.Uint16(n)))
		if err != nil {
			return got, err
		}
		if flags == flagExtra {
			got.block = blockLength(extra)
		}
	}
	if flags&flagName != 0 {
		if got.name, err = h.text(); err != nil {
			return got, err
		}
	}
	if flags&flagComment != 0 {
		if _, err := h.text(); err != nil {
			return got, err
		}
	}
	if flags&flagSum != 0 {
		want := uint16(h.sum.Sum32())
		sum, err := h.take(2)
		if err != nil {
			return got, err
		}
		if binary.LittleEndian.Uint16(sum) != want {
			return got, gzip.ErrHeader
		}
	}
	got.length = c.taken() - from
	return got, nil
}

// blockLength reads the extra field of BGZF: the length of the member, less one (SAM
// specification, 4.1).
func blockLength(extra []byte) int64 {
	if len(extra) != 6 || string(extra[:4]) != "BC\x02\x00" {
		return 0
	}
	return int64(binary.LittleEndian.Uint16(extra[4:])) + 1
}

// gzipHead reads a header and sums it.
type gzipHead struct {
	*counter
	sum hash.Hash32
}

func (h *gzipHead) take(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(h.counter, b); err != nil {
		return nil, errors.Join(gzip.ErrHeader, err)
	}
	_, _ = h.sum.Write(b)
	return b, nil
}

// text reads up to a zero.
func (h *gzipHead) text() (string, error) {
	var runes []rune
	for len(runes) <= maxGzipText {
		c, err := h.ReadByte()
		if err != nil {
			return "", errors.Join(gzip.ErrHeader, err)
		}
		_, _ = h.sum.Write([]byte{c})
		if c == 0 {
			return string(runes), nil
		}
		runes = append(runes, rune(c))
	}
	return "", gzip.ErrHeader
}

// headed is a member whose header was taken, with one that says nothing in its place.
type headed struct {
	*counter
	given int // bytes of that header
}

var emptyHeader = [plainHeader]byte{0x1f, 0x8b, 8}

func (h *headed) Read(p []byte) (int, error) {
	if h.given < plainHeader {
		n := copy(p, emptyHeader[h.given:])
		h.given += n
		return n, nil
	}
	return h.counter.Read(p)
}

func (h *headed) ReadByte() (byte, error) {
	if h.given < plainHeader {
		h.given++
		return emptyHeader[h.given-1], nil
	}
	return h.counter.ReadByte()
}
