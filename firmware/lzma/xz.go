package lzma

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"sync"
)

// The errors of an xz stream.
var (
	ErrXZ       = errors.New("xz: data make no sense")
	ErrChecksum = errors.New("xz: wrong checksum")
	ErrFilter   = errors.New("xz: a filter that is not read")
)

// Sizes of "The .xz File Format", section 2.1.
const (
	xzHeader  = 12
	xzFooter  = 12
	maxRecord = 18 // bytes of a record of the index
)

// ValidXZ reports whether bytes begin with the header of an xz stream.
func ValidXZ(h []byte) bool {
	return len(h) >= xzHeader && string(h[:6]) == "\xfd7zXZ\x00" && h[6] == 0 && h[7]&0xf0 == 0 &&
		crc32.ChecksumIEEE(h[6:8]) == binary.LittleEndian.Uint32(h[8:])
}

// record is what the index says of a block.
type record struct{ packed, unpacked uint64 }

// XZ appends to out what one xz stream unpacks to, which lies at src and, if more
// is not nil, goes on there. Every checksum is compared, and the index with the
// blocks.
func (d *Decoder) XZ(out, src []byte, more io.Reader, room Room) ([]byte, error) {
	d.source.reset(src, more)
	return d.stream(out, room)
}

// NextXZ is XZ for a stream that follows at once, if one does: otherwise it says
// io.EOF, and has taken nothing but the zeros that may stand between streams.
func (d *Decoder) NextXZ(out []byte, room Room) ([]byte, error) {
	zeros := 0
	for ; ; zeros += 4 {
		b, err := d.need(zeros + 4)
		if err != nil || zeros > xzFooter*64 {
			return out, io.EOF
		}
		if !bytes.Equal(b[zeros:], []byte{0, 0, 0, 0}) {
			break
		}
	}
	b, err := d.need(zeros + xzHeader)
	if err != nil || !ValidXZ(b[zeros:]) {
		return out, io.EOF
	}
	d.pos += zeros
	return d.stream(out, room)
}

func (d *Decoder) stream(out []byte, room Room) ([]byte, error) {
	h, err := d.need(xzHeader)
	if err != nil {
		return out, err
	}
	if !ValidXZ(h) {
		return out, ErrXZ
	}
	flags := [2]byte(h[6:8])
	d.pos += xzHeader
	var blocks []record
	for {
		b, err := d.need(1)
		if err != nil {
			return out, err
		}
		if b[0] == 0 {
			return out, d.index(blocks, flags)
		}
		start, from := d.taken(), len(out)
		if out, err = d.block(out, flags[1], room); err != nil {
			return out, err
		}
		blocks = append(blocks, record{uint64(d.taken() - start), uint64(len(out) - from)})
		if err := d.padding(start); err != nil {
			return out, err
		}
		// The length of a block is counted without its padding, but with its check.
		if err := d.check(out[from:], flags[1], &blocks[len(blocks)-1]); err != nil {
			return out, err
		}
	}
}

// SizeXZ adds up what the chunks of an xz stream say that they unpack to, block by
// block. Peek gives bytes of the stream, fewer at its end.
func SizeXZ(peek func(off int64, n int) []byte) (size int64) {
	flags := peek(7, 1)
	for at := int64(xzHeader); ; {
		h := peek(at, 1)
		if len(flags) == 0 || len(h) == 0 || h[0] == 0 {
			return size
		}
		at += (int64(h[0]) + 1) * 4
		for {
			unpacked, packed := sizeOfChunk(peek(at, 6))
			if size += unpacked; packed == 0 {
				return size
			}
			if at += packed; packed == 1 {
				break
			}
		}
		at = (at+3)&^3 + int64(checkSizes[flags[0]&15])
	}
}

// sizeOfChunk gives what a chunk of LZMA2 unpacks to, and its length: 1 for the mark
// at the end, 0 if it is no chunk.
func sizeOfChunk(h []byte) (unpacked, packed int64) {
	if len(h) > 0 && h[0] == chunkEnd {
		return 0, 1
	}
	if len(h) < 6 {
		return 0, 0
	}
	unpacked = int64(h[1])<<8 + int64(h[2]) + 1
	switch {
	case h[0] >= chunkLZMA:
		packed = 5 + int64(h[3])<<8 + int64(h[4]) + 1
		if h[0] >= chunkLZMA|2<<5 {
			packed++
		}
		return unpacked + int64(h[0]&0x1f)<<16, packed
	case h[0] <= chunkPlain:
		return unpacked, 3 + unpacked
	}
	return 0, 0
}

// padding reads the zeros that make the length since start a multiple of four.
func (d *Decoder) padding(start int64) error {
	for (d.taken()-start)%4 != 0 {
		b, err := d.need(1)
		if err != nil {
			return err
		}
		if b[0] != 0 {
			return ErrXZ
		}
		d.pos++
	}
	return nil
}

// blockHeader is section 3.1.
type blockHeader struct {
	packed, unpacked int64 // -1 where it is not said
	filters          []filter
}

func (d *Decoder) blockHeader() (h blockHeader, err error) {
	b, err := d.need(1)
	if err != nil {
		return h, err
	}
	n := (int(b[0]) + 1) * 4
	if b, err = d.need(n); err != nil {
		return h, err
	}
	if crc32.ChecksumIEEE(b[:n-4]) != binary.LittleEndian.Uint32(b[n-4:]) {
		return h, ErrChecksum
	}
	d.pos += n
	r := &numbers{b: b[2 : n-4]}
	h.packed, h.unpacked = -1, -1
	flags := b[1]
	if flags&0x40 != 0 {
		h.packed = int64(r.next())
	}
	if flags&0x80 != 0 {
		h.unpacked = int64(r.next())
	}
	if flags&0x3c != 0 {
		return h, ErrFilter
	}
	for range flags&3 + 1 {
		f := filter{id: r.next()}
		f.properties = r.take(r.next())
		h.filters = append(h.filters, f)
	}
	if r.bad || len(bytes.Trim(r.b, "\x00")) > 0 {
		return h, ErrXZ
	}
	return h, nil
}

// numbers reads the variable-length integers of section 1.2.
type numbers struct {
	b   []byte
	bad bool
}

func (r *numbers) next() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v >= 1<<63 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *numbers) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// block decodes one block without its padding and check.
func (d *Decoder) block(out []byte, check byte, room Room) ([]byte, error) {
	h, err := d.blockHeader()
	if err != nil {
		return out, err
	}
	undo, err := undoing(h.filters)
	if err != nil {
		return out, err
	}
	start, from := d.taken(), len(out)
	if out, err = d.chunks(out, room); err != nil {
		return out, err
	}
	if (h.packed >= 0 && h.packed != d.taken()-start) || (h.unpacked >= 0 && h.unpacked != int64(len(out)-from)) {
		return out, ErrXZ
	}
	for _, f := range undo {
		f(out[from:])
	}
	return out, nil
}

// checkSizes are the bytes of each kind of check (section 2.1.1.2).
var checkSizes = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

var ecma = sync.OnceValue(func() *crc64.Table { return crc64.MakeTable(crc64.ECMA) })

// check compares the check of a block, where it is of a kind that is known.
func (d *Decoder) check(data []byte, kind byte, r *record) error {
	n := checkSizes[kind&15]
	want, err := d.need(n)
	if err != nil {
		return err
	}
	d.pos += n
	r.packed += uint64(n)
	var got []byte
	switch kind {
	case 1:
		got = binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(data))
	case 4:
		got = binary.LittleEndian.AppendUint64(nil, crc64.Checksum(data, ecma()))
	case 10:
		sum := sha256.Sum256(data)
		got = sum[:]
	default:
		return nil
	}
	if !bytes.Equal(got, want) {
		return ErrChecksum
	}
	return nil
}

// index reads the index and the footer (sections 4 and 2.1.2).
func (d *Decoder) index(blocks []record, flags [2]byte) error {
	start := d.taken()
	sum := crc32.NewIEEE()
	if err := d.indexNumber(sum, 0, 1); err != nil {
		return err
	}
	if err := d.indexNumber(sum, uint64(len(blocks)), 0); err != nil {
		return err
	}
	for _, b := range blocks {
		if err := d.indexNumber(sum, b.packed, 0); err != nil {
			return err
		}
		if err := d.indexNumber(sum, b.unpacked, 0); err != nil {
			return err
		}
	}
	for (d.taken()-start)%4 != 0 {
		if err := d.indexNumber(sum, 0, 1); err != nil {
			return err
		}
	}
	b, err := d.need(4 + xzFooter)
	if err != nil {
		return err
	}
	size := (d.taken() - start + 4) / 4
	f := b[4:]
	switch {
	case sum.Sum32() != binary.LittleEndian.Uint32(b), crc32.ChecksumIEEE(f[4:10]) != binary.LittleEndian.Uint32(f):
		return ErrChecksum
	case string(f[10:]) != "YZ" || [2]byte(f[8:10]) != flags || int64(binary.LittleEndian.Uint32(f[4:]))+1 != size:
		return ErrXZ
	}
	d.pos += 4 + xzFooter
	return nil
}

// indexNumber reads a number that the index must have here; size is its length
// if it is a plain byte.
func (d *Decoder) indexNumber(sum hash.Hash32, want uint64, size int) error {
	b, err := d.need(1)
	if err != nil {
		return err
	}
	if size == 0 {
		if more, err := d.need(min(maxRecord/2, d.end-d.pos)); err == nil {
			b = more
		}
		var got uint64
		if got, size = binary.Uvarint(b); size <= 0 || got != want {
			return ErrXZ
		}
	} else if uint64(b[0]) != want {
		return ErrXZ
	}
	_, _ = sum.Write(b[:size])
	d.pos += size
	return nil
}
