package fat_test

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// disk builds a small file system, one cluster of one sector after another.
type disk struct {
	bits, clusters int
	table          []uint32 // from cluster 2 on
	data           []byte
	root           []byte
}

const (
	sector  = 512
	endOf   = 0xffffffff
	rootMax = 4 * sector
)

func newDisk(bits, clusters int) *disk {
	d := &disk{bits: bits, clusters: clusters}
	if bits == 32 {
		d.take(make([]byte, sector)) // the root is cluster 2
	}
	return d
}

// take stores bytes in clusters that follow one another, and gives the first.
func (d *disk) take(b []byte) uint32 {
	first := len(d.table) + 2
	for n := (len(b) + sector - 1) / sector; n > 1; n-- {
		d.table = append(d.table, uint32(len(d.table)+3))
	}
	d.table = append(d.table, endOf)
	d.data = append(d.data, b...)
	d.data = append(d.data, make([]byte, -len(d.data)&(sector-1))...)
	return uint32(first)
}

// record is a directory entry with a short name of eleven characters.
func record(short string, attr byte, first uint32, size int) []byte {
	b := make([]byte, 32)
	copy(b, short)
	b[11] = attr
	binary.LittleEndian.PutUint16(b[22:], 12<<11|34<<5|28)
	binary.LittleEndian.PutUint16(b[24:], 41<<9|11<<5|26)
	binary.LittleEndian.PutUint16(b[20:], uint16(first>>16))
	binary.LittleEndian.PutUint16(b[26:], uint16(first))
	binary.LittleEndian.PutUint32(b[28:], uint32(size))
	return b
}

// long is a record with a long name before it.
func long(name string, rec []byte) []byte {
	sum := byte(0)
	for _, c := range rec[:11] {
		sum = (sum>>1 | sum<<7) + c
	}
	units := utf16.Encode([]rune(name))
	n := (len(units) + 12) / 13
	if len(units)%13 != 0 {
		units = append(units, 0)
	}
	for len(units) < n*13 {
		units = append(units, 0xffff)
	}
	var out []byte
	for k := n; k > 0; k-- {
		p := make([]byte, 32)
		p[0], p[11], p[13] = byte(k), 0x0f, sum
		if k == n {
			p[0] |= 0x40
		}
		for i, off := range []int{1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30} {
			binary.LittleEndian.PutUint16(p[off:], units[(k-1)*13+i])
		}
		out = append(out, p...)
	}
	return append(out, rec...)
}

func (d *disk) inRoot(records ...[]byte) { d.root = append(d.root, slices.Concat(records...)...) }

// bytes is the file system, with two copies of the table.
func (d *disk) bytes(name string) []byte {
	tableSectors := ((d.clusters+2)*d.bits/8 + sector) / sector
	total := 1 + 2*tableSectors + d.clusters
	boot := make([]byte, sector)
	copy(boot, "\xeb\x3c\x90builder ")
	le := binary.LittleEndian
	le.PutUint16(boot[11:], sector)
	boot[13], boot[14], boot[16], boot[21] = 1, 1, 2, 0xf8
	end := boot[36:]
	if d.bits == 32 {
		le.PutUint32(boot[32:], uint32(total))
		le.PutUint32(boot[36:], uint32(tableSectors))
		le.PutUint32(boot[44:], 2)
		end = boot[64:]
		copy(d.data, d.root)
	} else {
		le.PutUint16(boot[17:], rootMax/32)
		le.PutUint16(boot[19:], uint16(total+rootMax/sector))
		le.PutUint16(boot[22:], uint16(tableSectors))
	}
	end[2] = 0x29
	copy(end[3:], "\x78\x56\x34\x12NO NAME    "+name)
	copy(boot[510:], "\x55\xaa")
	table := make([]byte, tableSectors*sector)
	for c, v := range append([]uint32{0xfffffff8, endOf}, d.table...) {
		switch d.bits {
		case 12:
			old := le.Uint16(table[c*3/2:])
			if c&1 == 0 {
				le.PutUint16(table[c*3/2:], old&0xf000|uint16(v&0xfff))
			} else {
				le.PutUint16(table[c*3/2:], old&0x000f|uint16(v<<4))
			}
		case 16:
			le.PutUint16(table[c*2:], uint16(v))
		default:
			le.PutUint32(table[c*4:], v&0xfffffff)
		}
	}
	out := slices.Concat(boot, table, table)
	if d.bits != 32 {
		out = append(append(out, d.root...), make([]byte, rootMax-len(d.root))...)
	}
	return append(append(out, d.data...), make([]byte, d.clusters*sector-len(d.data))...)
}
