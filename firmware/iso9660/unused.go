package iso9660

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// Places in a volume descriptor, of the tables of paths: their size, and the
// block of each in the two byte orders with a copy of each.
const (
	pathSizeAt = 132
	pathsAt    = 140
	pathRecord = 8 // bytes of a record before the name
)

// A partition table that stands in the system area: the sector of an MBR, and
// behind it that of a GPT and its entries.
const (
	tableSector = 512
	gptEnd      = 34 * tableSector
	gptMagic    = "EFI PART"
)

// rooms are the bytes of a volume descriptor that hold text or nothing: names of
// systems and volumes, escape sequences, names of makers and files, and behind the last
// field the room of applications. Of kinds that are not known all is room.
func rooms(kind byte) []format.Span {
	switch kind {
	case bootRecord:
		return []format.Span{{Offset: 7, Length: 64}, {Offset: 75, Length: sectorSize - 75}}
	case primary, supplementary:
		return []format.Span{{Offset: 7, Length: 73}, {Offset: 88, Length: 32}, {Offset: 190, Length: 623}, {Offset: 881, Length: sectorSize - 881}}
	}
	return []format.Span{{Offset: 7, Length: sectorSize - 7}}
}

// descriptorRooms are those of the descriptor at a place, as far as there is something.
func (r *reader) descriptorRooms(at int64) (all []format.Span) {
	d := r.in.Peek(at, sectorSize)
	if len(d) < sectorSize {
		return []format.Span{{Offset: at, Length: int64(len(d))}}
	}
	for _, s := range rooms(d[0]) {
		if len(bytes.Trim(d[s.Offset:s.Offset+s.Length], "\x00 ")) > 0 {
			all = append(all, format.Span{Offset: at + s.Offset, Length: s.Length})
		}
	}
	return all
}

// sessionAt is where xorriso has the descriptors of a first session.
const sessionAt = (32 + 16) * sectorSize

// makerNote begins the sector in which mkisofs says how it was called.
const makerNote = "MKI "

// ownStructure takes what belongs to the volume itself.
func (r *reader) ownStructure(v volumes) {
	r.refer(descriptorsAt, max(v.end, descriptorsAt+sectorSize)-descriptorsAt)
	if string(r.in.Peek(v.end, len(makerNote))) == makerNote {
		r.refer(v.end, sectorSize)
	}
	r.ownSession(v.primary)
	for d := v.paths; len(d) >= sectorSize; d = d[sectorSize:] {
		r.ownPaths(d)
	}
	if v.boot != 0 {
		r.refer(v.boot*sectorSize, maxCatalog*catalogEntry)
		r.tables = append(r.tables, format.Span{Offset: v.boot * sectorSize, Length: maxCatalog * catalogEntry})
	}
	if boot := r.in.Head(tableSector + len(gptMagic)); boot[510] == 0x55 && boot[511] == 0xaa {
		r.refer(0, tableSector)
		if string(boot[tableSector:]) == gptMagic {
			r.refer(0, gptEnd)
		}
	}
}

// unread is what belongs to the volume and is no more than that: the room in
// descriptors, the note of the maker, the boot catalog, the tables of paths, the
// sectors of a partition table with the program in front of it, and what stands in
// directories behind their records and for other readers.
func (r *reader) unread(v volumes) []format.Span {
	own := func(from, length int64) []format.Span {
		var in []format.Span
		for _, s := range r.own {
			if s.Offset >= from && s.Offset < from+length {
				in = append(in, s)
			}
		}
		return in
	}
	spans := slices.Concat(own(0, 1), r.idle, r.tables)
	if string(r.in.Peek(v.end, len(makerNote))) == makerNote {
		spans = append(spans, own(v.end, 1)...)
	}
	for at := int64(descriptorsAt); at < max(v.end, descriptorsAt+sectorSize); at += sectorSize {
		spans = append(spans, r.descriptorRooms(at)...)
	}
	return joined(spans)
}

// joined sorts runs, and takes what overlaps once.
func joined(spans []format.Span) (out []format.Span) {
	slices.SortFunc(spans, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	for _, s := range spans {
		if n := len(out); n > 0 && s.Offset < out[n-1].Offset+out[n-1].Length {
			out[n-1].Length = max(out[n-1].Length, s.Offset+s.Length-out[n-1].Offset)
			continue
		}
		out = append(out, s)
	}
	return out
}

// ownSession takes the copy of the descriptors that xorriso makes for the first
// session of a medium, as far as it has the same root.
func (r *reader) ownSession(primary []byte) {
	at := int64(sessionAt)
	if d := r.in.Peek(at, sectorSize); len(d) < sectorSize || !bytes.Equal(d[rootAt:rootAt+rootSize], primary[rootAt:rootAt+rootSize]) {
		return
	}
	for range maxDescriptors {
		d := r.in.Peek(at, sectorSize)
		if len(d) < sectorSize || string(d[1:6]) != "CD001" {
			return
		}
		r.refer(at, sectorSize)
		r.tables = append(r.tables, r.descriptorRooms(at)...)
		if at += sectorSize; d[0] == terminator {
			return
		}
	}
}

// ownPaths takes the tables of paths of a descriptor, as far as they say again
// where the directories are.
func (r *reader) ownPaths(d []byte) {
	size := int64(binary.LittleEndian.Uint32(d[pathSizeAt:]))
	for i, order := range []binary.ByteOrder{binary.LittleEndian, binary.LittleEndian, binary.BigEndian, binary.BigEndian} {
		at := int64(order.Uint32(d[pathsAt+4*i:])) * r.block
		if at > 0 {
			n := r.paths(at, size, order)
			r.refer(at, n)
			r.tables = append(r.tables, format.Span{Offset: at, Length: n})
		}
	}
}

// paths is how long a table of paths is: it has a record for each directory.
func (r *reader) paths(at, size int64, order binary.ByteOrder) (used int64) {
	for used+pathRecord <= size {
		head := r.in.Peek(at+used, pathRecord)
		if len(head) < pathRecord || !r.folders[(int64(order.Uint32(head[2:]))+int64(head[1]))*r.block] {
			break
		}
		used += pathRecord + int64(head[0]+head[0]&1)
	}
	return used
}
