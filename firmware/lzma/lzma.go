// Package lzma decodes LZMA, LZMA2 and xz into memory.
//
// The formats are those of Igor Pavlov's "LZMA specification" of 2015 and of "The
// .xz File Format" 1.2.0. Firmware is unpacked whole and kept in memory, so what
// was decoded so far is its own dictionary: nothing is copied twice, and no
// dictionary is allocated because a header asks for one. The libraries that read
// through an [io.Reader] took two thirds of the time of opening a file system.
//
// Read are raw LZMA with known properties, the .lzma file ("LZMA alone"), LZMA2,
// and xz with its checks and all filters but the one for RISC-V. Of a match that
// reaches further back than the header's dictionary, but not further than the
// data, nothing is said.
//
// On amd64 literals and matches are decoded in assembly, in a third less time: all
// that a symbol needs is in registers, and the probabilities of both bits that may
// come next are read before the present one is known. The build tag purego leaves it
// out. What it decodes is what the Go code decodes, errors and state included.
package lzma

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// The errors of a stream that cannot be decoded.
var (
	ErrData  = errors.New("lzma: data make no sense")
	ErrShort = errors.New("lzma: data end early")
	ErrProps = errors.New("lzma: unknown properties")
)

// Props are the three numbers that a decoder must know.
type Props struct {
	LC, LP, PB int // bits of literal context, literal position, position
}

// ParseProps reads the byte that stands for them.
func ParseProps(b byte) (Props, error) {
	if b >= 9*5*5 {
		return Props{}, ErrProps
	}
	return Props{int(b % 9), int(b / 9 % 5), int(b / 45)}, nil
}

const (
	states      = 12
	litStates   = 7 // states below it follow a literal
	maxPosBits  = 4
	lenStates   = 4
	slots       = 64
	startModel  = 4
	endModel    = 14
	fullDists   = 1 << (endModel / 2)
	alignBits   = 4
	minMatch    = 2
	literalSize = 0x300

	topValue  = 1 << 24
	probBits  = 11
	probInit  = 1 << (probBits - 1)
	moveBits  = 5
	toZero    = 1<<moveBits - 1 - 1<<probBits // moves a probability the other way
	maxSymbol = 20                            // bytes of input that one literal or match may take
)

type prob = uint16

// Why [symbols] stopped.
const (
	goOn        = iota // nothing is wrong
	atMark             // the mark that ends a stream
	noSuchPlace        // a match reaches before the beginning
)

const atOnce = 64 << 10 // bytes that [symbols] decodes, half a millisecond's

// reversed are the bits behind the leading one of a number, the last one first.
var reversed = func() (r [64]uint8) {
	for n := 1; n < 6; n++ {
		for v := range 1 << n {
			r[1<<n|v] = bits.Reverse8(uint8(v)) >> (8 - n)
		}
	}
	return r
}()

// Decoder decodes one stream after another. The zero Decoder is ready.
type Decoder struct {
	source
	rng, code uint32

	props    Props
	started  bool
	state    uint32
	rep      [4]uint32
	pending  int  // bytes of the last match that did not fit
	wasClean bool // before the symbol at the end of the input
	base     int  // of the output: no match reaches before it

	isMatch  [16 << maxPosBits]prob
	isRep0L  [16 << maxPosBits]prob
	isRep    [16]prob
	isRep0   [16]prob
	isRep1   [16]prob
	isRep2   [16]prob
	lens     [2]lengths // of matches, and of repeated ones
	slot     [lenStates][slots]prob
	special  [fullDists]prob
	align    [1 << alignBits]prob
	literals []prob
}

type lengths struct {
	choice, choice2 prob
	low, mid        [1 << maxPosBits][8]prob
	high            [256]prob
}

// Reset begins a stream of raw LZMA that lies at src. If more is not nil, the
// bytes after src are read from it.
func (d *Decoder) Reset(p Props, src []byte, more io.Reader) error {
	d.source.reset(src, more)
	if err := d.setProps(p); err != nil {
		return err
	}
	d.base = 0
	d.resetState()
	return nil
}

func (d *Decoder) setProps(p Props) error {
	if p.LC < 0 || p.LC > 8 || p.LP < 0 || p.LP > 4 || p.PB < 0 || p.PB > 4 {
		return ErrProps
	}
	d.props = p
	if n := literalSize << (p.LC + p.LP); n > cap(d.literals) {
		d.literals = make([]prob, n)
	} else {
		d.literals = d.literals[:n]
	}
	return nil
}

func (d *Decoder) resetState() {
	d.started, d.state, d.rep, d.pending = false, 0, [4]uint32{}, 0
	fill(d.isMatch[:])
	fill(d.isRep0L[:])
	for _, p := range []*[16]prob{&d.isRep, &d.isRep0, &d.isRep1, &d.isRep2, &d.align} {
		fill(p[:])
	}
	for i := range d.lens {
		l := &d.lens[i]
		l.choice, l.choice2 = probInit, probInit
		for k := range l.low {
			fill(l.low[k][:])
			fill(l.mid[k][:])
		}
		fill(l.high[:])
	}
	for i := range d.slot {
		fill(d.slot[i][:])
	}
	fill(d.special[:])
	fill(d.literals)
}

func fill(p []prob) {
	for i := range p {
		p[i] = probInit
	}
}

// Decode appends to out, which must be what was decoded so far, until it has upTo
// bytes; its capacity must suffice. At the mark that ends a stream it says io.EOF.
// What was decoded before an error is given with it.
func (d *Decoder) Decode(out []byte, upTo int) ([]byte, error) {
	if !d.started {
		if err := d.startRange(); err != nil {
			return out, err
		}
		d.started = true
	}
	n, err := d.run(out[:upTo], len(out))
	return out[:n], err
}

// Clean reports whether the input was used up to its last bit, as an encoder
// leaves it at the end of a stream, with or without a mark; after [ErrShort],
// whether it was so where the last whole literal or match ended.
func (d *Decoder) Clean() bool {
	if d.overran() {
		return d.wasClean
	}
	if d.rng < topValue && d.pos < d.end {
		d.normalize()
	}
	return d.code == 0 && d.pos == d.end && d.more == nil && d.pending == 0
}

// Ends reports whether a stream of which n bytes were decoded ends here: with its
// input, or with a mark in front of that end. Nothing can be decoded afterwards.
func (d *Decoder) Ends(n int) bool {
	if d.pending > 0 || d.Clean() {
		return d.pending == 0
	}
	if d.pos > d.safe && d.refill() != nil {
		return false
	}
	where := uint32((n - d.base) & (1<<d.props.PB - 1))
	if d.bit(&d.isMatch[(d.state<<maxPosBits|where)&255]) == 0 {
		return false
	}
	_, err := d.match(n)
	return err == io.EOF && !d.overran() && d.Clean()
}

// run decodes into out from n on.
func (d *Decoder) run(out []byte, n int) (int, error) {
	for n < len(out) {
		if d.pending > 0 {
			n = d.repeat(out, n, d.pending)
			continue
		}
		if d.pos > d.safe {
			if err := d.refill(); err != nil {
				return n, err
			}
		}
		if inAssembly && !d.inPad {
			var end int
			switch n, end = symbols(d, out[:min(len(out), n+atOnce)], n); end {
			case atMark:
				return n, io.EOF
			case noSuchPlace:
				return n, ErrData
			}
			continue
		}
		stop := len(out)
		if d.inPad { // one symbol at a time, as each may be the last
			d.wasClean, stop = d.Clean(), n+1
		}
		k, matched := d.someLiterals(out[:stop], n)
		if d.overran() {
			return n, ErrShort
		}
		if n = k; !matched {
			continue
		}
		size, err := d.match(n)
		if err == nil && d.overran() {
			err = ErrShort
		}
		if err != nil {
			return n, err
		}
		if int(d.rep[0]) >= n-d.base {
			return n, ErrData
		}
		n = d.repeat(out, n, size)
	}
	return n, nil
}

// short is the size of a match up to which it is copied as two words. What lies
// behind it in out is decoded later.
const short = 16

// repeat copies a match of so many bytes, as far as they fit.
func (d *Decoder) repeat(out []byte, n, size int) int {
	d.pending = max(0, size-(len(out)-n))
	size -= d.pending
	dist := int(d.rep[0]) + 1
	if size <= short && dist >= short/2 && n+short <= len(out) { // most are
		from, to := out[n-dist:], out[n:n+short]
		binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
		binary.LittleEndian.PutUint64(to[short/2:], binary.LittleEndian.Uint64(from[short/2:]))
		return n + size
	}
	if dist >= size {
		copy(out[n:n+size], out[n-dist:])
		return n + size
	}
	from := out[n-dist:]
	to := out[n : n+size]
	for i := range to {
		to[i] = from[i]
	}
	return n + size
}

// someLiterals decodes literals until a match follows, which it reports, until
// out is full, or until input runs low. Here a decoder spends most of its time:
// the range coder is kept in variables, and its steps are written out. As no
// processor foresees the bits of a literal, they are decoded without branches:
// zero is all ones for the bit 0 and selects what holds then.
func (d *Decoder) someLiterals(out []byte, n int) (int, bool) {
	rng, code, src, pos, state := d.rng, d.code, d.src, d.pos, d.state
	posMask, lpMask := 1<<d.props.PB-1, 1<<d.props.LP-1
	lc := d.props.LC
	matched := false
	for n < len(out) && pos <= d.safe {
		p := &d.isMatch[(state<<maxPosBits|uint32((n-d.base)&posMask))&255]
		if rng < topValue {
			rng, code = rng<<8, code<<8|uint32(src[pos])
			pos++
		}
		bound := (rng >> probBits) * uint32(*p)
		if code >= bound {
			rng, code = rng-bound, code-bound
			*p -= *p >> moveBits
			matched = true
			break
		}
		rng = bound
		*p += (1<<probBits - *p) >> moveBits
		prev := 0
		if n > d.base {
			prev = int(out[n-1])
		}
		context := ((n-d.base)&lpMask)<<lc + prev>>(8-lc)
		lit := (*[literalSize]prob)(d.literals[literalSize*context:])
		symbol := uint32(1)
		if state >= litStates && int(d.rep[0]) < n-d.base {
			// After a match the byte that it would have gone on with tells much.
			like := uint32(out[n-1-int(d.rep[0])]) << 1
			offset := uint32(0x100)
			for symbol < 0x100 {
				bit := like & offset
				p := &lit[offset+bit+symbol]
				if rng < topValue {
					rng, code = rng<<8, code<<8|uint32(src[pos])
					pos++
				}
				bound := (rng >> probBits) * uint32(*p)
				rest := int64(code) - int64(bound)
				zero := uint32(rest >> 63)
				code = uint32(rest) + bound&zero
				rng -= bound
				rng += (bound - rng) & zero
				*p -= prob((int32(*p) + toZero&int32(zero)) >> moveBits)
				symbol = symbol<<1 + 1 + zero
				offset &= bit ^ zero
				like <<= 1
			}
		} else {
			for symbol < 0x100 {
				p := &lit[symbol]
				if rng < topValue {
					rng, code = rng<<8, code<<8|uint32(src[pos])
					pos++
				}
				bound := (rng >> probBits) * uint32(*p)
				rest := int64(code) - int64(bound)
				zero := uint32(rest >> 63)
				code = uint32(rest) + bound&zero
				rng -= bound
				rng += (bound - rng) & zero
				*p -= prob((int32(*p) + toZero&int32(zero)) >> moveBits)
				symbol = symbol<<1 + 1 + zero
			}
		}
		out[n] = byte(symbol)
		n++
		state = afterLiteral[state&15]
	}
	d.rng, d.code, d.pos, d.state = rng, code, pos, state
	return n, matched
}

var afterLiteral = [16]uint32{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 4, 5}

// match decodes what follows the bit that announces a match: its distance goes
// into rep[0].
func (d *Decoder) match(n int) (size int, err error) {
	s := d.state & 15
	where := (n - d.base) & (1<<d.props.PB - 1)
	if d.bit(&d.isRep[s]) == 0 {
		d.rep[3], d.rep[2], d.rep[1] = d.rep[2], d.rep[1], d.rep[0]
		d.state = next(s, 7, 10)
		size = d.length(&d.lens[0], where)
		d.rep[0] = d.distance(size)
		if d.rep[0] == 1<<32-1 {
			d.normalize() // as the encoder did
			return 0, io.EOF
		}
		return size, nil
	}
	if d.bit(&d.isRep0[s]) == 0 {
		if d.bit(&d.isRep0L[(s<<maxPosBits|uint32(where))&255]) == 0 {
			d.state = next(s, 9, 11)
			return 1, nil
		}
	} else {
		d.swap(s)
	}
	d.state = next(s, 8, 11)
	return d.length(&d.lens[1], where), nil
}

// swap brings one of the older distances to the front.
func (d *Decoder) swap(s uint32) {
	if d.bit(&d.isRep1[s]) == 0 {
		d.rep[0], d.rep[1] = d.rep[1], d.rep[0]
		return
	}
	dist := d.rep[2]
	if d.bit(&d.isRep2[s]) == 1 {
		dist, d.rep[3] = d.rep[3], d.rep[2]
	}
	d.rep[2], d.rep[1], d.rep[0] = d.rep[1], d.rep[0], dist
}

// next is the state after a match.
func next(s, afterLit, afterMatch uint32) uint32 {
	if s < litStates {
		return afterLit
	}
	return afterMatch
}

func (d *Decoder) length(l *lengths, where int) int {
	switch {
	case d.bit(&l.choice) == 0:
		return minMatch + int(d.tree(l.low[where&15][:]))
	case d.bit(&l.choice2) == 0:
		return minMatch + 8 + int(d.tree(l.mid[where&15][:]))
	}
	return minMatch + 16 + int(d.tree(l.high[:]))
}

func (d *Decoder) distance(size int) uint32 {
	slot := d.tree(d.slot[min(size-minMatch, lenStates-1)][:])
	if slot < startModel {
		return slot
	}
	n := slot>>1 - 1
	dist := (2 | slot&1) << n
	if slot < endModel {
		return dist + d.reverse(d.special[dist-slot:], n)
	}
	dist += d.direct(n-alignBits) << alignBits
	return dist + d.reverse(d.align[:], alignBits)
}
