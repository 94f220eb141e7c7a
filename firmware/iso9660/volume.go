// Package iso9660 reads ISO 9660 file systems: with the names, modes and links of
// Rock Ridge where it is there, else with the names of Joliet, else as they are.
//
// The layout is that of ECMA-119, of SUSP and RRIP (IEEE P1281 and P1282), of the
// Joliet specification, of El Torito 1.0, and of zisofs as the Linux kernel's
// Documentation/filesystems/isofs.rst and mkzftree have it. A number that stands
// in both byte orders must be the same in both.
//
// Files that only the other tree has are listed too, and so are boot images of
// El Torito that no file holds, in a folder "[BOOT]". Interleaved files, a UDF
// file system beside this one, and the attributes of AAIP are not read; a
// partition table in the system area is for another reader. What nothing refers
// to is given back as unused; texts in descriptors, tables of paths and entries of
// directories that are not known, as unread.
package iso9660

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the ISO 9660 file system.
var Format = &format.Format{
	Name:     "iso9660",
	Magics:   []format.Magic{{Offset: descriptorsAt, Bytes: "\x01CD001\x01"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	sectorSize     = 2048
	descriptorsAt  = 16 * sectorSize
	maxDescriptors = 64
)

// The types of volume descriptors.
const (
	bootRecord    = 0
	primary       = 1
	supplementary = 2
	terminator    = 255
)

// Places in a volume descriptor.
const (
	systemAt    = 8
	volumeAt    = 40
	spaceAt     = 80
	escapesAt   = 88
	blockSizeAt = 128
	rootAt      = 156
	rootSize    = 34
	publisherAt = 318
	makerAt     = 574
	createdAt   = 813
)

// both16 and both32 read a number that stands in both byte orders, the little
// first.
func both16(b []byte) (n uint16, same bool) {
	n = binary.LittleEndian.Uint16(b)
	return n, n == binary.BigEndian.Uint16(b[2:])
}

func both32(b []byte) (n uint32, same bool) {
	n = binary.LittleEndian.Uint32(b)
	return n, n == binary.BigEndian.Uint32(b[4:])
}

// volumes are the descriptors of an image.
type volumes struct {
	primary []byte
	joliet  []byte // or nil
	boot    int64  // sector of the boot catalog, or 0
	end     int64  // behind the last descriptor
	paths   []byte // the descriptors that have tables of paths
	udf     int64  // where a UDF file system is announced, or 0
}

func readVolumes(in format.Input) (v volumes, err error) {
	at := int64(descriptorsAt)
	for range maxDescriptors {
		d := in.Peek(at, sectorSize)
		if len(d) < sectorSize || string(d[1:6]) != "CD001" {
			return v, format.Errorf(at, "no volume descriptor")
		}
		switch d[0] {
		case bootRecord:
			if strings.HasPrefix(string(d[7:]), "EL TORITO SPECIFICATION\x00") {
				v.boot = int64(binary.LittleEndian.Uint32(d[0x47:]))
			}
		case primary:
			if v.primary == nil {
				v.primary = d
			}
			v.paths = append(v.paths, d...)
		case supplementary:
			v.paths = append(v.paths, d...)
			if e := string(d[escapesAt : escapesAt+3]); v.joliet == nil && (e == "%/@" || e == "%/C" || e == "%/E") {
				v.joliet = d
			}
		case terminator:
			v.end = at + sectorSize
			v.lookForUDF(in, at+sectorSize)
			return v, nil
		}
		at += sectorSize
	}
	return v, format.Errorf(at, "more than %d volume descriptors", maxDescriptors)
}

// lookForUDF looks at the descriptors of ECMA-167 that may follow.
func (v *volumes) lookForUDF(in format.Input, at int64) {
	for range maxDescriptors {
		switch d := in.Peek(at, 6); {
		case len(d) < 6:
			return
		case string(d[1:]) == "NSR02", string(d[1:]) == "NSR03":
			v.udf = at
			return
		case string(d[1:]) != "BEA01":
			return
		}
		at += sectorSize
	}
}

// checkPrimary wants a descriptor whose numbers make sense in both byte orders.
func checkPrimary(d []byte) error {
	size, same := both16(d[blockSizeAt:])
	if !same || size < 512 || size > sectorSize || bits.OnesCount16(size) != 1 {
		return format.Errorf(descriptorsAt+blockSizeAt, "blocks of %d bytes", size)
	}
	if d[rootAt] != rootSize || d[rootAt+flagsAt]&isFolder == 0 {
		return format.Errorf(descriptorsAt+rootAt, "no root directory")
	}
	return nil
}

// probe is sure of a descriptor that says the same in both byte orders.
func probe(in format.Input) format.Likeness {
	d := in.Peek(descriptorsAt, sectorSize)
	if len(d) < sectorSize || string(d[:7]) != "\x01CD001\x01" || checkPrimary(d) != nil {
		return format.No
	}
	return format.Sure
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	v, err := readVolumes(in)
	switch {
	case v.primary == nil:
		return nil, format.Errorf(descriptorsAt, "no primary volume descriptor: %w", err)
	case checkPrimary(v.primary) != nil:
		return nil, checkPrimary(v.primary)
	}
	block, _ := both16(v.primary[blockSizeAt:])
	space, same := both32(v.primary[spaceAt:])
	size := int64(space) * int64(block)
	r := &reader{ctx: ctx, in: in.Section(0, size), block: int64(block), budget: b, shared: map[place]int{}}
	switch {
	case size <= descriptorsAt:
		return nil, format.Errorf(descriptorsAt+spaceAt, "volume of %d bytes", size)
	case size > in.Size:
		r.hurt(in.Size, fmt.Sprintf("volume of %d bytes, but only %d are here", size, in.Size))
	case !same:
		r.hurt(descriptorsAt+spaceAt, "the size of the volume differs in its two byte orders")
	}
	if err != nil {
		r.hurt(descriptorsAt, err.Error())
	}
	if v.udf != 0 {
		r.hurt(v.udf, "there is a UDF file system too, which is not read")
	}
	return r.load(v)
}

// load reads the trees and says what they are.
func (r *reader) load(v volumes) (*format.Opened, error) {
	root := v.primary[rootAt : rootAt+rootSize]
	r.findRockRidge(root)
	names := "rock-ridge"
	switch {
	case !r.rock && v.joliet != nil:
		names, r.joliet = "joliet", true
		root = v.joliet[rootAt : rootAt+rootSize]
	case !r.rock:
		names = "iso9660"
	}
	if err := r.walk(root); err != nil {
		return nil, err
	}
	switch {
	case r.rock && v.joliet != nil:
		if err := r.walkSecond(v.joliet[rootAt:rootAt+rootSize], true); err != nil {
			r.hurt(descriptorsAt, "the tree of Joliet: "+err.Error())
		}
	case v.joliet != nil:
		if err := r.walkSecond(v.primary[rootAt:rootAt+rootSize], false); err != nil {
			r.hurt(descriptorsAt, "the tree beside that of Joliet: "+err.Error())
		}
	}
	attributes := describe(v.primary)
	attributes["names"] = names
	if v.boot != 0 {
		if err := r.bootImages(v.boot*sectorSize, attributes); err != nil {
			r.hurt(v.boot*sectorSize, "boot catalog: "+err.Error())
		}
	}
	r.ownStructure(v)
	return &format.Opened{
		Length: r.in.Size, Modes: r.rock, Tree: r, Damage: r.damage,
		Unused: format.Gaps(r.in.Size, r.own), Unread: r.unread(v), Attributes: attributes,
	}, nil
}

func describe(d []byte) map[string]string {
	a := map[string]string{}
	for name, field := range map[string][]byte{
		"system":    d[systemAt : systemAt+32],
		"volume":    d[volumeAt : volumeAt+32],
		"publisher": d[publisherAt : publisherAt+128],
		"maker":     d[makerAt : makerAt+128],
	} {
		if s := strings.TrimRight(string(field), " \x00"); s != "" {
			a[name] = s
		}
	}
	if t := longTime(d[createdAt : createdAt+17]); !t.IsZero() {
		a["created"] = t.Format(time.RFC3339)
	}
	return a
}
