// Package lzo decodes LZO1X from memory to memory, as file systems and lzop have it.
//
// The format is that of the Linux kernel's Documentation/staging/lzo.rst, version 0
// of the bit stream: instructions that copy literals, or a run of what was decoded
// before with up to three literals behind it. The library that was used before took
// two thirds of the time of opening a file system, as it copies byte by byte.
package lzo

import (
	"encoding/binary"
	"errors"
)

// What can be wrong with a block.
var (
	ErrShort = errors.New("lzo: the block ends too soon")
	ErrLong  = errors.New("lzo: more than was to be unpacked")
	ErrData  = errors.New("lzo: data make no sense")
	ErrAfter = errors.New("lzo: something follows the block's end")
)

const (
	shortest = 3  // bytes of a block: the mark at its end
	first    = 17 // a first byte above it is a run of literals
	many     = 4  // state: an instruction copied four literals or more
	far      = 1 << 14
	farther  = 1 << 11
	maxCount = 1 << 30 // of bytes that one instruction copies
)

// Decode unpacks a whole block into dst and gives how many bytes it has. What lies
// behind them in dst may change.
func Decode(dst, src []byte) (n int, err error) {
	if len(src) < shortest {
		return 0, ErrShort
	}
	d := decoder{src: src, dst: dst}
	state := 0
	if c := int(src[0]); c > first {
		d.in = 1
		if err := d.literals(c - first); err != nil {
			return d.out, err
		}
		state = min(c-first, many)
	}
	return d.run(state)
}

type decoder struct {
	src, dst []byte
	in, out  int
}

// run carries out instructions up to the mark at the end: literals, or a copy of size
// bytes from a distance back with up to three literals behind it. State is how many
// literals the last one copied.
func (d *decoder) run(state int) (int, error) {
	for {
		if d.in >= len(d.src) {
			return d.out, ErrShort
		}
		c := int(d.src[d.in])
		d.in++
		var distance, size int
		switch {
		case c < 16 && state == 0:
			if err := d.longRun(c); err != nil {
				return d.out, err
			}
			state = many
			continue
		case c >= 16 && c < 64:
			var err error
			if distance, size, state, err = d.match(c); err != nil {
				return d.out, err
			}
			if distance == 0 {
				return d.out, d.end(size)
			}
		case d.in >= len(d.src):
			return d.out, ErrShort
		default:
			h := int(d.src[d.in])
			d.in++
			switch {
			case c >= 64:
				distance, size = h<<3+c>>2&7+1, c>>5+1
			case state == many:
				distance, size = h<<2+c>>2+farther+1, 3
			default:
				distance, size = h<<2+c>>2+1, 2
			}
			state = c & 3
		}
		// Most matches are short, and far enough from either end.
		in, from, to := d.in, d.out-distance, d.out
		if size <= 2*word && distance >= word && from >= 0 && to+2*word+word <= len(d.dst) && in+word <= len(d.src) {
			words(d.dst[to:to+2*word], d.dst[from:from+2*word])
			to += size
			if state > 0 {
				binary.LittleEndian.PutUint32(d.dst[to:], binary.LittleEndian.Uint32(d.src[in:]))
			}
			d.in, d.out = in+state, to+state
			continue
		}
		if err := d.copy(distance, size, state); err != nil {
			return d.out, err
		}
	}
}

// match reads the rest of an instruction of three bytes or more. A distance of zero
// is the mark at the end.
func (d *decoder) match(c int) (distance, size, literals int, err error) {
	most := 31
	if c < 32 {
		most = 7
	}
	if size = c & most; size == 0 {
		if size, err = d.count(most); err != nil {
			return 0, 0, 0, err
		}
	}
	size += 2
	if d.in+2 > len(d.src) {
		return 0, 0, 0, ErrShort
	}
	v := int(binary.LittleEndian.Uint16(d.src[d.in:]))
	d.in += 2
	distance, literals = v>>2, v&3
	switch {
	case c >= 32:
		distance++
	case distance > 0 || c&8 != 0:
		distance += c&8<<11 + far
	}
	return distance, size, literals, nil
}

// longRun copies a long run of literals.
func (d *decoder) longRun(n int) (err error) {
	if n == 0 {
		if n, err = d.count(15); err != nil {
			return err
		}
	}
	return d.literals(n + 3)
}

// count reads a number that did not fit: 255 for each zero, and one byte more.
func (d *decoder) count(n int) (int, error) {
	for ; d.in < len(d.src); d.in++ {
		if c := d.src[d.in]; c != 0 {
			d.in++
			return n + int(c), nil
		}
		if n += 255; n > maxCount {
			return 0, ErrData
		}
	}
	return 0, ErrShort
}

// literals copies bytes of the block.
func (d *decoder) literals(n int) error {
	if n > len(d.src)-d.in {
		return ErrShort
	}
	if n > len(d.dst)-d.out {
		return ErrLong
	}
	if n <= 2*word && d.in+2*word <= len(d.src) && d.out+2*word <= len(d.dst) {
		words(d.dst[d.out:d.out+2*word], d.src[d.in:d.in+2*word])
	} else {
		copy(d.dst[d.out:d.out+n], d.src[d.in:])
	}
	d.in += n
	d.out += n
	return nil
}

// word is how much is copied at once. Most copies are shorter than two.
const word = 8

func words(to, from []byte) {
	_, _ = to[2*word-1], from[2*word-1]
	binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
	binary.LittleEndian.PutUint64(to[word:], binary.LittleEndian.Uint64(from[word:]))
}

// copy carries out any match and the literals behind it.
func (d *decoder) copy(distance, size, literals int) error {
	if distance > d.out {
		return ErrData
	}
	if literals > len(d.src)-d.in {
		return ErrShort
	}
	if size+literals > len(d.dst)-d.out {
		return ErrLong
	}
	from, to := d.out-distance, d.out
	d.out += size
	for to < d.out { // what was copied is copied again, twice as much each time
		to += copy(d.dst[to:d.out], d.dst[from:to])
	}
	copy(d.dst[d.out:d.out+literals], d.src[d.in:])
	d.in += literals
	d.out += literals
	return nil
}

// end is about the mark: a copy of three bytes, and the last of the block.
func (d *decoder) end(size int) error {
	switch {
	case size != 3:
		return ErrData
	case d.in < len(d.src):
		return ErrAfter
	}
	return nil
}
