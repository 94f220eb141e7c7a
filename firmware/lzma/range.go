package lzma

// startRange reads the first five bytes of the range coder.
func (d *Decoder) startRange() error {
	b, err := d.need(5)
	if err != nil {
		return err
	}
	if b[0] != 0 {
		return ErrData
	}
	d.rng, d.code = 1<<32-1, uint32(b[1])<<24|uint32(b[2])<<16|uint32(b[3])<<8|uint32(b[4])
	d.pos += 5
	return nil
}

// tree decodes a number below len(probs), from the highest bit on.
func (d *Decoder) tree(probs []prob) uint32 {
	rng, code, src, pos := d.rng, d.code, d.src, d.pos
	m := uint32(1)
	for m < uint32(len(probs)) {
		p := &probs[m]
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
		m = m<<1 + 1 + zero
	}
	d.rng, d.code, d.pos = rng, code, pos
	return m - uint32(len(probs))
}

// reverse decodes up to 5 bits, from the lowest on.
func (d *Decoder) reverse(probs []prob, n uint32) uint32 {
	rng, code, src, pos := d.rng, d.code, d.src, d.pos
	m := uint32(1)
	for range n {
		p := &probs[m]
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
		m = m<<1 + 1 + zero
	}
	d.rng, d.code, d.pos = rng, code, pos
	return uint32(reversed[m&63])
}

// direct reads n bits that are all as likely as not.
func (d *Decoder) direct(n uint32) (v uint32) {
	rng, code, src, pos := d.rng, d.code, d.src, d.pos
	for range n {
		if rng < topValue {
			rng, code = rng<<8, code<<8|uint32(src[pos])
			pos++
		}
		rng >>= 1
		rest := int64(code) - int64(rng)
		zero := uint32(rest >> 63)
		code = uint32(rest) + rng&zero
		v = v<<1 + 1 + zero
	}
	d.rng, d.code, d.pos = rng, code, pos
	return v
}

func (d *Decoder) bit(p *prob) uint32 {
	d.normalize()
	bound := (d.rng >> probBits) * uint32(*p)
	if d.code < bound {
		d.rng = bound
		*p += (1<<probBits - *p) >> moveBits
		return 0
	}
	d.rng -= bound
	d.code -= bound
	*p -= *p >> moveBits
	return 1
}

func (d *Decoder) normalize() {
	if d.rng < topValue {
		d.rng, d.code = d.rng<<8, d.code<<8|uint32(d.src[d.pos])
		d.pos++
	}
}
