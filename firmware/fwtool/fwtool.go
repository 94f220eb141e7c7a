// Package fwtool reads what OpenWrt's fwtool appends to a firmware image: a
// description of the boards that it fits, and a signature.
//
// The layout is that of fwimage.h in OpenWrt's fwtool, all numbers big endian: the
// data come first and a trailer of 16 bytes after them, with a checksum over
// everything before it, from the first byte of the image on. Several may follow
// one another; the last ends the image. A signature covers the image up to where
// it begins: a text of usign, or a chain of ucert. It is parsed and not verified.
package fwtool

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is what fwtool appends, found by its trailers.
var Format = &format.Format{
	Name:     "fwtool",
	Magics:   []format.Magic{{Bytes: magic}},
	Anywhere: true,
	Start:    start,
	Probe:    probe,
	Open:     open,
}

const (
	magic       = "FWx0"
	trailerSize = 16
	infoHeader  = 8 // version and flags, before the description
	maxData     = 64 << 10
	maxTrailers = 8

	signature = 0
	info      = 1
)

// block is a trailer with its data.
type block struct {
	kind          byte
	start, length int64 // of the data
	trailer       int64
	sum           uint32
}

// blockBefore reads the trailer that ends at a place.
func blockBefore(in format.Input, end int64) (block, bool) {
	at := end - trailerSize
	b := in.Peek(at, trailerSize)
	if at < 0 || len(b) < trailerSize || string(b[:4]) != magic {
		return block{}, false
	}
	size := int64(binary.BigEndian.Uint32(b[12:]))
	k := block{kind: b[8], start: end - size, length: size - trailerSize, trailer: at, sum: binary.BigEndian.Uint32(b[4:])}
	ok := k.kind <= info && b[9]|b[10]|b[11] == 0 && k.length > 0 && k.length <= maxData && k.start >= 0
	if k.kind == info {
		k.start, k.length = k.start+infoHeader, k.length-infoHeader
		ok = ok && k.length > 0
	}
	return k, ok
}

// begin is where a block begins with its header.
func (k block) begin() int64 {
	if k.kind == info {
		return k.start - infoHeader
	}
	return k.start
}

// chain reads the blocks that end an input, from the last on.
func chain(in format.Input) []block {
	var all []block
	for end := in.Size; len(all) < maxTrailers; {
		k, ok := blockBefore(in, end)
		if !ok {
			break
		}
		all = append(all, k)
		end = k.begin()
	}
	return all
}

// start finds the first of the blocks of which one has its trailer at a place.
func start(in format.Input, at int64) int64 {
	all := chain(in)
	for _, k := range all {
		if k.trailer == at {
			return all[len(all)-1].begin()
		}
	}
	return tornStart(in, at)
}

// probe wants nothing but blocks up to the end.
func probe(in format.Input) format.Likeness {
	if all := chain(in); len(all) > 0 && all[len(all)-1].begin() == 0 {
		return format.Sure
	}
	if _, _, ok := torn(in); ok {
		return format.Sure
	}
	return format.No
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	if k, reason, ok := torn(in); ok {
		return openTorn(k, reason), nil
	}
	if probe(in) == format.No {
		return nil, format.Errorf(0, "no trailer ends the image")
	}
	all := chain(in)
	tree := newFiles(in, all)
	for _, e := range tree.entries {
		if err := b.Entry(e.Name); err != nil {
			return nil, err
		}
	}
	o := &format.Opened{Length: in.Size, Attributes: map[string]string{}, Tree: tree}
	if in.Before == nil {
		return o, nil
	}
	if err := sign(ctx, in, o, all); err != nil {
		return nil, err
	}
	sum, err := update(ctx, 0, *in.Before, 0, in.Before.Size)
	if err != nil {
		return nil, err
	}
	at := int64(0)
	o.Attributes["checksum"] = "verified"
	for i := len(all) - 1; i >= 0; i-- {
		k := all[i]
		if sum, err = update(ctx, sum, in, at, k.trailer); err != nil {
			return nil, err
		}
		// fwtool leaves out the last step of the usual CRC-32.
		if at = k.trailer; ^sum != k.sum {
			o.Attributes["checksum"] = "differs"
			o.Damage = append(o.Damage, format.Damage{Offset: k.trailer + 4, Length: 4, Reason: fmt.Sprintf("the checksum of the image up to here is %08x, the trailer says %08x", ^sum, k.sum)})
		}
	}
	return o, nil
}

// update goes on with a checksum from one place to another.
func update(ctx context.Context, sum uint32, in format.Input, from, to int64) (uint32, error) {
	const piece = 64 << 10
	for ; from < to; from += piece {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		b, err := in.Bytes(from, min(piece, to-from))
		if err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, crc32.IEEETable, b)
	}
	return sum, nil
}
