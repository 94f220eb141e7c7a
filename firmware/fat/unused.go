package fat

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// The sectors of FAT32 before the table that have a use beside the first.
const (
	infoMagic   = "RRaA"
	infoField   = 48 // where the boot sector has the sector of free counts
	backupField = 50 // and that of its own copy, which has one of the counts behind it
)

// unused lists the bytes that nothing in the file system refers to: sectors
// before the table, the ends of the tables, copies of the table that are not kept,
// clusters in no chain, and what stands behind the end of each file.
func (r *reader) unused() []format.Span {
	own := r.bootSectors()
	for i := range r.tables {
		if i == r.active || r.mirrored {
			own = append(own, format.Span{Offset: r.tableAt + int64(i)*r.tableSize, Length: r.tableBytes()})
		}
	}
	if r.rootSize > 0 {
		own = append(own, format.Span{Offset: r.rootAt, Length: r.rootSize})
	}
	for c := uint32(2); c < r.clusters+2; c++ {
		if r.taken[c/64]>>(c%64)&1 != 0 {
			own = append(own, format.Span{Offset: r.clusterAt(c), Length: r.cluster})
		}
	}
	spans := format.Gaps(r.in.Size, own)
	for i, runs := range r.runs {
		if tail := r.entries[i].Size % r.cluster; len(runs) > 0 && tail > 0 {
			last := runs[len(runs)-1]
			at := r.clusterAt(last.first+last.count-1) + tail
			spans = append(spans, format.Span{Offset: at, Length: max(0, min(r.cluster-tail, r.in.Size-at))})
		}
	}
	slices.SortFunc(spans, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	return spans
}

// unread is the program in the boot sector, behind the jump to it and the fields that
// say how the file system lies.
func (r *reader) unread() []format.Span {
	from := int64(62)
	if r.bits == 32 {
		from = 90
	}
	from += usualCode(r.in.Peek(from, int(bootSize-2-from)))
	return []format.Span{{Offset: from, Length: bootSize - 2 - from}}
}

// usualPrograms are what mkfs.fat of dosfstools and mformat of mtools write into every
// boot sector. A byte that is 0xff here is a place within the sector, which differs
// from one kind of table to another.
var usualPrograms = []string{
	"\x0e\x1f\xbe\xff\x7c\xac\x22\xc0\x74\x0b\x56\xb4\x0e\xbb\x07\x00\xcd\x10\x5e\xeb\xf0\x32\xe4\xcd\x16\xcd\x19\xeb\xfe" +
		"This is not a bootable disk.  Please insert a bootable floppy and\r\npress any key to try again ... \r\n",
	"\xfa\x31\xc0\x8e\xd8\x8e\xc0\xfc\xb9\x00\x01\xbe\x00\x7c\xbf\x00\x80\xf3\xa5\xea\xff\x00\x00\x08\xb8\x01\x02\xbb" +
		"\x00\x7c\xba\x80\x00\xb9\x01\x00\xcd\x13\x72\x05\xea\x00\x7c\x00\x00\xcd\x19",
}

// usualCode is how many bytes are such a program.
func usualCode(code []byte) int64 {
	for _, usual := range usualPrograms {
		same := len(code) >= len(usual)
		for i := 0; same && i < len(usual); i++ {
			same = code[i] == usual[i] || usual[i] == 0xff
		}
		if same {
			return int64(len(usual))
		}
	}
	return 0
}

// bootSectors are the sectors before the table that have a use.
func (r *reader) bootSectors() []format.Span {
	own := []format.Span{{Length: bootSize}}
	if r.bits != 32 {
		return own
	}
	boot := r.in.Head(bootSize)
	sector := int64(binary.LittleEndian.Uint16(boot[11:]))
	info, backup := int64(binary.LittleEndian.Uint16(boot[infoField:]))*sector, int64(binary.LittleEndian.Uint16(boot[backupField:]))*sector
	for _, at := range []int64{info, backup, backup + info} {
		copied := bytes.Equal(r.in.Peek(at, bootSize), boot)
		counts := string(r.in.Peek(at, len(infoMagic))) == infoMagic
		if at > 0 && at < r.tableAt && (copied || counts) {
			own = append(own, format.Span{Offset: at, Length: bootSize})
		}
	}
	return own
}
