package lzma

import (
	"errors"
	"io"
)

// ErrTooLong says that a stream unpacks to more than there is room for.
var ErrTooLong = errors.New("lzma: more data than there is room for")

// Room makes room for n more bytes behind out, or says why there is none. What
// the slice it gives has room for is decoded even then.
type Room func(out []byte, n int) ([]byte, error)

// NoMore is a Room that gives what the slice's capacity has.
func NoMore(out []byte, n int) ([]byte, error) {
	if n > cap(out)-len(out) {
		return out, ErrTooLong
	}
	return out, nil
}

// The control byte of a chunk.
const (
	chunkEnd      = 0
	chunkPlainNew = 1 // not compressed, forget the dictionary
	chunkPlain    = 2
	chunkLZMA     = 0x80
)

// LZMA2 appends to out what a raw LZMA2 stream at src unpacks to.
func (d *Decoder) LZMA2(out, src []byte, room Room) ([]byte, error) {
	d.source.reset(src, nil)
	return d.chunks(out, room)
}

// chunks decodes an LZMA2 stream. How much a chunk has set up counts for the next.
func (d *Decoder) chunks(out []byte, room Room) ([]byte, error) {
	const nothing, dictionary, properties = 0, 1, 2
	for ready := nothing; ; {
		b, err := d.need(1)
		if err != nil {
			return out, err
		}
		control := b[0]
		switch {
		case control == chunkEnd:
			d.pos++
			return out, nil
		case control == chunkPlainNew || control >= chunkLZMA|3<<5:
			d.base, ready = len(out), max(ready, dictionary)
		}
		switch {
		case ready < dictionary || control > chunkPlain && control < chunkLZMA:
			return out, ErrData
		case control < chunkLZMA:
			out, err = d.plain(out, room)
		case control < chunkLZMA|2<<5 && ready < properties:
			return out, ErrData
		default:
			ready = properties
			out, err = d.chunk(out, control, room)
		}
		if err != nil {
			return out, err
		}
	}
}

// plain copies a chunk that is not compressed.
func (d *Decoder) plain(out []byte, room Room) ([]byte, error) {
	h, err := d.need(3)
	if err != nil {
		return out, err
	}
	size := int(h[1])<<8 + int(h[2]) + 1
	out, full := room(out, size)
	d.pos += 3
	b, err := d.need(size)
	if err != nil {
		return out, err
	}
	d.pos += size
	if full != nil {
		b = b[:min(size, cap(out)-len(out))]
	}
	return append(out, b...), full
}

// chunk decodes a chunk of LZMA.
func (d *Decoder) chunk(out []byte, control byte, room Room) ([]byte, error) {
	header := 5
	if control >= chunkLZMA|2<<5 {
		header++ // new properties
	}
	h, err := d.need(header)
	if err != nil {
		return out, err
	}
	size := int(control&0x1f)<<16 + int(h[1])<<8 + int(h[2]) + 1
	packed := int(h[3])<<8 + int(h[4]) + 1
	if header > 5 {
		p, err := ParseProps(h[5])
		if err != nil || p.LC+p.LP > 4 {
			return out, ErrProps
		}
		if err := d.setProps(p); err != nil {
			return out, err
		}
	}
	if control >= chunkLZMA|1<<5 {
		d.resetState()
	}
	d.pos += header
	out, full := room(out, size)
	_, short := d.need(packed)
	if short != nil { // of a cut chunk there is what its beginning gives
		packed = min(packed, d.end-d.pos)
	}
	back := d.part(packed)
	defer back()
	d.started = false
	if full != nil {
		out, _ = d.Decode(out, min(len(out)+size, cap(out)))
		return out, full
	}
	out, err = d.Decode(out, len(out)+size)
	switch {
	case short != nil:
		err = short
	case err == io.EOF || err == nil && !d.Clean():
		err = ErrData
	}
	return out, err
}
