package inflate

import "math/bits"

// The bits that are looked up at once; longer codes go on in a second table.
const (
	literalBits  = 11
	distanceBits = 9
	maxCode      = 15
	maxSymbols   = 288
	// tableSize is room for the first table and all second ones: a second table is
	// for at least two of the symbols.
	tableSize = 1<<literalBits + maxSymbols/2<<(maxCode-literalBits)
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
	var count, place [maxCode + 2]int
	for _, l := range lengths {
		count[l]++
	}
	left, longest := 1, 0
	for l := 1; l <= maxCode; l++ {
		if left = left<<1 - count[l]; left < 0 {
			return ErrData
		}
		if count[l] > 0 {
			longest = l
		}
		place[l+1] = place[l] + count[l]
	}
	t.entries[0] = 0
	if left > 0 {
		if longest > 1 {
			return ErrData
		}
		t.entries[0] = special | invalid
	}
	var sorted [maxSymbols]uint16 // by the length of their codes
	for symbol, l := range lengths {
		if l > 0 {
			sorted[place[l]] = uint16(symbol)
			place[l]++
		}
	}
	code := t.short(sorted[:place[min(first, longest)]], count[:], first, entry)
	if longest <= first {
		return nil
	}
	return t.long(sorted[place[first]:place[longest]], count[:], code, first, longest, entry)
}

// short fills the first table. It starts as the table of one entry; with each
// further bit it is doubled, and gets the codes of that length. It gives the code
// that comes next.
func (t *table) short(sorted []uint16, count []int, first int, entry func(symbol int) uint32) (code int) {
	for l := 1; l <= first; l++ {
		copy(t.entries[1<<(l-1):1<<l], t.entries[:1<<(l-1)])
		for _, symbol := range sorted[:count[l]] {
			t.entries[reversed(code, l)] = entry(int(symbol)) | uint32(l)
			code++
		}
		sorted = sorted[count[l]:]
		code <<= 1
	}
	return code
}

// long fills the second tables, one for each first part of codes that are longer.
func (t *table) long(sorted []uint16, count []int, code, first, longest int, entry func(symbol int) uint32) error {
	end, size := 1<<first, longest-first
	for l := first + 1; l <= longest; l++ {
		for _, symbol := range sorted[:count[l]] {
			at := reversed(code, l)
			code++
			low := at & (1<<first - 1)
			if t.entries[low]&link == 0 {
				t.entries[low] = uint32(end)<<16 | uint32(size)<<8 | link
				if end += 1 << size; end > tableSize {
					return ErrData
				}
			}
			second := t.entries[int(t.entries[low]>>16):][:1<<size]
			e := entry(int(symbol)) | uint32(l-first)
			for i := at >> first; i < 1<<size; i += 1 << (l - first) {
				second[i] = e
			}
		}
		sorted = sorted[count[l]:]
		code <<= 1
	}
	return nil
}

// reversed is a code of l bits as it stands in the stream: its first bit lowest.
func reversed(code, l int) int { return int(bits.Reverse16(uint16(code)) >> (16 - l)) }

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
