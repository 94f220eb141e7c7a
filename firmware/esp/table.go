package esp

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Table is a partition table on its own.
var Table = &format.Format{
	Name:   "esp-partition-table",
	Magics: []format.Magic{{Bytes: partitionMagic}},
	Probe: func(in format.Input) format.Likeness {
		t := readTable(in.Head(tableSize))
		return t.likeness()
	},
	Open: openTable,
}

const (
	partitionMagic = "\xaa\x50"
	md5Magic       = "\xeb\xeb\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	entrySize      = 32
	tableSize      = 0xc00 // a signature of secure boot v1 follows in the same sector
)

// The types of partitions.
const (
	typeApp  = 0
	typeData = 1

	subtypeOTA = 0x10 // the first of sixteen
)

var (
	partitionTypes = map[byte]string{typeApp: "app", typeData: "data", 2: "bootloader", 3: "partition-table"}
	appSubtypes    = map[byte]string{0: "factory", 0x20: "test"}
	dataSubtypes   = map[byte]string{0: "ota", 1: "phy", 2: "nvs", 3: "coredump", 4: "nvs_keys", 5: "efuse", 6: "undefined", 0x80: "esphttpd", 0x81: "fat", 0x82: "spiffs", 0x83: "littlefs"}
)

// partition is an entry of the table.
type partition struct {
	at            int64 // of the entry in the table
	kind, subtype byte
	offset, size  int64
	label         string
	flags         uint32
}

func (p *partition) end() int64 { return p.offset + p.size }

// describe is what the table says of a partition, but for its name.
func (p *partition) describe() string {
	kind, known := partitionTypes[p.kind]
	if !known {
		kind = fmt.Sprintf("0x%02x", p.kind)
	}
	sub := fmt.Sprintf("0x%02x", p.subtype)
	switch {
	case p.kind == typeApp && p.subtype >= subtypeOTA && p.subtype < subtypeOTA+16:
		sub = fmt.Sprintf("ota_%d", p.subtype-subtypeOTA)
	case p.kind == typeApp && appSubtypes[p.subtype] != "":
		sub = appSubtypes[p.subtype]
	case p.kind == typeData && dataSubtypes[p.subtype] != "":
		sub = dataSubtypes[p.subtype]
	}
	s := fmt.Sprintf("%s %s offset 0x%x size 0x%x", kind, sub, p.offset, p.size)
	for bit, word := range []string{" encrypted", " readonly"} {
		if p.flags&(1<<bit) != 0 {
			s += word
		}
	}
	return s
}

// table is a partition table as far as it makes sense.
type table struct {
	partitions []partition
	length     int64 // up to the end of the digest, or of the last entry
	digest     string
	broken     error
}

// The states of the digest that may end a table.
const (
	digestNone  = ""
	digestRight = "md5"
	digestWrong = "md5 differs"
)

func readTable(b []byte) (t table) {
	for at := 0; at+entrySize <= len(b); at += entrySize {
		e := b[at : at+entrySize]
		switch {
		case erased(e):
			return t
		case string(e[:len(md5Magic)]) == md5Magic:
			t.length, t.digest = int64(at+entrySize), digestWrong
			if sum := md5.Sum(b[:at]); bytes.Equal(sum[:], e[16:]) {
				t.digest = digestRight
			}
			return t
		}
		p, err := readPartition(e, int64(at))
		if err != nil {
			t.broken = err
			return t
		}
		t.partitions = append(t.partitions, p)
		t.length = int64(at + entrySize)
	}
	return t
}

func readPartition(e []byte, at int64) (partition, error) {
	p := partition{
		at: at, kind: e[2], subtype: e[3], offset: int64(le.Uint32(e[4:])), size: int64(le.Uint32(e[8:])),
		label: text(e[12:28]), flags: le.Uint32(e[28:]),
	}
	switch {
	case string(e[:2]) != partitionMagic:
		return p, format.Errorf(at, "entry %d of the partition table has no magic number", at/entrySize)
	case p.size == 0 || p.end() > maxFlash:
		return p, format.Errorf(at, "partition %q at 0x%x has %d bytes", p.label, p.offset, p.size)
	}
	return p, nil
}

// likeness wants a right digest, or partitions that lie one behind the other.
func (t *table) likeness() format.Likeness {
	ordered := true
	for i, p := range t.partitions {
		ordered = ordered && p.label != "" && p.offset%sector == 0 && (i == 0 || p.offset >= t.partitions[i-1].end())
	}
	switch {
	case len(t.partitions) == 0:
		return format.No
	case t.digest == digestRight || ordered && len(t.partitions) > 1:
		return format.Sure
	case ordered || t.digest == digestWrong:
		return format.Likely
	}
	return format.No
}

func openTable(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	t := readTable(in.Head(tableSize))
	if t.likeness() == format.No {
		return nil, format.Errorf(0, "no partition table")
	}
	o := &format.Opened{Length: t.length, Attributes: map[string]string{}}
	t.describe(o.Attributes)
	o.Damage = t.damage(0)
	if rest := in.Peek(t.length, int(tableSize-t.length)); int64(len(rest)) == tableSize-t.length && erased(rest) {
		o.Length = tableSize
	}
	if err := signV1(ctx, in, o, tableSize); err != nil {
		return nil, err
	}
	return o, nil
}

// describe notes the partitions.
func (t *table) describe(a map[string]string) {
	for i := range t.partitions {
		p := &t.partitions[i]
		a[fmt.Sprintf("partition-%02d", i)] = strings.TrimSpace(p.label + " " + p.describe())
	}
	if t.digest == digestRight {
		a["digest"] = t.digest
	}
}

// damage says what is wrong with a table at a place.
func (t *table) damage(at int64) (all []format.Damage) {
	if t.digest == digestWrong {
		all = append(all, format.Damage{Offset: at + t.length - entrySize, Reason: "the MD5 of the partition table differs"})
	}
	if t.broken != nil {
		all = append(all, format.Damage{Offset: at + t.length, Reason: t.broken.Error()})
	}
	return all
}
