package stream

import (
	"context"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/lzo"
)

// LZOP is the file of lzop, which kernels use too: a header with a checksum, then
// blocks with checksums of what they hold.
var LZOP = &format.Format{
	Name:     "lzop",
	Magics:   []format.Magic{{Bytes: lzopMagic}},
	Anywhere: true,
	Probe:    probeLZOP,
	Open:     openLZOP,
	Peek:     peekLZOP,
}

const (
	lzopMagic    = "\x89LZO\x00\r\n\x1a\n"
	maxLZOPHead  = 512
	maxLZOPBlock = 64 << 20
	maxLZORatio  = 256 // no block can do better

	// The flags of the header.
	lzopAdler, lzopPackedAdler = 1, 2
	lzopExtra                  = 0x40
	lzopCRC, lzopPackedCRC     = 0x100, 0x200
	lzopMultipart, lzopFilter  = 0x400, 0x800
	lzopHeadCRC                = 0x1000
	lzopNewHeader              = 0x940 // from this version on the header has more fields
)

// lzopHeader reads the header: where the first block is, the flags, and the name.
func lzopHeader(in format.Input) (at int64, flags uint32, name string, ok bool) {
	h := in.Head(maxLZOPHead)
	if len(h) < 40 || string(h[:9]) != lzopMagic {
		return 0, 0, "", false
	}
	version := binary.BigEndian.Uint16(h[9:])
	n := 9 + 2 + 2 // version, that of the library
	if version >= lzopNewHeader {
		n += 2 // the version that is needed
	}
	method := h[n]
	n++
	if version >= lzopNewHeader {
		n++ // level
	}
	flags = binary.BigEndian.Uint32(h[n:])
	n += 4 + 4 + 4 // flags, mode, time
	if version >= lzopNewHeader {
		n += 4 // upper half of the time
	}
	size := int(h[n])
	n++
	if method < 1 || method > 3 || flags&(lzopMultipart|lzopFilter) != 0 || n+size+4 > len(h) {
		return 0, 0, "", false
	}
	name = string(h[n : n+size])
	n += size
	sum := adler32.Checksum(h[9:n])
	if flags&lzopHeadCRC != 0 {
		sum = crc32.ChecksumIEEE(h[9:n])
	}
	if sum != binary.BigEndian.Uint32(h[n:]) {
		return 0, 0, "", false
	}
	at = int64(n) + 4
	if flags&lzopExtra != 0 {
		w := in.Peek(at, 4)
		if len(w) < 4 {
			return 0, 0, "", false
		}
		at += 4 + int64(binary.BigEndian.Uint32(w)) + 4
	}
	return at, flags, name, true
}

func probeLZOP(in format.Input) format.Likeness {
	if _, _, _, ok := lzopHeader(in); !ok {
		return format.No
	}
	return format.Sure
}

// lzopBlock is one block, with its place and checksums.
type lzopBlock struct {
	size, packed  uint32
	adler, crc    uint32
	data, further int64 // places of the data and of the next block
}

// nextLZOP reads the header of a block. The last has no size.
func nextLZOP(in format.Input, at int64, flags uint32) (b lzopBlock, err error) {
	h := in.Peek(at, 24)
	word := func() (v uint32) {
		if len(h) < 4 {
			err = io.ErrUnexpectedEOF
			return 0
		}
		v, h = binary.BigEndian.Uint32(h), h[4:]
		at += 4
		return v
	}
	b.size = word()
	b.further = at
	if b.size == 0 || err != nil {
		return b, err
	}
	b.packed = word()
	if flags&lzopAdler != 0 {
		b.adler = word()
	}
	if flags&lzopCRC != 0 {
		b.crc = word()
	}
	for _, f := range []uint32{lzopPackedAdler, lzopPackedCRC} {
		if flags&f != 0 && b.packed < b.size {
			word() // the sums of what was unpacked say as much
		}
	}
	b.data, b.further = at, at+int64(b.packed)
	if err == nil && (b.size > maxLZOPBlock || b.packed > b.size || b.size/maxLZORatio > b.packed) {
		err = format.Errorf(at, "block of %d bytes in %d", b.size, b.packed)
	}
	return b, err
}

// unpack appends the block's content.
func (b lzopBlock) unpack(in format.Input, flags uint32, out []byte) ([]byte, error) {
	raw, err := in.Bytes(b.data, int64(b.packed))
	if err != nil {
		return out, err
	}
	n := len(out)
	if b.packed == b.size {
		out = append(out, raw...)
	} else {
		size, err := lzo.Decode(out[n:n+int(b.size)], raw)
		if err != nil || size != int(b.size) {
			return out, format.Errorf(b.data, "block of %d bytes unpacks to %d: %v", b.size, size, err)
		}
		out = out[:n+size]
	}
	if (flags&lzopAdler != 0 && adler32.Checksum(out[n:]) != b.adler) || (flags&lzopCRC != 0 && crc32.ChecksumIEEE(out[n:]) != b.crc) {
		return out[:n], format.Errorf(b.data, "wrong checksum")
	}
	return out, nil
}

func openLZOP(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	at, flags, name, ok := lzopHeader(in)
	if !ok {
		return nil, format.Errorf(0, "no lzop header")
	}
	g := &growing{ctx: ctx, b: b, packed: func() int64 { return at }}
	var out []byte
	for {
		block, err := nextLZOP(in, at, flags)
		if err == nil && block.size > 0 {
			if out, err = g.room(out, int(block.size)); err == nil {
				out, err = block.unpack(in, flags, out)
			}
		}
		if err == nil {
			at = block.further
		}
		if err != nil || block.size == 0 {
			out, err = g.end(out, err)
			return opened(in, unpacked{data: out}, min(at, in.Size), name, err, nil)
		}
	}
}

func peekLZOP(in format.Input) []byte {
	at, flags, _, ok := lzopHeader(in)
	if !ok {
		return nil
	}
	b, err := nextLZOP(in, at, flags)
	if err != nil || b.size > 1<<20 {
		return nil
	}
	out, err := b.unpack(in, flags, make([]byte, 0, b.size))
	if err != nil {
		return nil
	}
	return out[:min(len(out), peekSize)]
}
