package ubi

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-iot/assay/firmware/format"
)

// volume is what was found of a volume.
type volume struct {
	id     uint32
	record *record // nil if the volume table does not have it
	lebs   map[uint32]block
}

// block is a mapped physical eraseblock.
type block struct {
	number int64
	vidHeader
}

// record is a record of the volume table as it stands in the image.
type record struct {
	Reserved, Alignment, Pad uint32
	Type, Updating           uint8
	NameLength               uint16
	Name                     [128]byte
	Flags                    uint8
	_                        [23]byte
	Sum                      uint32
}

const (
	recordSize = 172
	autoResize = 1 // the volume grows when it is attached first
)

// readTable reads the volume table from whichever of its copies is whole, and
// record by record if none is.
func (d *device) readTable() {
	layout := d.volumes[layoutVolume]
	delete(d.volumes, layoutVolume)
	if layout == nil {
		if len(d.volumes) > 0 {
			d.hurt(0, "no volume table: the volumes have no names")
		}
		return
	}
	records := map[uint32]*record{}
	for leb := range uint32(2) {
		b, ok := layout.lebs[leb]
		if ok && d.readRecords(b, records) {
			break
		}
		d.hurt(b.number, fmt.Sprintf("copy %d of the volume table is damaged or missing", leb))
	}
	for id, r := range records {
		if d.volumes[id] == nil {
			d.volumes[id] = &volume{id: id}
		}
		d.volumes[id].record = r
	}
}

// readRecords adds the records of one copy and reports whether all are whole.
func (d *device) readRecords(b block, records map[uint32]*record) bool {
	whole := true
	at := b.number*d.peb + d.data
	for id := range uint32(min(maxVolumes, d.leb()/recordSize)) {
		raw := d.in.Peek(at+int64(id)*recordSize, recordSize)
		if len(raw) < recordSize || binary.BigEndian.Uint32(raw[recordSize-4:]) != sum(raw[:recordSize-4]) {
			whole = false
			continue
		}
		r := &record{}
		if _, err := binary.Decode(raw, binary.BigEndian, r); err == nil && r.Reserved > 0 && records[id] == nil {
			records[id] = r
		}
	}
	return whole
}

// parts makes a part of each volume that holds something.
func (d *device) parts() []format.Part {
	var parts []format.Part
	names := map[string]bool{}
	left := maxSparse*min(d.in.Size, d.blocks*d.peb) + freeSparse
	for _, id := range slices.Sorted(maps.Keys(d.volumes)) {
		v := d.volumes[id]
		name := v.name()
		if names[name] {
			name = fmt.Sprintf("volume-%d", id)
		}
		names[name] = true
		m, kind := d.content(v, name, left)
		d.listed = append(d.listed, fmt.Sprintf("%s (%s, %d of %d eraseblocks)", name, kind, len(v.lebs), v.count()))
		if m != nil && m.size > 0 {
			left -= m.size
			parts = append(parts, format.Part{Name: name, Bytes: format.Input{ReaderAt: m, Size: m.size}, Places: m.spans})
		}
	}
	if len(parts) == 0 && len(d.volumes) > 0 {
		d.hurt(0, "no volume has a content: the image may be cut")
	}
	return parts
}

// name is the volume's name, if it can stand in a path.
func (v *volume) name() string {
	id := fmt.Sprintf("volume-%d", v.id)
	if v.record == nil || int(v.record.NameLength) >= len(v.record.Name) {
		return id
	}
	name := string(v.record.Name[:v.record.NameLength])
	bad := func(r rune) bool { return r == '/' || r == '!' || !unicode.IsPrint(r) }
	if name == "" || name == "." || name == ".." || !utf8.ValidString(name) || strings.ContainsFunc(name, bad) {
		return id
	}
	return name
}

// count is how many eraseblocks the volume has, mapped or not.
func (v *volume) count() uint32 {
	if v.record != nil {
		return v.record.Reserved
	}
	return uint32(len(v.lebs))
}

// content puts a volume together, with at most so many bytes.
func (d *device) content(v *volume, name string, most int64) (m *mapping, kind string) {
	if len(v.lebs) == 0 {
		if v.record != nil && v.record.Type == staticVolume {
			reason := fmt.Sprintf("volume %s is static and has no eraseblock: nothing was ever written to it, or the image is cut", name)
			d.damage = append(d.damage, format.Damage{Offset: min(d.blocks*d.peb, d.in.Size), Reason: reason})
		}
		return nil, "empty"
	}
	numbers := slices.Sorted(maps.Keys(v.lebs))
	first, last := v.lebs[numbers[0]], v.lebs[numbers[len(numbers)-1]]
	m = &mapping{in: d.in, usable: d.leb() - int64(first.Pad)}
	lebs := int64(last.LEB) + 1
	size := lebs * m.usable
	kind = "dynamic"
	if first.Type == staticVolume {
		kind = "static"
		lebs = int64(first.Used)
		size = lebs * m.usable
		if end, ok := v.lebs[first.Used-1]; ok {
			size -= m.usable - int64(end.Size)
		}
	}
	if r := v.record; r != nil {
		if r.Updating != 0 {
			d.hurt(first.number, fmt.Sprintf("volume %s: an update was begun and not finished", name))
		}
		if r.Flags&autoResize == 0 && lebs > int64(r.Reserved) {
			lebs = int64(r.Reserved)
			size = min(size, lebs*m.usable)
		}
	}
	if size > most {
		d.hurt(first.number, fmt.Sprintf("volume %s of %d bytes in an image of %d: too sparse: %v", name, size, d.in.Size, format.ErrLimit))
		return nil, kind
	}
	m.places = slices.Repeat([]int64{-1}, int(lebs))
	for _, n := range numbers {
		d.place(first, v.lebs[n], name, m)
	}
	if kind == "static" && len(v.lebs) < int(lebs) {
		d.hurt(first.number, fmt.Sprintf("volume %s: %d of its %d eraseblocks are missing", name, int(lebs)-len(v.lebs), lebs))
	}
	m.size = size
	return m, kind
}

// place enters one logical eraseblock into the map of a volume.
func (d *device) place(first, b block, name string, m *mapping) {
	switch {
	case int64(b.LEB) >= int64(len(m.places)):
		d.hurt(b.number, fmt.Sprintf("volume %s: eraseblock %d of a volume of %d is left out", name, b.LEB, len(m.places)))
		return
	case b.Type != first.Type || b.Pad != first.Pad || b.Used != first.Used:
		d.hurt(b.number, fmt.Sprintf("volume %s: the header of eraseblock %d does not agree with that of eraseblock %d", name, b.LEB, first.LEB))
	case b.Type == staticVolume && !d.whole(b):
		d.hurt(b.number, fmt.Sprintf("volume %s: the checksum of eraseblock %d differs", name, b.LEB))
	}
	m.places[b.LEB] = b.number*d.peb + d.data
}

// mapping reads a volume: its logical eraseblocks from where they lie, 0xff where
// nothing is mapped.
type mapping struct {
	in     format.Input
	usable int64   // bytes of a logical eraseblock
	places []int64 // of their data, or negative
	size   int64
}

// ReadAt reads across eraseblocks.
func (m *mapping) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, io.EOF
	}
	for n < len(p) && off < m.size {
		within := off % m.usable
		step := p[n:][:min(int64(len(p)-n), m.usable-within, m.size-off)]
		if err := m.block(step, m.places[off/m.usable], within); err != nil {
			return n, err
		}
		n += len(step)
		off += int64(len(step))
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// spans are the places of the image that bytes of the volume come from.
func (m *mapping) spans(off, length int64) (spans []format.Span) {
	for end := min(off+length, m.size); off < end; {
		within := off % m.usable
		n := min(m.usable-within, end-off)
		if place := m.places[off/m.usable]; place >= 0 {
			spans = append(spans, format.Span{Offset: place + within, Length: n})
		}
		off += n
	}
	return spans
}

// block fills p from one eraseblock; where the image ends, as if erased.
func (m *mapping) block(p []byte, place, within int64) error {
	have := 0
	if place >= 0 {
		have = int(min(int64(len(p)), max(m.in.Size-place-within, 0)))
		if err := m.in.Full(p[:have], place+within); have > 0 && err != nil {
			return err
		}
	}
	for i := have; i < len(p); i++ {
		p[i] = erased
	}
	return nil
}
