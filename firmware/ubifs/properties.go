package ubifs

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/assay-iot/assay/firmware/format"
)

// The tables of the eraseblocks' properties are packed into bits, without the common
// header: each begins with a checksum of 16 bits and a kind of four. How long each
// kind is follows from the superblock.
const (
	propertyHead  = 16 + 4
	propertyKinds = 4 // leaves, nodes above them, the space in this area, what is worth looking at first
	propertyFan   = 4
	flagBig       = 0x02 // of the superblock: the nodes are numbered
)

// maxChecked is how many bytes checksums are taken of to find the tables' nodes. What is
// beyond counts as idle.
const maxChecked = 64 << 20

// minErased is from how many erased bytes on a part of the tables ends.
const minErased = 64

// propertySizes are the sizes of the tables' nodes in bytes, by kind.
func (sb *superblock) propertySizes() (sizes [propertyKinds]int) {
	size := func(n int) int { return (propertyHead + n + 7) / 8 }
	space := bits.Len32(sb.LEBSize) - 3
	number := 0
	if sb.Flags&flagBig != 0 {
		number = bits.Len32((sb.MaxLEBs+propertyFan-1)/propertyFan - 1)
	}
	return [...]int{
		size(number + propertyFan*(2*space+1)),
		size(number + propertyFan*(bits.Len32(sb.LPTLEBs)+bits.Len32(sb.LEBSize-1))),
		size(int(min(sb.LPTLEBs, sb.LEBSize)) * 2 * bits.Len32(sb.LEBSize)),
		size(int(min(sb.SaveCount, sb.LEBSize)) * bits.Len32(sb.MaxLEBs-1)),
	}
}

// properties are the tables of the eraseblocks' properties: in each eraseblock what
// stands before the first erased bytes. What of that is no node of them is idle.
func (r *reader) properties() (own, idle []format.Span) {
	if r.sb.LEBSize == 0 {
		return nil, nil
	}
	sizes, left := r.sb.propertySizes(), maxChecked
	first := logLEB + r.sb.LogLEBs
	for leb := first; leb < first+r.sb.LPTLEBs && r.sb.at(leb) < r.in.Size; leb++ {
		b := r.in.Peek(r.sb.at(leb), int(r.sb.LEBSize))
		if i := bytes.Index(b, bytes.Repeat([]byte{erased}, minErased)); i >= 0 {
			b = b[:i]
		}
		own = append(own, format.Span{Offset: r.sb.at(leb), Length: int64(len(b))})
		for at := 0; at < len(b); {
			if n := propertyNode(b[at:], sizes, &left); n > 0 {
				at += n
				continue
			}
			if k := len(idle) - 1; k >= 0 && idle[k].Offset+idle[k].Length == r.sb.at(leb)+int64(at) {
				idle[k].Length++
			} else {
				idle = append(idle, format.Span{Offset: r.sb.at(leb) + int64(at), Length: 1})
			}
			at++
		}
	}
	return own, idle
}

// propertyNode is the size of the node that begins b, or 0 if there is none whole.
func propertyNode(b []byte, sizes [propertyKinds]int, left *int) int {
	if len(b) < 3 || int(b[2]&0x0f) >= propertyKinds {
		return 0
	}
	n := sizes[b[2]&0x0f]
	*left -= min(n, len(b))
	if n > len(b) || *left < 0 || crc16(b[2:n]) != binary.LittleEndian.Uint16(b) {
		return 0
	}
	return n
}

// crc16 is CRC-16 with the polynomial 0x8005, reflected, from ones.
func crc16(b []byte) uint16 {
	sum := ^uint16(0)
	for _, c := range b {
		sum ^= uint16(c)
		for range 8 {
			sum = sum>>1 ^ 0xa001*(sum&1)
		}
	}
	return sum
}
