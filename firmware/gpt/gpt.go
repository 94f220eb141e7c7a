// Package gpt reads the GUID partition table.
//
// The layout is that of the UEFI specification, section 5.3: a header in the
// second sector and an array of entries, both with a CRC-32, and a copy of both
// at the end of the disk. Sectors have 512 or 4096 bytes.
//
// The two copies are compared. Where the first is damaged the second is read, and
// the damage reported; where neither is whole the disk is not opened, because its
// parts are better found by what is in them than by a table that may be wrong.
package gpt

import (
	"context"
	"encoding/binary"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the GUID partition table, known by its first header.
var Format = &format.Format{
	Name: "gpt",
	Magics: []format.Magic{
		{Offset: 512, Bytes: magic}, {Offset: 4096, Bytes: magic},
	},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// ByBackup is the GUID partition table whose first header is lost: the record in
// the first sector says that there was one, the last sector has the copy.
var ByBackup = &format.Format{
	Name:   "gpt",
	Magics: []format.Magic{{Offset: 510, Bytes: "\x55\xaa"}},
	Probe:  probeProtective,
	Open:   open,
}

// AtEnd is the GUID partition table of a disk whose first sectors were erased: the last
// sector has the copy.
var AtEnd = &format.Format{
	Name:   "gpt",
	Magics: []format.Magic{{Offset: 512, Bytes: "\x00\x00"}, {Offset: 512, Bytes: "\xff\xff"}},
	Probe:  probeEnd,
	Open:   open,
}

const (
	magic = "EFI PART"

	headerSize = 92
	entrySize  = 128     // at least
	maxEntry   = 4096    // bytes of an entry
	maxArray   = 1 << 20 // bytes of all entries

	protective = 0xee // type of the partition that keeps other tools away
)

// sectors are the sizes that a sector may have.
var sectors = [...]int64{512, 4096}

// header is the header as it stands on the disk.
type header struct {
	Magic                   [8]byte
	Revision, Size, CRC, _  uint32
	Self, Other             uint64
	FirstUsable, LastUsable uint64
	Disk                    guid
	Entries                 uint64
	Count, EntrySize        uint32
	EntriesCRC              uint32
}

// readHeader reads the header in a sector and checks it. The header is for the
// eye if the error is not nil.
func readHeader(in format.Input, lba, sector int64) (h header, err error) {
	raw, err := in.Bytes(lba*sector, sector)
	if err != nil {
		return h, err
	}
	if _, err := binary.Decode(raw, binary.LittleEndian, &h); err != nil || string(h.Magic[:]) != magic {
		return h, format.Errorf(lba*sector, "no header")
	}
	if h.Size < headerSize || int64(h.Size) > sector {
		return h, format.Errorf(lba*sector, "header of %d bytes", h.Size)
	}
	sum := crc32.NewIEEE()
	_, _ = sum.Write(raw[:16])
	_, _ = sum.Write(make([]byte, 4))
	_, _ = sum.Write(raw[20:h.Size])
	switch array := uint64(h.Count) * uint64(h.EntrySize); {
	case sum.Sum32() != h.CRC:
		err = format.Errorf(lba*sector, "header checksum differs")
	case h.Self != uint64(lba):
		err = format.Errorf(lba*sector, "header of sector %d in sector %d", h.Self, lba)
	case h.EntrySize < entrySize || h.EntrySize > maxEntry || h.Count == 0 || array > maxArray:
		err = format.Errorf(lba*sector, "%d entries of %d bytes", h.Count, h.EntrySize)
	case h.Entries > maxSector || h.LastUsable > maxSector || h.Other > maxSector:
		err = format.Errorf(lba*sector, "a place beyond any disk")
	}
	return h, err
}

// maxSector keeps a sector's place, in bytes, far below 63 bits.
const maxSector = 1 << 48

// probe is sure of a header with its checksum. One without may be damaged, or
// the words "EFI PART" in a boot loader.
func probe(in format.Input) format.Likeness {
	best := format.No
	for _, sector := range sectors {
		h, err := readHeader(in, 1, sector)
		switch {
		case err == nil:
			return format.Sure
		case string(h.Magic[:]) == magic:
			best = format.Likely
		}
	}
	return best
}

// probeProtective wants the record that protects a GPT: one entry from the
// second sector on.
func probeProtective(in format.Input) format.Likeness {
	s := in.Head(512)
	if len(s) < 512 || probe(in) != format.No {
		return format.No
	}
	for at := 446; at < 510; at += 16 {
		if e := s[at:]; e[0]&0x7f == 0 && e[4] == protective && binary.LittleEndian.Uint32(e[8:]) == 1 {
			return format.Sure
		}
	}
	return format.No
}

// probeEnd wants a copy whose header has its checksum, where no first header is.
func probeEnd(in format.Input) format.Likeness {
	for _, sector := range sectors {
		lba := in.Size/sector - 1
		if lba <= 1 || string(in.Peek(lba*sector, len(magic))) != magic {
			continue
		}
		if h, err := readHeader(in, lba, sector); err == nil && h.Other == 1 && probe(in) == format.No {
			return format.Sure
		}
	}
	return format.No
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	t, err := find(in)
	if err != nil {
		return nil, err
	}
	return t.disk(ctx)
}
