package fwtool

import (
	"bytes"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// tornStart is where the block begins of a trailer that is not of the chain which ends
// the image: its size lies, or other bytes follow it. Negative if it is no trailer.
func tornStart(in format.Input, at int64) int64 {
	if len(chain(in)) > 0 {
		return -1 // of something else, in front of the image's own
	}
	if k, ok := blockBefore(in.Section(0, at+trailerSize), at+trailerSize); ok {
		return k.begin()
	}
	if _, ok := lying(in.Section(at, in.Size-at)); ok {
		return at
	}
	return -1
}

// lying reads a trailer that begins an input and whose size cannot be.
func lying(in format.Input) (size uint32, ok bool) {
	b := in.Head(trailerSize)
	if len(b) < trailerSize || string(b[:4]) != magic || b[8] > info || b[9]|b[10]|b[11] != 0 {
		return 0, false
	}
	return word(b[12:]), true
}

func word(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// torn is a block that begins an input and does not lead to its end, and what is
// wrong with it.
func torn(in format.Input) (k block, reason string, ok bool) {
	if all := chain(in); len(all) > 0 && all[len(all)-1].begin() == 0 {
		return block{}, "", false
	}
	if size, ok := lying(in); ok {
		k = block{kind: in.Head(trailerSize)[8]}
		return k, fmt.Sprintf("the trailer says that %d bytes belong to it, which cannot be", size), true
	}
	head := in.Head(infoHeader + maxData + trailerSize)
	for from := 0; ; {
		i := bytes.Index(head[from:], []byte(magic))
		if i < 0 {
			return block{}, "", false
		}
		end := int64(from + i + trailerSize)
		if k, ok := blockBefore(in.Section(0, end), end); ok && k.begin() == 0 {
			return k, "bytes that belong to no trailer follow it, and it should end the image", true
		}
		from += i + 1
	}
}

// openTorn is such a block. A signature in it cannot be over what it should be.
func openTorn(k block, reason string) *format.Opened {
	o := &format.Opened{Length: k.trailer + trailerSize, Attributes: map[string]string{"checksum": "not compared"}}
	o.Damage = []format.Damage{{Offset: k.trailer, Length: trailerSize, Reason: reason}}
	if k.kind == signature {
		o.Signatures = []format.Signature{{Kind: "usign", Offset: k.start, Length: o.Length - k.start, Problem: reason}}
	}
	return o
}
