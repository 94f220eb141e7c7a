package gpt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// table is a header with its entries, both whole.
type table struct {
	in     format.Input
	sector int64
	header header
	array  []byte
	damage []format.Damage
	own    []format.Span // where headers and entries are
	unread []format.Span // what stands behind headers
}

// find reads the first table, or the copy at the end of the disk.
func find(in format.Input) (*table, error) {
	var errs []error
	for _, sector := range sectors {
		t := &table{in: in, sector: sector}
		first := t.read(1)
		if first == nil {
			t.compare()
			return t, nil
		}
		for _, lba := range lastSectors(in, sector) {
			if err := t.read(lba); err == nil && t.header.Other == 1 {
				t.note(sector, sector, "the first partition table is damaged, its copy is read: %v", first)
				t.own = append(t.own, format.Span{Offset: sector, Length: min(sector, in.Size-sector)})
				return t, nil
			}
		}
		errs = append(errs, first)
	}
	return nil, fmt.Errorf("neither the first partition table nor its copy is whole: %w", errors.Join(errs...))
}

// lastSectors are the places where the copy may be: where the damaged header
// says, where the record in the first sector says that the disk ends, and the end
// of the input.
func lastSectors(in format.Input, sector int64) []int64 {
	var at []int64
	if h, err := readHeader(in, 1, sector); err != nil && string(h.Magic[:]) == magic && h.Other <= maxSector {
		at = append(at, int64(h.Other))
	}
	if s := in.Head(512); len(s) == 512 && s[450] == protective {
		at = append(at, int64(binary.LittleEndian.Uint32(s[458:])))
	}
	at = append(at, in.Size/sector-1)
	return slices.DeleteFunc(at, func(lba int64) bool { return lba <= 1 })
}

// read reads the table whose header is in a sector.
func (t *table) read(lba int64) error {
	h, err := readHeader(t.in, lba, t.sector)
	if err != nil {
		return err
	}
	off, n := int64(h.Entries)*t.sector, int64(h.Count)*int64(h.EntrySize)
	array, err := t.in.Bytes(off, n)
	if err != nil {
		return err
	}
	if crc32.ChecksumIEEE(array) != h.EntriesCRC {
		return format.Errorf(off, "checksum of the entries differs")
	}
	t.header, t.array = h, array
	t.own = append(t.own, format.Span{Offset: lba * t.sector, Length: t.sector}, format.Span{Offset: off, Length: n})
	t.unread = append(t.unread, format.Span{Offset: lba*t.sector + int64(h.Size), Length: t.sector - int64(h.Size)})
	return nil
}

// compare reads the copy and says how it differs.
func (t *table) compare() {
	lba := int64(t.header.Other)
	at := lba * t.sector
	if at >= t.in.Size || lba <= 1 {
		t.note(t.in.Size, 0, "the copy of the partition table should be at 0x%x, where the image does not reach", at)
		return
	}
	second := table{in: t.in, sector: t.sector}
	if err := second.read(lba); err != nil {
		t.note(at, t.sector, "the copy of the partition table is damaged: %v", err)
		return
	}
	t.own, t.unread = append(t.own, second.own...), append(t.unread, second.unread...)
	a, b := t.header, second.header
	if a.Disk != b.Disk || a.FirstUsable != b.FirstUsable || a.LastUsable != b.LastUsable || b.Other != 1 || !bytes.Equal(t.array, second.array) {
		t.note(at, t.sector, "the copy of the partition table says something else")
	}
}

func (t *table) note(off, length int64, f string, args ...any) {
	t.damage = append(t.damage, format.Damage{Offset: off, Length: length, Reason: fmt.Sprintf(f, args...)})
}
