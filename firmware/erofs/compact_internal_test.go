package erofs

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// packOf makes a pack of 16 entries of two bits of type and twelve of value.
func packOf(block uint32, entries [per2B][2]uint16) []byte {
	raw := make([]byte, pack2B)
	const width = (pack2B - packBlock) * 8 / per2B
	for i, e := range entries {
		at := i * width
		v := binary.LittleEndian.Uint32(raw[at/8:]) | (uint32(e[0])<<leastBits|uint32(e[1]))<<(at&7)
		binary.LittleEndian.PutUint32(raw[at/8:], v)
	}
	binary.LittleEndian.PutUint32(raw[pack2B-packBlock:], block)
	return raw
}

// TestBlocksOfHeads reads where clusters lie from packs in which heads follow one
// another closely and far apart, and from one that begins within a cluster.
func TestBlocksOfHeads(t *testing.T) {
	one, none := uint16(typeHead1), uint16(typeNone)
	small := [per2B][2]uint16{
		{none, 3},
		{one, 100},
		{none, 1},
		{one, 7},
		{one, 8},
		{none, 1},
		{none, 2},
		{0, 0},
		{one, 1},
		{none, 1},
		{none, 2},
		{none, 3},
		{none, 4},
		{none, 5},
		{one, 9},
		{none, 1},
	}
	large := small
	for i := range large { // the entry after a head has its number of blocks
		if i > 0 && large[i][0] == none && large[i-1][0] != none {
			large[i][1] = blockCount | 2
		}
	}
	for _, c := range []struct {
		name   string
		advise uint16
		raw    []byte
		want   []uint32
	}{
		{"one block each", advise2B, packOf(40, small), []uint32{41, 42, 43, 44, 45, 46}},
		{"some of two", advise2B | adviseBig1 | adviseBig2, packOf(40, large), []uint32{40, 42, 43, 45, 46, 48}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := index{mapping: mapping{advise: c.advise, bits: leastBits}}
			x.bigAny = x.big(typeHead1)
			if err := x.compact(format.InMemory(c.raw), per2B); err != nil {
				t.Fatal(err)
			}
			var got []uint32
			for _, h := range x.heads {
				got = append(got, h.block)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("blocks %v, want %v", got, c.want)
			}
		})
	}
}
