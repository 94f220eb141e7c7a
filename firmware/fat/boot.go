// Package fat reads FAT12, FAT16 and FAT32 file systems with long names.
//
// The layout is that of Microsoft's "FAT32 File System Specification", version
// 1.03 (also ECMA-107 for the older kinds): a boot sector, copies of a table that
// chains the clusters, a root directory and the clusters. Where readers differ,
// those of the Linux kernel (Documentation/filesystems/vfat.rst) are followed:
// FAT32 is what has no 16-bit table length, and the table is the active one, with
// the copies compared.
//
// A cluster belongs to one file: a chain that runs into another, or into itself,
// is an error of the file that comes to it second. What nothing refers to, free
// clusters and what stands behind the end of a file, is given back as unused. Short names are taken as code
// page 437, the kernel's choice. Deleted entries are not listed. Modes and owners
// do not exist.
package fat

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is a file system whose boot sector says in words that it is FAT.
var Format = &format.Format{
	Name: "fat",
	Magics: []format.Magic{
		{Offset: nameAt, Bytes: "FAT12   "},
		{Offset: nameAt, Bytes: "FAT16   "},
		{Offset: nameAt, Bytes: "FAT     "},
		{Offset: nameAt32, Bytes: "FAT32   "},
	},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// Unnamed is the same without the words, known by its numbers and by how its
// table begins, where a container must begin.
var Unnamed = &format.Format{Name: "fat", Probe: probeUnnamed, Open: open}

const (
	bootSize  = 512
	nameAt    = 54
	nameAt32  = 82
	rootField = 44 // where FAT32 has the root's cluster
	minSector = 512
	maxSector = 4 << 10
	maxTables = 4
	maxTable  = 256 << 20 // bytes of the table that are read

	extended   = 0x29 // in the boot sector: a serial number and a label follow
	isDirty    = 1    // in the state byte of the boot sector
	oneTable   = 0x80 // in the flags of FAT32: the copies of the table are not kept
	activeMask = 0x0f
)

// The most clusters that a table of each kind can chain.
const (
	most12 = 0xff4
	most16 = 0xfff4
	most32 = 0xffffff5
)

// bootSector is the boot sector as it stands in the image. The kinds part after
// Total32.
type bootSector struct {
	Jump        [3]byte
	Maker       [8]byte
	SectorSize  uint16
	PerCluster  uint8
	Reserved    uint16
	Tables      uint8
	RootEntries uint16
	Total16     uint16
	Media       uint8
	Table16     uint16
	Geometry    [2]uint16
	Hidden      uint32
	Total32     uint32
}

type bootSector32 struct {
	Table32      uint32
	Flags        uint16
	Version      uint16
	Root         uint32
	Info, Backup uint16
	_            [12]byte
}

type bootEnd struct {
	Drive, State, Extended uint8
	Serial                 uint32
	Label                  [11]byte
}

// volume is where everything is, in bytes.
type volume struct {
	bits        int // of an entry of the table
	cluster     int64
	tableAt     int64
	tableSize   int64
	tables      int
	active      int
	mirrored    bool
	rootAt      int64 // of FAT12 and FAT16
	rootSize    int64
	root        uint32 // cluster, of FAT32
	dataAt      int64
	clusters    uint32
	size        int64
	media       byte
	dirty       bool
	maker, name string
	end         bootEnd
}

// errNoSectors is told without its number, as most files ask for it.
var errNoSectors = format.Errorf(11, "sectors of no whole number of %d bytes", minSector)

func readVolume(in format.Input) (v volume, err error) {
	raw := in.Head(bootSize)
	if len(raw) < bootSize {
		return v, format.Errorf(0, "no whole boot sector")
	}
	if binary.LittleEndian.Uint16(raw[11:])%minSector != 0 {
		return v, errNoSectors // most of what is no FAT, without decoding it
	}
	var b bootSector
	var b32 bootSector32
	n, _ := binary.Decode(raw, binary.LittleEndian, &b)
	if err := b.check(); err != nil {
		return v, err
	}
	v = volume{bits: 16, tables: int(b.Tables), mirrored: true, media: b.Media, name: string(raw[nameAt : nameAt+8])}
	v.maker = strings.TrimRight(string(b.Maker[:]), " \x00")
	tableSectors := int64(b.Table16)
	if b.Table16 == 0 {
		k, _ := binary.Decode(raw[n:], binary.LittleEndian, &b32)
		n += k
		v.bits, v.root, tableSectors = 32, b32.Root, int64(b32.Table32)
		v.name = string(raw[nameAt32 : nameAt32+8])
		if b32.Flags&oneTable != 0 {
			v.active, v.mirrored = int(b32.Flags&activeMask), false
		}
	}
	_, _ = binary.Decode(raw[n:], binary.LittleEndian, &v.end)
	v.dirty = v.end.State&isDirty != 0
	return v, v.place(&b, tableSectors)
}

// check refuses numbers that no file system has.
func (b *bootSector) check() error {
	switch {
	case b.SectorSize < minSector || b.SectorSize > maxSector || bits.OnesCount16(b.SectorSize) != 1:
		return format.Errorf(11, "sectors of %d bytes", b.SectorSize)
	case bits.OnesCount8(b.PerCluster) != 1:
		return format.Errorf(13, "clusters of %d sectors", b.PerCluster)
	case b.Reserved == 0:
		return format.Errorf(14, "no sector before the table")
	case b.Tables == 0 || b.Tables > maxTables:
		return format.Errorf(16, "%d copies of the table", b.Tables)
	case b.RootEntries%(b.SectorSize/recordSize) != 0 || (b.RootEntries == 0) != (b.Table16 == 0):
		return format.Errorf(17, "root directory of %d entries", b.RootEntries)
	case b.Media != 0xf0 && b.Media < 0xf8:
		return format.Errorf(21, "medium 0x%02x", b.Media)
	}
	return nil
}

// place finds where everything is, and which kind it is: FAT12 is what has so
// few clusters.
func (v *volume) place(b *bootSector, tableSectors int64) error {
	sector := int64(b.SectorSize)
	total := int64(b.Total16)
	if total == 0 {
		total = int64(b.Total32)
	}
	v.size = total * sector
	v.cluster = int64(b.PerCluster) * sector
	v.tableAt, v.tableSize = int64(b.Reserved)*sector, tableSectors*sector
	v.rootAt, v.rootSize = v.tableAt+int64(v.tables)*v.tableSize, int64(b.RootEntries)*recordSize
	v.dataAt = v.rootAt + v.rootSize
	clusters := (v.size - v.dataAt) / v.cluster
	most := int64(most16)
	switch {
	case v.bits == 32:
		most = most32
	case clusters <= most12:
		v.bits, most = 12, most12
	}
	switch {
	case tableSectors == 0 || v.dataAt >= v.size || clusters == 0:
		return format.Errorf(32, "no room for files in %d bytes", v.size)
	case clusters > most:
		return format.Errorf(32, "%d clusters, FAT%d has at most %d", clusters, v.bits, most)
	case v.active >= v.tables:
		return format.Errorf(40, "table %d of %d is the active one", v.active, v.tables)
	}
	v.clusters = uint32(min(clusters, v.tableSize*8/int64(v.bits)-2))
	return nil
}

// begins reports whether a copy of the table begins as it must: with the medium
// and set bits.
func (v *volume) begins(in format.Input, table int) bool {
	head := in.Peek(v.tableAt+int64(table)*v.tableSize, 4)
	if len(head) < 4 || head[0] != v.media || head[1] != 0xff {
		return false
	}
	if v.bits == 32 {
		return head[2] == 0xff && head[3]&0x0f == 0x0f
	}
	return head[2]|0x0f == 0xff || v.bits == 16
}

func probe(in format.Input) format.Likeness {
	if _, err := readVolume(in); err != nil {
		return format.No
	}
	return format.Sure
}

func probeUnnamed(in format.Input) format.Likeness {
	v, err := readVolume(in)
	if err != nil || strings.HasPrefix(v.name, "FAT") || !v.begins(in, v.active) {
		return format.No
	}
	return format.Likely
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	v, err := readVolume(in)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, in: in.Section(0, v.size), volume: v, budget: b}
	if v.size > in.Size {
		r.hurt(in.Size, fmt.Sprintf("file system of %d bytes, but only %d are here", v.size, in.Size))
	}
	if err := r.readTable(); err != nil {
		return nil, err
	}
	if err := r.walk(); err != nil {
		return nil, err
	}
	r.compareTables()
	return &format.Opened{Length: r.in.Size, Tree: r, Damage: r.damage, Unused: r.unused(), Unread: r.unread(), Attributes: r.attributes()}, nil
}

func (r *reader) attributes() map[string]string {
	a := map[string]string{
		"kind":         "FAT" + strconv.Itoa(r.bits),
		"cluster-size": strconv.FormatInt(r.cluster, 10),
	}
	if r.end.Extended == extended {
		a["serial"] = fmt.Sprintf("%04X-%04X", r.end.Serial>>16, r.end.Serial&0xffff)
		if r.label == "" && string(r.end.Label[:]) != "NO NAME    " {
			r.label = strings.TrimRight(decode437(r.end.Label[:]), " \x00")
		}
	}
	if r.label != "" {
		a["label"] = r.label
	}
	if r.maker != "" {
		a["maker"] = r.maker
	}
	if r.dirty {
		a["dirty"] = "true" // it was not unmounted
	}
	return a
}
