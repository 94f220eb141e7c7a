package iso9660

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/assay-iot/assay/firmware/format"
)

// zisofs is what a "ZF" entry says of a compressed file.
type zisofs struct {
	size     int64
	log      uint // of the block size
	header   int64
	readable error // why the file cannot be read
}

const (
	zisofsMagic  = "\x37\xe4\x53\x96\xc9\xdb\xd6\x07"
	zisofsHeader = 16
	minZisofsLog = 15
	maxZisofsLog = 20
)

func readZF(e []byte, at int64) (*zisofs, error) {
	if len(e) < 12 {
		return nil, format.Errorf(at, "entry ZF of %d bytes", len(e))
	}
	size, same := both32(e[4:])
	z := &zisofs{size: int64(size), log: uint(e[3]), header: int64(e[2]) * 4}
	switch {
	case !same:
		z.readable = format.Errorf(at, "the size of a compressed file differs in its two byte orders")
	case string(e[:2]) != "pz":
		z.readable = format.Errorf(at, "compressed file of kind %q, only \"pz\" is read", e[:2])
	case z.log < minZisofsLog || z.log > maxZisofsLog || z.header < zisofsHeader:
		z.readable = format.Errorf(at, "compressed file with blocks of 2^%d bytes and a header of %d", z.log, z.header)
	}
	return z, nil
}

// unpack unpacks a compressed file: a header, the places of its blocks, and where
// the last ends; a block without bytes is one of zeros. Every block must fill its
// part of the file.
func (z *zisofs) unpack(raw []byte, at int64) ([]byte, error) {
	if err := z.check(raw, at); err != nil {
		return nil, err
	}
	content := make([]byte, z.size)
	for i := range z.count() {
		from, to, err := z.place(raw, i, int64(len(raw)), at)
		if err != nil {
			return nil, err
		}
		if from == to {
			continue
		}
		dst := content[int64(i)<<z.log : min(int64(i+1)<<z.log, z.size)]
		if err := inflate(dst, raw[from:to]); err != nil {
			return nil, format.Errorf(at+from, "block %d of a compressed file: %w", i, err)
		}
	}
	return content, nil
}

// count is the number of blocks, table the end of the table of their places.
func (z *zisofs) count() int   { return int((z.size + 1<<z.log - 1) >> z.log) }
func (z *zisofs) table() int64 { return z.header + int64(z.count()+1)*4 }

// check wants header and table of a compressed file.
func (z *zisofs) check(raw []byte, at int64) error {
	if z.table() > int64(len(raw)) || string(raw[:8]) != zisofsMagic || int64(binary.LittleEndian.Uint32(raw[8:])) != z.size {
		return format.Errorf(at, "compressed file without its header")
	}
	return nil
}

// place is where block i is in a compressed file of that size.
func (z *zisofs) place(raw []byte, i int, size, at int64) (from, to int64, err error) {
	places := raw[z.header+int64(i)*4:]
	from, to = int64(binary.LittleEndian.Uint32(places)), int64(binary.LittleEndian.Uint32(places[4:]))
	if from > to || to > size || from < z.table() {
		return 0, 0, format.Errorf(at, "block %d of a compressed file goes from %d to %d", i, from, to)
	}
	return from, to, nil
}

func inflate(dst, raw []byte) error {
	r, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(r, dst); err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, 1))
	if n > 0 {
		return errors.New("it unpacks to more than a block")
	}
	return err
}
