package letters

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Subset makes a small TrueType font that has these characters only, without
// instructions, so that a writer of documents need not read thousands of glyphs
// for each label. The same characters give the same bytes.
func (f *Font) Subset(runes []rune) []byte {
	runes = slices.Compact(slices.Sorted(slices.Values(runes)))
	s := subset{font: f, number: map[uint16]uint16{}}
	s.add(0)
	for _, r := range runes {
		s.add(f.glyph(r))
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(s.glyphs); i++ { // grows with the parts of composed glyphs
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		data, left := s.shape(s.glyphs[i])
		glyf = append(glyf, data...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, s.font.width(s.glyphs[i]))
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(left))
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	n := uint16(len(s.glyphs))
	return assemble([]table{
		{"OS/2", f.tables["OS/2"]},
		{"cmap", s.characters(runes)},
		{"glyf", glyf},
		{"head", patch(patch(patch(f.tables["head"], 8, 0), 10, 0), 50, 1)}, // no sum; long offsets
		{"hhea", patch(f.tables["hhea"], 34, n)},
		{"hmtx", hmtx},
		{"loca", loca},
		{"maxp", patch(f.tables["maxp"], 4, n)},
		{"name", []byte{0, 0, 0, 0, 0, 6}},
		{"post", append([]byte{0, 3, 0, 0}, f.tables["post"][4:32]...)},
	})
}

type subset struct {
	font   *Font
	glyphs []uint16          // by their new number
	number map[uint16]uint16 // new numbers
}

func (s *subset) add(g uint16) uint16 {
	n, ok := s.number[g]
	if !ok {
		n = uint16(len(s.glyphs))
		s.number[g], s.glyphs = n, append(s.glyphs, g)
	}
	return n
}

// shape gives a glyph without its instructions, and its left bearing.
func (s *subset) shape(g uint16) (data []byte, left int16) {
	in := s.font.shape(g)
	if len(in) < 10 {
		return nil, 0
	}
	left = int16(binary.BigEndian.Uint16(in[2:]))
	if n := int(int16(binary.BigEndian.Uint16(in))); n >= 0 {
		at := 10 + 2*n
		skip := int(binary.BigEndian.Uint16(in[at:]))
		return slices.Concat(in[:at], []byte{0, 0}, in[at+2+skip:]), left
	}
	return s.composed(in), left
}

// The flags of a part of a composed glyph (OpenType, table glyf).
const (
	wordArgs, haveScale, more, haveScales, haveMatrix, haveCode = 1, 8, 0x20, 0x40, 0x80, 0x100
)

func (s *subset) composed(in []byte) []byte {
	out, at := slices.Clone(in[:10]), 10
	for {
		flags, g := binary.BigEndian.Uint16(in[at:]), binary.BigEndian.Uint16(in[at+2:])
		size := 4 + 2
		if flags&wordArgs != 0 {
			size += 2
		}
		switch {
		case flags&haveScale != 0:
			size += 2
		case flags&haveScales != 0:
			size += 4
		case flags&haveMatrix != 0:
			size += 8
		}
		out = binary.BigEndian.AppendUint16(out, flags&^haveCode)
		out = binary.BigEndian.AppendUint16(out, s.add(g))
		out = append(out, in[at+4:at+size]...)
		if at += size; flags&more == 0 {
			return out
		}
	}
}

// characters makes a cmap table with one segment for each character (format 4).
func (s *subset) characters(runes []rune) []byte {
	n := len(runes) + 1
	var ends, starts, deltas []byte
	for _, r := range runes {
		ends = binary.BigEndian.AppendUint16(ends, uint16(r))
		starts = binary.BigEndian.AppendUint16(starts, uint16(r))
		deltas = binary.BigEndian.AppendUint16(deltas, s.number[s.font.glyph(r)]-uint16(r))
	}
	ends, starts, deltas = append(ends, 0xFF, 0xFF), append(starts, 0xFF, 0xFF), append(deltas, 0, 1)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12}
	for _, v := range []int{4, 16 + 8*n, 0, 2 * n, 2 * power, log, 2 * (n - power)} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	return slices.Concat(out, ends, []byte{0, 0}, starts, deltas, make([]byte, 2*n))
}

// shape gives the glyph's part of the glyf table.
func (f *Font) shape(g uint16) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	if binary.BigEndian.Uint16(f.tables["head"][50:]) == 0 {
		return glyf[2*int(binary.BigEndian.Uint16(loca[2*int(g):])) : 2*int(binary.BigEndian.Uint16(loca[2*int(g)+2:]))]
	}
	return glyf[binary.BigEndian.Uint32(loca[4*int(g):]):binary.BigEndian.Uint32(loca[4*int(g)+4:])]
}

// width is the glyph's advance in the font's units.
func (f *Font) width(g uint16) uint16 {
	last := binary.BigEndian.Uint16(f.tables["hhea"][34:]) - 1
	return binary.BigEndian.Uint16(f.tables["hmtx"][4*int(min(g, last)):])
}

// patch gives a copy of a table with another number at an offset.
func patch(in []byte, at int, v uint16) []byte {
	out := bytes.Clone(in)
	binary.BigEndian.PutUint16(out[at:], v)
	return out
}

type table struct {
	name string
	data []byte
}

// assemble writes the tables, which are in the order of their names.
func assemble(tables []table) []byte {
	n := len(tables)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := []byte{0, 1, 0, 0}
	for _, v := range []int{n, 16 * power, log, 16 * (n - power)} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	for _, t := range tables {
		out = append(out, t.name...)
		padded := append(bytes.Clone(t.data), make([]byte, (4-len(t.data)%4)%4)...)
		out = binary.BigEndian.AppendUint32(out, sum(padded))
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.data)))
		body = append(body, padded...)
	}
	return append(out, body...)
}

func sum(words []byte) uint32 {
	total := uint32(0)
	for ; len(words) > 0; words = words[4:] {
		total += binary.BigEndian.Uint32(words)
	}
	return total
}
