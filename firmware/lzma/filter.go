package lzma

import "encoding/binary"

// filter is one entry of a block's chain. Its data pass through the chain from
// the first to the last when they are packed.
type filter struct {
	id         uint64
	properties []byte
}

// The filters of section 5.3.
const (
	filterDelta = 3
	filterLZMA2 = 0x21
)

// undoing gives what undoes the filters in front of LZMA2, in the order in which
// it must be applied.
func undoing(chain []filter) (undo []func([]byte), err error) {
	last := chain[len(chain)-1]
	if last.id != filterLZMA2 || len(last.properties) != 1 || last.properties[0] > 40 {
		return nil, ErrFilter
	}
	for i := len(chain) - 2; i >= 0; i-- {
		f := chain[i]
		if f.id == filterDelta && len(f.properties) == 1 {
			undo = append(undo, delta(int(f.properties[0])+1))
			continue
		}
		branch := branches[f.id]
		if branch == nil {
			return nil, ErrFilter
		}
		start := uint32(0)
		switch len(f.properties) {
		case 0:
		case 4:
			start = binary.LittleEndian.Uint32(f.properties)
		default:
			return nil, ErrFilter
		}
		undo = append(undo, func(b []byte) { branch(b, start) })
	}
	return undo, nil
}

// Undo gives what undoes one filter that changes bytes and not their number, by its number
// in xz.
func Undo(id uint64, properties []byte) (func([]byte), error) {
	undo, err := undoing([]filter{{id, properties}, {filterLZMA2, []byte{0}}})
	if err != nil {
		return nil, err
	}
	return undo[0], nil
}

func delta(distance int) func([]byte) {
	return func(b []byte) {
		for i := distance; i < len(b); i++ {
			b[i] += b[i-distance]
		}
	}
}

// branches undo what was done to the targets of branches: the address of the
// instruction was added to them.
var branches = map[uint64]func(b []byte, at uint32){
	4: x86, 5: powerPC, 6: ia64, 7: arm, 8: thumb, 9: sparc, 10: arm64,
}

func powerPC(b []byte, at uint32) {
	for i := 0; i+4 <= len(b); i += 4 {
		if v := binary.BigEndian.Uint32(b[i:]); v&0xfc000003 == 0x48000001 {
			binary.BigEndian.PutUint32(b[i:], 0x48000001|(v-(at+uint32(i)))&0x03fffffc)
		}
	}
}

func sparc(b []byte, at uint32) {
	for i := 0; i+4 <= len(b); i += 4 {
		v := binary.BigEndian.Uint32(b[i:])
		if v>>22 != 0x100 && v>>22 != 0x1ff {
			continue
		}
		v = v<<2 - (at + uint32(i))
		v >>= 2
		sign := -(v >> 22 & 1)
		binary.BigEndian.PutUint32(b[i:], sign<<22&0x3fffffff|v&0x3fffff|0x40000000)
	}
}

func arm(b []byte, at uint32) {
	for i := 0; i+4 <= len(b); i += 4 {
		if b[i+3] == 0xeb { // BL
			v := binary.LittleEndian.Uint32(b[i:])
			v = v<<2 - (at + uint32(i) + 8)
			binary.LittleEndian.PutUint32(b[i:], v>>2&0xffffff|0xeb000000)
		}
	}
}

func thumb(b []byte, at uint32) {
	for i := 0; i+4 <= len(b); i += 2 {
		high, low := binary.LittleEndian.Uint16(b[i:]), binary.LittleEndian.Uint16(b[i+2:])
		if high&0xf800 != 0xf000 || low&0xf800 != 0xf800 { // BL, in two halves
			continue
		}
		v := (uint32(high)&0x7ff<<11 | uint32(low)&0x7ff) << 1
		v = (v - (at + uint32(i) + 4)) >> 1
		binary.LittleEndian.PutUint16(b[i:], 0xf000|uint16(v>>11&0x7ff))
		binary.LittleEndian.PutUint16(b[i+2:], 0xf800|uint16(v&0x7ff))
		i += 2
	}
}

func arm64(b []byte, at uint32) {
	for i := 0; i+4 <= len(b); i += 4 {
		v, pc := binary.LittleEndian.Uint32(b[i:]), at+uint32(i)
		switch {
		case v>>26 == 0x25: // BL
			binary.LittleEndian.PutUint32(b[i:], 0x94000000|(v-pc>>2)&0x03ffffff)
		case v&0x9f000000 == 0x90000000: // ADRP
			page := v>>29&3 | v>>3&0x1ffffc
			if (page+0x20000)&0x1c0000 != 0 {
				continue // out of the range that is converted
			}
			page -= pc >> 12
			v = v&0x9000001f | page&3<<29 | page&0x3fffc<<3 | -(page&0x20000)&0xe00000
			binary.LittleEndian.PutUint32(b[i:], v)
		}
	}
}

func ia64(b []byte, at uint32) {
	// By the template of a bundle: which of its three slots may hold a branch.
	const slots = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x04\x06\x06\x00\x00\x07\x07\x04\x04\x00\x00\x04\x04\x00\x00"
	for i := 0; i+16 <= len(b); i += 16 {
		for slot := range 3 {
			if slots[b[i]&0x1f]>>slot&1 == 0 {
				continue
			}
			bit := 5 + slot*41
			at6 := b[i+bit>>3:][:6]
			v := uint64(0)
			for k, c := range at6 {
				v |= uint64(c) << (8 * k)
			}
			shift := bit & 7
			n := v >> shift
			if n>>37&0xf != 5 || n>>9&7 != 0 {
				continue
			}
			target := uint32(n>>13&0xfffff) | uint32(n>>36&1)<<20
			target = (target<<4 - (at + uint32(i))) >> 4
			n = n&^(uint64(0x8fffff)<<13) | uint64(target&0xfffff)<<13 | uint64(target&0x100000)<<(36-20)
			v = v&(1<<shift-1) | n<<shift
			for k := range at6 {
				at6[k] = byte(v >> (8 * k))
			}
		}
	}
}

// x86 converts CALL and JMP. Whether a byte is one cannot be told for sure: mask
// remembers which of the last bytes looked like one.
func x86(b []byte, at uint32) {
	allowed := [8]bool{true, true, true, false, true, false, false, false}
	number := [8]uint{0, 1, 2, 2, 3, 3, 3, 3}
	sign := func(c byte) bool { return c == 0 || c == 0xff }
	last, mask := -1, uint32(0)
	for i := 0; i+5 <= len(b); i++ {
		if b[i]&0xfe != 0xe8 {
			continue
		}
		since := i - last
		last = i
		if since > 3 {
			mask = 0
		} else if mask = mask << (since - 1) & 7; mask != 0 {
			if !allowed[mask] || sign(b[i+4-int(number[mask])]) {
				mask = mask<<1 | 1
				continue
			}
		}
		if !sign(b[i+4]) {
			mask = mask<<1 | 1
			continue
		}
		v := binary.LittleEndian.Uint32(b[i+1:])
		var to uint32
		for {
			to = v - (at + uint32(i) + 5)
			if mask == 0 {
				break
			}
			shift := number[mask] * 8
			if !sign(byte(to >> (24 - shift))) {
				break
			}
			v = to ^ (1<<(32-shift) - 1)
		}
		to = to&0x01ffffff | -(to & 0x01000000)
		binary.LittleEndian.PutUint32(b[i+1:], to)
		i += 4
	}
}
