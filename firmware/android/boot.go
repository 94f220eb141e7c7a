package android

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // what mkbootimg identifies an image with
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Boot is the boot image of version 0 to 4, also as init_boot or recovery, and
// the vendor boot image.
var Boot = &format.Format{
	Name:     "android-boot",
	Magics:   []format.Magic{{Bytes: bootMagic}, {Bytes: vendorMagic}},
	Anywhere: true,
	Probe:    probeBoot,
	Open:     openBoot,
}

const (
	bootMagic   = "ANDROID!"
	vendorMagic = "VNDRBOOT"

	headLength = 4096 // more than any header
	fixedPage  = 4096 // of version 3 on
	minPage    = 2048
	maxPage    = 128 << 10
	newest     = 4
)

// boot is a header in the terms of all versions.
type boot struct {
	kind     string
	version  uint32
	page     int64
	header   int64 // bytes of pages that the header takes
	fields   int64 // where its fields have ended in every kind of its versions; zeros should follow
	name     string
	cmdline  string
	os       uint32
	sections []section
	id       []byte // of version 0 to 2
	table    table  // of a vendor boot image
}

func probeBoot(in format.Input) format.Likeness {
	if _, err := readBoot(in); err != nil {
		return format.No
	}
	return format.Sure
}

// readBoot reads a header of any version.
func readBoot(in format.Input) (*boot, error) {
	b := in.Head(headLength)
	switch {
	case len(b) < minPage:
		return nil, format.Errorf(0, "the header is cut off")
	case string(b[:8]) == vendorMagic:
		return vendorHeader(b)
	case string(b[:8]) != bootMagic:
		return nil, format.Errorf(0, "no boot image")
	}
	version := binary.LittleEndian.Uint32(b[40:])
	if version == 3 || version == 4 {
		return newHeader(b, version)
	}
	return oldHeader(b, version)
}

// newHeader reads version 3 and 4.
func newHeader(b []byte, version uint32) (*boot, error) {
	u := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	h := &boot{
		kind: "boot", version: version, page: fixedPage, header: fixedPage, fields: 1596,
		cmdline: text(b[44:1580]), os: uint32(u(16)),
		sections: []section{{"kernel", u(8), format.Code}, {"ramdisk", u(12), format.Data}},
	}
	size := int64(1580)
	if version == 4 {
		size = 1584
		h.sections = append(h.sections, section{"boot-signature", u(1580), format.Data})
	}
	if u(20) < size || u(20) > fixedPage { // early tools say 1596 in version 3
		return nil, format.Errorf(20, "header of %d bytes in version %d", u(20), version)
	}
	if u(8) == 0 {
		h.kind = "init_boot"
	}
	return h, h.check()
}

// oldHeader reads version 0 to 2. Before there were versions the field was the
// length of a section with device trees.
func oldHeader(b []byte, version uint32) (*boot, error) {
	u := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	h := &boot{
		kind: "boot", version: version, page: u(36), header: u(36), fields: 1660,
		name: text(b[48:64]), cmdline: strings.TrimSpace(text(b[64:576]) + text(b[608:1632])), os: uint32(u(44)),
		sections: []section{{"kernel", u(8), format.Code}, {"ramdisk", u(16), format.Data}, {"second", u(24), format.Code}},
		id:       b[576:608],
	}
	switch {
	case version > newest:
		h.version = 0
		h.sections = append(h.sections, section{"dt", int64(version), format.Data})
	case version >= 1:
		h.sections = append(h.sections, section{"recovery-dtbo", u(1632), format.Data})
	}
	if version == 2 {
		h.sections = append(h.sections, section{"dtb", u(1648), format.Data})
	}
	if want := map[uint32]int64{1: 1648, 2: 1660}[version]; want != 0 && u(1644) != want {
		return nil, format.Errorf(1644, "header of %d bytes in version %d", u(1644), version)
	}
	return h, h.check()
}

func (h *boot) check() error {
	if h.page < minPage || h.page > maxPage || h.page&(h.page-1) != 0 {
		return format.Errorf(36, "pages of %d bytes", h.page)
	}
	total := int64(0)
	for _, s := range h.sections {
		total += s.length
	}
	if total == 0 {
		return format.Errorf(8, "nothing in it")
	}
	return nil
}

func openBoot(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, err := readBoot(in)
	if err != nil {
		return nil, err
	}
	o := &format.Opened{Attributes: map[string]string{"kind": h.kind, "version": strconv.Itoa(int(h.version))}}
	set(o, "name", h.name)
	set(o, "cmdline", h.cmdline)
	set(o, "os-version", osVersion(h.os))
	layOut(in, o, h.header, h.page, h.sections)
	if err := h.identify(ctx, in, o); err != nil {
		return nil, err
	}
	h.vendor(in, o)
	o.Parts = format.WithGaps(o.Length, o.Parts, format.Span{Offset: 0, Length: min(h.header, in.Size)})
	o.Unread = []format.Span{{Offset: h.fields, Length: min(h.header, in.Size) - h.fields}}
	return o, nil
}

// osVersion reads a version of 7 bits each and the month of the patches.
func osVersion(v uint32) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d, patches of %d-%02d", v>>25, v>>18&0x7f, v>>11&0x7f, 2000+v>>4&0x7f, v&0xf)
}

// identify computes the SHA-1 over all sections, each followed by its length, that
// mkbootimg leaves in the header of the older versions.
func (h *boot) identify(ctx context.Context, in format.Input, o *format.Opened) error {
	if len(o.Damage) > 0 || len(bytes.Trim(h.id, "\x00")) == 0 {
		return nil
	}
	sum := sha1.New() //nolint:gosec // see the import
	at := h.header
	for _, s := range h.sections {
		if s.length == 0 && s.name == "dt" {
			continue
		}
		for off := at; off < at+s.length; off += fixedPage {
			if err := ctx.Err(); err != nil {
				return err
			}
			b, err := in.Bytes(off, min(fixedPage, at+s.length-off))
			if err != nil {
				return err
			}
			_, _ = sum.Write(b)
		}
		_, _ = sum.Write(binary.LittleEndian.AppendUint32(nil, uint32(s.length)))
		at = align(at+s.length, h.page)
	}
	if bytes.Equal(sum.Sum(nil), h.id[:sha1.Size]) {
		o.Attributes["id"] = "sha1 verified"
		return nil
	}
	o.Attributes["id"] = "sha1 differs"
	o.Damage = append(o.Damage, format.Damage{Offset: 576, Length: 32, Reason: "the header's SHA-1 is not that of the parts"})
	return nil
}
