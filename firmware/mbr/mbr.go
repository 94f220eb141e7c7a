// Package mbr reads the partition table of a PC's master boot record, with the
// chain of logical partitions inside an extended one.
//
// The layout is that of the UEFI specification, section 5.2 (legacy MBR), and of
// what fdisk writes for logical partitions: each has a sector of its own with the
// same table, whose second entry leads to the next. Sectors have 512 bytes.
//
// A table that protects a GPT is left to package gpt. There is no checksum, and
// every boot sector ends with the same two bytes; so the table counts only if all
// four entries make sense and the sector is not that of a file system or a kernel.
package mbr

import (
	"bytes"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the master boot record.
var Format = &format.Format{
	Name:   "mbr",
	Magics: []format.Magic{{Offset: signatureAt, Bytes: signature}},
	Probe:  probe,
	Open:   open,
}

const (
	sector      = 512
	diskAt      = 440 // the disk's number
	tableAt     = 446
	entrySize   = 16
	signatureAt = 510
	signature   = "\x55\xaa"

	inactive, active = 0x00, 0x80
	protective       = 0xee
)

// entry is one line of a table, in sectors.
type entry struct {
	active        bool
	kind          byte
	start, length int64
}

// extended partitions hold logical ones.
func (e entry) extended() bool { return e.kind == 0x05 || e.kind == 0x0f || e.kind == 0x85 }

// table reads the table of a sector if each of its entries can be one.
func table(s []byte) (entries [4]entry, ok bool) {
	if len(s) < sector || string(s[signatureAt:sector]) != signature {
		return entries, false
	}
	for i := range entries {
		b := s[tableAt+i*entrySize:]
		e := entry{
			active: b[0] == active, kind: b[4],
			start: int64(binary.LittleEndian.Uint32(b[8:])), length: int64(binary.LittleEndian.Uint32(b[12:])),
		}
		switch {
		case b[0] != inactive && b[0] != active:
			return entries, false
		case e.kind == 0 && e.length != 0, e.kind != 0 && (e.start == 0 || e.length == 0):
			return entries, false
		}
		entries[i] = e
	}
	return entries, true
}

func probe(in format.Input) format.Likeness {
	s := in.Head(4 * sector)
	entries, ok := table(s)
	if !ok || fileSystem(s) || kernel(s) {
		return format.No
	}
	inside := false
	for _, e := range entries {
		if e.kind == protective {
			return format.No
		}
		inside = inside || e.kind != 0 && e.start*sector < in.Size
	}
	if !inside {
		return format.No
	}
	return format.Sure
}

// fileSystem reports whether a sector begins a FAT, NTFS or exFAT file system:
// it jumps over a table of sector and cluster sizes.
func fileSystem(s []byte) bool {
	if s[0] != 0xeb && s[0] != 0xe9 {
		return false
	}
	if name := s[3:11]; bytes.Equal(name, []byte("EXFAT   ")) || bytes.Equal(name, []byte("NTFS    ")) {
		return true
	}
	size, cluster := binary.LittleEndian.Uint16(s[11:]), s[13]
	return size >= sector && size&(size-1) == 0 && cluster != 0 && cluster&(cluster-1) == 0
}

// kernel reports whether a sector begins a kernel of Linux on x86, whose setup
// code has the same signature.
func kernel(s []byte) bool { return len(s) > 0x206 && string(s[0x202:0x206]) == "HdrS" }
