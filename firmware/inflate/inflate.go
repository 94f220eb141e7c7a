// Package inflate decodes DEFLATE (RFC 1951), Deflate64 and zlib (RFC 1950) from memory to
// memory.
//
// File systems keep zlib blocks whose unpacked length is known or bounded. What
// was decoded is the window, so that nothing is copied twice; decoders that read
// through an [io.Reader] took half of the time of opening a file system.
package inflate

import (
	"encoding/binary"
	"errors"
	"hash/adler32"
)

// The errors of a stream that cannot be decoded.
var (
	ErrData     = errors.New("inflate: data make no sense")
	ErrShort    = errors.New("inflate: data end early")
	ErrTooLong  = errors.New("inflate: more data than there is room for")
	ErrChecksum = errors.New("inflate: wrong checksum")
)

// Decoder decodes one stream after another. The zero Decoder is ready.
type Decoder struct {
	literals, distances table

	src  []byte
	pos  int
	buf  uint64 // bits that were read ahead, the next one lowest
	bits uint   // how many; those above are bits of src too, or zero

	dst []byte
	n   int

	wide bool // it is Deflate64
}

// Zlib decodes a zlib stream at the start of src into dst and compares its
// checksum. It gives how much of both was used.
func (d *Decoder) Zlib(dst, src []byte) (n, used int, err error) {
	const header, trailer, deflate, presetDictionary = 2, 4, 8, 0x20
	if len(src) < header {
		return 0, 0, ErrShort
	}
	if src[0]&0xf != deflate || src[0]>>4 > 7 || src[1]&presetDictionary != 0 || (uint(src[0])<<8|uint(src[1]))%31 != 0 {
		return 0, 0, ErrData
	}
	n, used, err = d.Raw(dst, src[header:])
	used += header
	if err != nil {
		return n, used, err
	}
	if len(src)-used < trailer {
		return n, used, ErrShort
	}
	if binary.BigEndian.Uint32(src[used:]) != adler32.Checksum(dst[:n]) {
		return n, used, ErrChecksum
	}
	return n, used + trailer, nil
}

// Raw decodes a DEFLATE stream at the start of src into dst. It gives how much
// of both was used.
func (d *Decoder) Raw(dst, src []byte) (n, used int, err error) {
	d.src, d.pos, d.buf, d.bits, d.dst, d.n = src, 0, 0, 0, dst, 0
	defer func() { d.src, d.dst = nil, nil }()
	for last := false; !last && err == nil; {
		d.refill()
		last = d.take(1) == 1
		switch d.take(2) {
		case 0:
			err = d.stored()
		case 1:
			d.fixed()
			err = d.codes()
		case 2:
			if err = d.dynamic(); err == nil {
				err = d.codes()
			}
		default:
			err = ErrData
		}
		if d.overran() {
			err = ErrShort
		}
	}
	return d.n, d.pos - int(d.bits>>3), err
}

// codes decodes a compressed block.
func (d *Decoder) codes() error {
	if d.wide {
		return d.block64()
	}
	return d.block()
}

// refill reads ahead until there are 56 bits. Behind the end there are zeros,
// and pos counts on: see overran.
func (d *Decoder) refill() {
	if d.pos <= len(d.src)-8 {
		d.buf |= binary.LittleEndian.Uint64(d.src[d.pos:]) << d.bits
		d.pos += int(63-d.bits) >> 3
		d.bits |= 56
		return
	}
	for d.bits < 56 {
		if d.pos < len(d.src) {
			d.buf |= uint64(d.src[d.pos]) << d.bits
		}
		d.pos++
		d.bits += 8
	}
}

// overran reports whether bits behind the end were taken.
func (d *Decoder) overran() bool { return d.pos-int(d.bits>>3) > len(d.src) }

func (d *Decoder) take(n uint) uint {
	v := uint(d.buf & (1<<n - 1))
	d.buf >>= n
	d.bits -= n
	return v
}

// stored copies a block that is not compressed.
func (d *Decoder) stored() error {
	d.take(d.bits & 7)
	d.pos -= int(d.bits >> 3) // back to what was read ahead
	d.buf, d.bits = 0, 0
	if d.pos+4 > len(d.src) {
		return ErrShort
	}
	size, not := binary.LittleEndian.Uint16(d.src[d.pos:]), binary.LittleEndian.Uint16(d.src[d.pos+2:])
	if size != ^not {
		return ErrData
	}
	d.pos += 4
	n := copy(d.dst[d.n:], d.src[d.pos:min(d.pos+int(size), len(d.src))])
	d.n += n
	d.pos += n
	switch {
	case n == int(size):
		return nil
	case d.n == len(d.dst):
		return ErrTooLong
	}
	return ErrShort
}

// fixed sets the codes of section 3.2.6.
func (d *Decoder) fixed() {
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	ofLiterals, ofDistances := d.entries()
	_ = d.literals.build(lengths[:], literalBits, ofLiterals)
	for i := range lengths[:32] {
		lengths[i] = 5
	}
	_ = d.distances.build(lengths[:32], distanceBits, ofDistances)
}

var codeOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamic reads the codes of section 3.2.7.
func (d *Decoder) dynamic() error {
	d.refill()
	literals, distances, codes := int(d.take(5))+257, int(d.take(5))+1, int(d.take(4))+4
	if literals > 286 || distances > 30 && !d.wide {
		return ErrData
	}
	var lengths [286 + 32]uint8
	for i := range codes {
		d.refill()
		lengths[codeOrder[i]] = uint8(d.take(3))
	}
	if err := d.distances.build(lengths[:19], 7, plainEntry); err != nil {
		return err
	}
	lengths = [286 + 32]uint8{}
	for i := 0; i < literals+distances; {
		d.refill()
		e := d.distances.entries[d.buf&127]
		if e&invalid != 0 || d.overran() {
			return ErrData
		}
		d.take(uint(e & 15))
		symbol := e >> 16
		repeat, value := 1, uint8(symbol)
		switch symbol {
		case 16:
			if i == 0 {
				return ErrData
			}
			repeat, value = 3+int(d.take(2)), lengths[i-1]
		case 17:
			repeat, value = 3+int(d.take(3)), 0
		case 18:
			repeat, value = 11+int(d.take(7)), 0
		}
		if i+repeat > literals+distances {
			return ErrData
		}
		for range repeat {
			lengths[i] = value
			i++
		}
	}
	if lengths[endOfBlock] == 0 {
		return ErrData
	}
	ofLiterals, ofDistances := d.entries()
	if err := d.literals.build(lengths[:literals], literalBits, ofLiterals); err != nil {
		return err
	}
	return d.distances.build(lengths[literals:literals+distances], distanceBits, ofDistances)
}

const endOfBlock = 256

// block decodes a compressed block with the codes that are set. A length and a
// distance take at most 48 bits, so that one refill serves both.
func (d *Decoder) block() (err error) {
	src, dst := d.src, d.dst
	pos, buf, bits, n := d.pos, d.buf, d.bits, d.n
	lits, dists := &d.literals.entries, &d.distances.entries
loop:
	for {
		if pos <= len(src)-8 {
			buf |= binary.LittleEndian.Uint64(src[pos:]) << (bits & 63)
			pos += int(63-bits) >> 3
			bits |= 56
		} else {
			if pos-int(bits>>3) > len(src) {
				err = ErrShort
				break loop
			}
			for bits < 56 {
				if pos < len(src) {
					buf |= uint64(src[pos]) << (bits & 63)
				}
				pos++
				bits += 8
			}
		}
		e := lits[buf&(1<<literalBits-1)]
		if e&literal != 0 && n < len(dst) {
			buf >>= e & 15
			bits -= uint(e & 15)
			dst[n] = byte(e >> 16)
			n++
			// Bits for another literal, and for whatever follows, are there.
			if e = lits[buf&(1<<literalBits-1)]; e&literal != 0 && n < len(dst) {
				buf >>= e & 15
				bits -= uint(e & 15)
				dst[n] = byte(e >> 16)
				n++
				continue
			}
			if bits < 48 {
				continue
			}
		}
		if e&link != 0 {
			buf >>= literalBits
			bits -= literalBits
			e = lits[e>>16+uint32(buf)&(1<<(e>>8&15)-1)]
		}
		buf >>= e & 15
		bits -= uint(e & 15)
		if e&(literal|special) != 0 {
			switch {
			case e&invalid != 0:
				err = ErrData
				break loop
			case e&literal == 0:
				break loop // the end of the block
			case n >= len(dst):
				err = ErrTooLong
				break loop
			}
			dst[n] = byte(e >> 16)
			n++
			continue
		}
		extra := e >> 8 & 15
		size := int(e>>16) + int(buf&(1<<extra-1))
		buf >>= extra
		bits -= uint(extra)

		e = dists[buf&(1<<distanceBits-1)]
		if e&link != 0 {
			buf >>= distanceBits
			bits -= distanceBits
			e = dists[e>>16+uint32(buf)&(1<<(e>>8&15)-1)]
		}
		if e&invalid != 0 {
			err = ErrData
			break loop
		}
		buf >>= e & 15
		extra = e >> 8 & 15
		back := int(e>>16) + int(buf&(1<<extra-1))
		buf >>= extra
		bits -= uint(e&15 + extra)
		if back > n {
			err = ErrData
			break loop
		}
		if size > len(dst)-n {
			err = ErrTooLong
			break loop
		}
		repeat(dst, n, back, size)
		n += size
	}
	d.pos, d.buf, d.bits, d.n = pos, buf, bits, n
	return err
}

// repeat copies size bytes from back bytes before n to n. It may write a few
// bytes more, which are written again later.
func repeat(dst []byte, n, back, size int) {
	if back >= 8 && n+size+8 <= len(dst) {
		for i := 0; i < size; i += 8 {
			binary.LittleEndian.PutUint64(dst[n+i:], binary.LittleEndian.Uint64(dst[n-back+i:]))
		}
		return
	}
	to, from := dst[n:n+size], dst[n-back:]
	if back == 1 {
		for i := range to {
			to[i] = from[0]
		}
		return
	}
	for i := range to {
		to[i] = from[i]
	}
}
