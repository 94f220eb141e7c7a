package inflate

// Raw64 is Raw for a stream of Deflate64, as zip and 7z have it (method 9; the format is
// that of RFC 1951 but for three codes): matches of up to 65,538 bytes, up to 65,536 bytes
// back. It is read symbol by symbol.
func (d *Decoder) Raw64(dst, src []byte) (n, used int, err error) {
	d.wide = true
	defer func() { d.wide = false }()
	return d.Raw(dst, src)
}

// maxBack is how far back a match of Deflate64 reaches.
const maxBack = 64 << 10

// block64 decodes a compressed block with the codes that are set.
func (d *Decoder) block64() error {
	for {
		d.refill()
		s, ok := d.symbol(&d.literals, literalBits)
		switch {
		case d.overran():
			return ErrShort
		case !ok || s > 285:
			return ErrData
		case s == endOfBlock:
			return nil
		case s < endOfBlock:
			if d.n >= len(d.dst) {
				return ErrTooLong
			}
			d.dst[d.n] = byte(s)
			d.n++
			continue
		}
		size := d.size64(s)
		d.refill()
		s, ok = d.symbol(&d.distances, distanceBits)
		if !ok {
			return ErrData
		}
		back := s + 1
		if s >= 4 {
			extra := uint(s/2 - 1)
			back = (2+s%2)<<extra + 1 + int(d.take(extra))
		}
		switch {
		case d.overran():
			return ErrShort
		case back > d.n || back > maxBack:
			return ErrData
		case size > len(d.dst)-d.n:
			return ErrTooLong
		}
		repeat(d.dst, d.n, back, size)
		d.n += size
	}
}

// size64 is the length of a match.
func (d *Decoder) size64(s int) int {
	switch {
	case s < 265:
		return s - 257 + 3
	case s == 285:
		return 3 + int(d.take(16))
	}
	extra := uint(s-261) / 4
	return (4+(s-261)%4)<<extra + 3 + int(d.take(extra))
}

// symbol takes one symbol of a code whose table has symbols for values.
func (d *Decoder) symbol(t *table, first uint) (int, bool) {
	e := t.entries[d.buf&(1<<first-1)]
	if e&link != 0 {
		d.take(first)
		e = t.entries[e>>16+uint32(d.buf)&(1<<(e>>8&15)-1)]
	}
	if e&invalid != 0 {
		return 0, false
	}
	d.take(uint(e & 15))
	return int(e >> 16), true
}

// entries are what the tables of literals and distances hold.
func (d *Decoder) entries() (literals, distances func(symbol int) uint32) {
	if d.wide {
		return plainEntry, plainEntry
	}
	return literalEntry, distanceEntry
}
