package erofs

import "errors"

var errLZMA = errors.New("corrupt stream")

// The model of LZMA, as the LZMA specification of the LZMA SDK has it.
const (
	lzmaStates    = 12
	lzmaLiteral   = 7 // states below follow a literal
	lzmaPosStates = 16
	lzmaLiterals  = 0x300 // probabilities of a literal coder
	lzmaMinMatch  = 2
	lzmaLenStates = 4
	lzmaModelled  = 14 // distance slots below have a model of their own
	lzmaAlign     = 4
	lzmaMaxLCLP   = 4 // of lc+lp in XZ's encoders

	probBits = 11
	probInit = 1 << (probBits - 1)
	probMove = 5
	rangeTop = 1 << 24
)

type prob = uint16

// lengths codes the length of a match.
type lengths struct {
	choice [2]prob
	low    [lzmaPosStates][8]prob
	mid    [lzmaPosStates][8]prob
	high   [256]prob
}

// microLZMA is a decoder. What it unpacks is also its dictionary.
type microLZMA struct {
	src       []byte
	rng, code uint32
	over      bool // more was read than there is
	lc        uint
	litMask   int
	posMask   int
	literals  []prob
	model
}

// model is all probabilities but those of literals.
type model struct {
	isMatch      [lzmaStates][lzmaPosStates]prob
	isRep        [lzmaStates]prob
	isRepG0      [lzmaStates]prob
	isRepG1      [lzmaStates]prob
	isRepG2      [lzmaStates]prob
	isRep0Long   [lzmaStates][lzmaPosStates]prob
	slots        [lzmaLenStates][64]prob
	special      [128]prob
	align        [1 << lzmaAlign]prob
	match, again lengths
}

// newMicroLZMA reads LZMA whose first byte, which is always zero, is replaced by
// the inverted properties. The stream has no mark at its end.
func newMicroLZMA() decoder {
	d := new(microLZMA)
	return func(dst, src []byte, part bool) error {
		if err := d.start(src); err != nil {
			return err
		}
		if err := d.decode(dst); err != nil {
			return err
		}
		if part {
			return nil
		}
		if d.normalise(); d.over || d.code != 0 || len(d.src) > 0 {
			return errMore
		}
		return nil
	}
}

// start reads the properties and sets all probabilities to a half.
func (d *microLZMA) start(src []byte) error {
	if len(src) < 5 {
		return errLZMA
	}
	p := int(^src[0])
	lc, lp, pb := p%9, p/9%5, p/45
	if pb > 4 || lc+lp > lzmaMaxLCLP {
		return errLZMA
	}
	lits := d.literals[:0]
	if n := lzmaLiterals << (lc + lp); cap(lits) < n {
		lits = make([]prob, n)
	} else {
		lits = lits[:n]
	}
	for i := range lits {
		lits[i] = probInit
	}
	d.literals, d.lc, d.litMask, d.posMask = lits, uint(lc), 1<<lp-1, 1<<pb-1
	d.model.reset()
	d.rng, d.code, d.over = 0xffffffff, uint32(src[1])<<24|uint32(src[2])<<16|uint32(src[3])<<8|uint32(src[4]), false
	d.src = src[5:]
	return nil
}

// half sets probabilities to a half.
func half(p []prob) {
	for i := range p {
		p[i] = probInit
	}
}

func (m *model) reset() {
	for i := range m.isMatch {
		half(m.isMatch[i][:])
		half(m.isRep0Long[i][:])
	}
	for _, p := range [][]prob{m.isRep[:], m.isRepG0[:], m.isRepG1[:], m.isRepG2[:], m.special[:], m.align[:]} {
		half(p)
	}
	for i := range m.slots {
		half(m.slots[i][:])
	}
	m.match.reset()
	m.again.reset()
}

func (l *lengths) reset() {
	half(l.choice[:])
	half(l.high[:])
	for i := range l.low {
		half(l.low[i][:])
		half(l.mid[i][:])
	}
}

func (d *microLZMA) normalise() {
	if d.rng >= rangeTop {
		return
	}
	d.rng <<= 8
	d.code <<= 8
	if len(d.src) == 0 {
		d.over = true
		return
	}
	d.code |= uint32(d.src[0])
	d.src = d.src[1:]
}

func (d *microLZMA) bit(p *prob) int {
	d.normalise()
	bound := d.rng >> probBits * uint32(*p)
	if d.code < bound {
		d.rng = bound
		*p += (1<<probBits - *p) >> probMove
		return 0
	}
	d.rng -= bound
	d.code -= bound
	*p -= *p >> probMove
	return 1
}

// tree reads bits with a model for each that knows those before.
func (d *microLZMA) tree(p []prob, bits uint) int {
	m := 1
	for range bits {
		m = m<<1 | d.bit(&p[m])
	}
	return m - 1<<bits
}

// reverse reads bits likewise, the lowest first.
func (d *microLZMA) reverse(p []prob, bits uint) int {
	m, v := 1, 0
	for i := range bits {
		b := d.bit(&p[m])
		m = m<<1 | b
		v |= b << i
	}
	return v
}

// direct reads bits without a model.
func (d *microLZMA) direct(bits uint) int {
	v := 0
	for range bits {
		d.normalise()
		d.rng >>= 1
		if d.code >= d.rng {
			d.code -= d.rng
			v = v<<1 | 1
		} else {
			v <<= 1
		}
	}
	return v
}

func (d *microLZMA) length(l *lengths, pos int) int {
	switch {
	case d.bit(&l.choice[0]) == 0:
		return lzmaMinMatch + d.tree(l.low[pos][:], 3)
	case d.bit(&l.choice[1]) == 0:
		return lzmaMinMatch + 8 + d.tree(l.mid[pos][:], 3)
	}
	return lzmaMinMatch + 16 + d.tree(l.high[:], 8)
}

// distance reads how far back a match is, less one.
func (d *microLZMA) distance(length int) int {
	slot := d.tree(d.slots[min(length-lzmaMinMatch, lzmaLenStates-1)][:], 6)
	if slot < 4 {
		return slot
	}
	bits := uint(slot>>1 - 1)
	dist := (2 | slot&1) << bits
	if slot < lzmaModelled {
		return dist + d.reverse(d.special[dist-slot:], bits)
	}
	dist += d.direct(bits-lzmaAlign) << lzmaAlign
	return dist + d.reverse(d.align[:], lzmaAlign)
}

// literal reads a byte. After a match, the byte that the match would go on with
// is known not to follow, and helps to guess.
func (d *microLZMA) literal(dst []byte, at, state, rep int) byte {
	last := 0
	if at > 0 {
		last = int(dst[at-1])
	}
	p := d.literals[lzmaLiterals*((at&d.litMask)<<d.lc+last>>(8-d.lc)):]
	p = p[:lzmaLiterals]
	m := 1
	if state >= lzmaLiteral {
		for other := int(dst[at-rep-1]); m < 0x100; other <<= 1 {
			guess := other >> 7 & 1
			b := d.bit(&p[(1+guess)<<8+m])
			m = m<<1 | b
			if guess != b {
				break
			}
		}
	}
	for m < 0x100 {
		m = m<<1 | d.bit(&p[m])
	}
	return byte(m)
}

// decode fills dst.
func (d *microLZMA) decode(dst []byte) error {
	state, reps := 0, [4]int{}
	for at := 0; at < len(dst) && !d.over; {
		pos := at & d.posMask
		after := state < lzmaLiteral // a literal
		if d.bit(&d.isMatch[state][pos]) == 0 {
			dst[at] = d.literal(dst, at, state, reps[0])
			at++
			state = afterLiteral[state]
			continue
		}
		n := 0
		if d.bit(&d.isRep[state]) == 0 {
			n = d.length(&d.match, pos)
			reps = [4]int{d.distance(n), reps[0], reps[1], reps[2]}
			state = afterEither(after, 7, 10)
		} else if d.repeat(&reps, state, pos) {
			n = 1
			state = afterEither(after, 9, 11)
		} else {
			n = d.length(&d.again, pos)
			state = afterEither(after, 8, 11)
		}
		if uint(reps[0]) >= uint(at) {
			return errLZMA
		}
		at += fill(dst[at:], dst[at-reps[0]-1:], n, reps[0]+1)
	}
	if d.over {
		return errLength
	}
	return nil
}

// afterLiteral is the state that follows a literal.
var afterLiteral = [lzmaStates]int{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 4, 5}

func afterEither(literal bool, yes, no int) int {
	if literal {
		return yes
	}
	return no
}

// repeat reads which of the last four distances a match has, and puts it first.
// It says whether the match is of one byte only.
func (d *microLZMA) repeat(reps *[4]int, state, pos int) (short bool) {
	switch {
	case d.bit(&d.isRepG0[state]) == 0:
		return d.bit(&d.isRep0Long[state][pos]) == 0
	case d.bit(&d.isRepG1[state]) == 0:
		*reps = [4]int{reps[1], reps[0], reps[2], reps[3]}
	case d.bit(&d.isRepG2[state]) == 0:
		*reps = [4]int{reps[2], reps[0], reps[1], reps[3]}
	default:
		*reps = [4]int{reps[3], reps[0], reps[1], reps[2]}
	}
	return false
}

// fill copies a match of n bytes from back before dst, as far as dst goes.
func fill(dst, from []byte, n, back int) int {
	n = min(n, len(dst))
	for done := 0; done < n; { // in runs that do not overlap
		k := copy(dst[done:min(n, done+back)], from)
		done, back = done+k, back+k
	}
	return n
}
