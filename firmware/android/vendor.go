package android

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	tableEntry    = 108 // bytes, at least
	maxRamdisks   = 64
	maxBootconfig = 64 << 10 // bytes that are kept as an attribute
)

// table is where the table of a vendor boot image's ramdisks is.
type table struct{ offset, count, entry int64 }

// vendorHeader reads the header of a vendor boot image.
func vendorHeader(b []byte) (*boot, error) {
	u := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	if len(b) < 2128 {
		return nil, format.Errorf(0, "the header is cut off")
	}
	version := uint32(u(8))
	least, known := map[uint32]int64{3: 2108, 4: 2128}[version] // early tools say 2108
	size := u(2096)
	if !known || size < least || size > headLength {
		return nil, format.Errorf(8, "version %d with a header of %d bytes", version, size)
	}
	h := &boot{
		kind: "vendor_boot", version: version, page: u(12), fields: 2128, name: text(b[2080:2096]), cmdline: text(b[28:2076]),
		sections: []section{{"vendor-ramdisk", u(24), format.Data}, {"dtb", u(2100), format.Data}},
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	h.header = align(size, h.page)
	if version == 4 {
		h.table = table{offset: h.header + align(u(24), h.page) + align(u(2100), h.page), count: u(2116), entry: u(2120)}
		h.sections = append(h.sections, section{"vendor-ramdisk-table", u(2112), format.Data}, section{"bootconfig", u(2124), format.Data})
		if t := h.table; t.count*t.entry > u(2112) || t.count > 0 && t.entry < tableEntry {
			return nil, format.Errorf(2112, "table of %d ramdisks in %d bytes", t.count, u(2112))
		}
	}
	return h, nil
}

// vendor reads what only a vendor boot image has: its ramdisks one by one, and
// the configuration, which is a text.
func (h *boot) vendor(in format.Input, o *format.Opened) {
	if h.kind != "vendor_boot" {
		return
	}
	var rest []format.Part
	for _, p := range o.Parts {
		switch p.Name {
		case "vendor-ramdisk":
			rest = append(rest, h.ramdisks(in, o, p)...)
		case "vendor-ramdisk-table":
			if p.Length > h.table.count*h.table.entry {
				rest = append(rest, p) // more than its entries
			}
		case "bootconfig":
			if b := in.Peek(p.Offset, maxBootconfig); p.Length <= int64(len(b)) && utf8.Valid(b[:p.Length]) {
				o.Attributes["bootconfig"] = string(b[:p.Length])
				continue
			}
			rest = append(rest, p)
		default:
			rest = append(rest, p)
		}
	}
	o.Parts = rest
}

// ramdisks cuts the ramdisks apart. What lies between them is kept.
func (h *boot) ramdisks(in format.Input, o *format.Opened, all format.Part) []format.Part {
	if h.table.count == 0 {
		return []format.Part{all}
	}
	var parts []format.Part
	for i := range min(h.table.count, maxRamdisks) {
		b := in.Peek(h.table.offset+i*h.table.entry, tableEntry)
		if len(b) < tableEntry {
			break // reported with the table
		}
		length, off := int64(binary.LittleEndian.Uint32(b)), int64(binary.LittleEndian.Uint32(b[4:]))
		name := text(b[12:44])
		o.Attributes["ramdisk-"+strconv.Itoa(int(i))] = fmt.Sprintf("%q, type %d, %d bytes", name, binary.LittleEndian.Uint32(b[8:]), length)
		if off > all.Length || length > all.Length-off {
			o.Damage = append(o.Damage, format.Damage{Offset: h.table.offset + i*h.table.entry, Length: tableEntry, Reason: fmt.Sprintf("ramdisk %d lies outside of the ramdisks", i)})
			continue
		}
		if length > 0 {
			parts = append(parts, format.Part{Name: "ramdisk-" + name, Offset: all.Offset + off, Length: length, Role: format.Data})
		}
	}
	return parts
}
