package erofs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// A compact index is made of packs. Each ends with the number of a block, and
// has before it the entries: a type in two bits, and in the others where in its
// unit a cluster begins. The blocks of the heads follow one another.
const (
	pack4B     = 8  // bytes of a pack of 2 entries
	pack2B     = 32 // of a pack of 16, which must begin at a multiple of its size
	per4B      = 2
	per2B      = 16
	packBlock  = 4 // bytes of the number of a block
	leastBits  = 12
	max2BBits  = 12
	max4BBits  = 14
	entryAlign = 4
)

// compact reads a compact index: packs of 2 entries up to a multiple of 32
// bytes, packs of 16 as long as they are full, and packs of 2 for the rest.
func (x *index) compact(in format.Input, units int64) error {
	if x.bits > max4BBits || (x.advise&advise2B != 0 && x.bits > max2BBits) {
		return format.Errorf(x.at, "compact index of units of 2^%d bytes", x.bits)
	}
	first, middle := min((pack2B-x.at%pack2B)%pack2B/entryAlign, units), int64(0)
	if x.advise&advise2B != 0 {
		middle = (units - first) / per2B * per2B
	} else {
		first = 0
	}
	x.end = x.at
	for _, run := range []struct{ units, size, per int64 }{
		{first, pack4B, per4B},
		{middle, pack2B, per2B},
		{units - first - middle, pack4B, per4B},
	} {
		raw, err := in.Bytes(x.end, (run.units+run.per-1)/run.per*run.size)
		if err != nil {
			return err
		}
		for left := run.units; left > 0; left -= run.per {
			if err := x.pack(raw[:run.size], run.per, min(left, run.per)); err != nil {
				return err
			}
			raw = raw[run.size:]
			x.end += run.size
		}
	}
	return nil
}

// pack reads the first entries of a pack. The number at its end is that of the
// block of its first head, or one less where clusters have one block each. Then
// each head is one block behind the one before, however many units lie between
// them; where clusters may be large, the number of blocks stands in the entry
// after the head, and a head followed by another has one.
func (x *index) pack(raw []byte, per, entries int64) error {
	le := binary.LittleEndian
	width := (len(raw) - packBlock) * 8 / int(per)
	low := uint(max(x.bits, leastBits))
	block := le.Uint32(raw[len(raw)-packBlock:])
	if !x.bigAny {
		block++
	}
	open := false // the last head of this pack has its block not counted yet
	for i := range int(entries) {
		v := le.Uint32(raw[i*width/8:]) >> (i * width & 7)
		kind, value := uint8(v>>low&typeMask), int64(v&(1<<low-1))
		if kind == typeNone {
			if x.bigAny && value&blockCount != 0 {
				value &^= blockCount
				if err := x.blocks(x.unit, value); err != nil {
					return err
				}
				block += uint32(value)
			}
			open = open && !x.bigAny
			x.unit++
			continue
		}
		if value >= 1<<x.bits {
			return format.Errorf(x.end, "cluster begins at %d of a unit of %d bytes", value, 1<<x.bits)
		}
		if open {
			block++
		}
		x.heads = append(x.heads, head{unit: x.unit, kind: kind, offset: value, block: block, blocks: 1})
		open = true
		x.unit++
	}
	return nil
}
