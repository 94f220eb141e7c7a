package inflate

import "math/bits"

// The bits that are looked up at once; longer codes go on in a second table.
const (
	literalBits  = 11
	distanceBits = 9
	maxCode      = 15
	// tableSize is room for the first table and all second ones: a second table is
	// for at least two of the 288 symbols.
	tableSize = 1<<literalBits + 288/2<<(maxCode-literalBits)
)

// An entry of a table holds a value (a literal, the base of a length or
// distance, or the place of a second table) in its upper half, then the number
// of extra bits or of bits of the second table, then the length of the code.
const (
	literal = 1 << 7
	special = 1 << 6 // the end of the block, or invalid
	invalid = 1 << 5
	link    = 1 << 4
)

type table struct {
	entries [tableSize]uint32
}

// build makes the table of a canonical code from the lengths of its symbols
// (section 3.2.2). A code must be complete, or have no symbol or a single one.
func (t *table) build(lengths []uint8, first int, entry func(symbol int) uint32) error {
	var count, next [maxCode + 1]int
	for _, l := range lengths {
		count[l]++
	}
	count[0] = 0
	code, left, longest := 0, 1, 0
	for l := 1; l <= maxCode; l++ {
		code = (code + count[l-1]) << 1
		next[l] = code
		if left = left<<1 - count[l]; left < 0 {
			return ErrData
		}
		if count[l] > 0 {
			longest = l
		}
	}
	if left > 0 {
		if longest > 1 {
			return ErrData
		}
		for i := range t.entries[:1<<first] {
			t.entries[i] = special | invalid
		}
	}
	if longest > first {
		clear(t.entries[:1<<first])
	}
	end := 1 << first
	for symbol, l := range lengths {
		if l == 0 {
			continue
		}
		code := int(bits.Reverse16(uint16(next[l])) >> (16 - l))
		next[l]++
		if int(l) <= first {
			e := entry(symbol) | uint32(l)
			for i := code; i < 1<<first; i += 1 << l {
				t.entries[i] = e
			}
			continue
		}
		low := code & (1<<first - 1)
		if t.entries[low]&link == 0 {
			size := longest - first
			t.entries[low] = uint32(end)<<16 | uint32(size)<<8 | link
			if end += 1 << size; end > tableSize {
				return ErrData
			}
		}
		second, size := int(t.entries[low]>>16), t.entries[low]>>8&15
		e := entry(symbol) | uint32(l) - uint32(first)
		for i := code >> first; i < 1<<size; i += 1 << (int(l) - first) {
			t.entries[second+i] = e
		}
	}
	return nil
}

func plainEntry(symbol int) uint32 { return uint32(symbol) << 16 }

// literalEntry and distanceEntry are the tables of section 3.2.5.
func literalEntry(symbol int) uint32 {
	switch {
	case symbol < endOfBlock:
		return uint32(symbol)<<16 | literal
	case symbol == endOfBlock:
		return special
	case symbol < 265:
		return uint32(symbol-257+3) << 16
	case symbol < 285:
		extra := uint32(symbol-261) / 4
		return ((4+uint32(symbol-261)%4)<<extra+3)<<16 | extra<<8
	case symbol == 285:
		return 258 << 16
	}
	return special | invalid
}

func distanceEntry(symbol int) uint32 {
	switch {
	case symbol < 4:
		return uint32(symbol+1) << 16
	case symbol < 30:
		extra := uint32(symbol)/2 - 1
		return ((2+uint32(symbol)%2)<<extra+1)<<16 | extra<<8
	}
	return special | invalid
}
