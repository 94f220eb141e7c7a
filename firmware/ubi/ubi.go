// Package ubi reads UBI images: volumes on raw flash, whose logical eraseblocks
// lie in physical ones in any order.
//
// The layout is that of the Linux kernel's drivers/mtd/ubi/ubi-media.h and of
// "UBI - Unsorted Block Images" at infradead.org. A physical eraseblock begins
// with an erase counter header; a mapped one has a volume identifier header, and
// behind it the data. Two copies of a volume table, in a volume of their own,
// name the volumes. All headers and records have a checksum.
//
// Read are images as ubinize writes them and copies of a whole flash, attached
// by the kernel's rules: of several eraseblocks that claim a place the one with
// the highest sequence number counts, a copy made for wear levelling only if its
// data are whole. The size of an eraseblock is found from the image. Every
// volume is a part under its name, with 0xff where nothing is mapped.
//
// Not read: the fastmap, which only repeats what the headers say. Copies of NAND flash
// that hold the spare bytes of the pages too are for package nand.
package ubi

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the UBI image.
var Format = &format.Format{
	Name:     "ubi",
	Magics:   []format.Magic{{Bytes: ecMagic + "\x01\x00\x00\x00"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	ecMagic    = "UBI#"
	vidMagic   = "UBI!"
	version    = 1
	headerSize = 64 // of both headers
	sumAt      = 60 // the checksum's place in both
	erased     = 0xff

	dynamicVolume, staticVolume = 1, 2

	firstInternal = 0x7fffffff - 4096 // from here on volumes are UBI's own
	layoutVolume  = firstInternal     // holds the volume table
	maxVolumes    = 128
)

// Limits of this reader, beside those of the image.
const (
	maxPEB = 16 << 20 // bytes of a physical eraseblock
	minLEB = 512      // bytes of a logical one
	// maxGap is how many eraseblocks without a header may lie between others:
	// bad blocks, or blocks not yet written. What comes later is another image.
	maxGap = 16
	// All volumes together may have so many times the bytes of the image, and
	// freeSparse more: the rest of a volume is not mapped.
	maxSparse, freeSparse = 64, 64 << 20
)

// sum is the checksum of UBI: the reflected CRC-32 without the final inversion.
func sum(b []byte) uint32 { return ^crc32.ChecksumIEEE(b) }

// sealed reports whether a header has a magic, the version and its checksum.
func sealed(b []byte, magic string) bool {
	return len(b) == headerSize && string(b[:4]) == magic && b[4] == version && binary.BigEndian.Uint32(b[sumAt:]) == sum(b[:sumAt])
}

// geometry is what the erase counter headers of one image have in common.
type geometry struct {
	vid, data int64 // places of the volume identifier header and of the data in an eraseblock
	sequence  uint32
}

// readEC reads an erase counter header.
func readEC(b []byte) (g geometry, ok bool) {
	if !sealed(b, ecMagic) {
		return g, false
	}
	g.vid, g.data = int64(binary.BigEndian.Uint32(b[16:])), int64(binary.BigEndian.Uint32(b[20:]))
	g.sequence = binary.BigEndian.Uint32(b[24:])
	return g, g.vid >= headerSize && g.data >= g.vid+headerSize && g.data < maxPEB
}

// vidHeader is the volume identifier header as it stands in the image.
type vidHeader struct {
	Magic                       [4]byte
	Version, Type, Copy, Compat uint8
	Volume, LEB                 uint32
	_                           uint32
	Size, Used, Pad, CRC, _     uint32
	Sequence                    uint64
	_                           [12]byte
	Sum                         uint32
}

// readVID reads a volume identifier header. It must make sense in logical
// eraseblocks of so many bytes.
func readVID(b []byte, leb int64) (v vidHeader, ok bool) {
	if !sealed(b, vidMagic) {
		return v, false
	}
	if _, err := binary.Decode(b, binary.BigEndian, &v); err != nil {
		return v, false
	}
	usable := leb - int64(v.Pad)
	switch {
	case v.Type != dynamicVolume && v.Type != staticVolume,
		v.Volume >= maxVolumes && v.Volume < firstInternal,
		usable < minLEB, int64(v.Size) > usable,
		v.Type == staticVolume && v.LEB >= v.Used:
		return v, false
	}
	return v, true
}

func probe(in format.Input) format.Likeness {
	if _, ok := readEC(in.Head(headerSize)); ok {
		return format.Sure
	}
	return format.No
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	g, ok := readEC(in.Head(headerSize))
	if !ok {
		return nil, format.Errorf(sumAt, "no valid erase counter header")
	}
	size, err := blockSize(ctx, in, g)
	if err != nil {
		return nil, err
	}
	d := &device{in: in, geometry: g, peb: size, volumes: map[uint32]*volume{}}
	if err := d.attach(ctx); err != nil {
		return nil, err
	}
	d.readTable()
	o := &format.Opened{Length: min(d.blocks*d.peb, in.Size), Parts: d.parts(), Damage: d.damage}
	o.Unused = d.unused(o.Length)
	o.Attributes = map[string]string{
		"eraseblock-size": strconv.FormatInt(d.peb, 10),
		"eraseblocks":     strconv.FormatInt(d.blocks, 10),
		"vid-offset":      strconv.FormatInt(g.vid, 10),
		"data-offset":     strconv.FormatInt(g.data, 10),
		"image-sequence":  fmt.Sprintf("0x%08x", g.sequence),
		"volumes":         strings.Join(d.listed, ", "),
	}
	return o, nil
}

// Eraseblocks whose size is looked for.
const (
	sizeWindow  = 2 * maxPEB // bytes that are looked through
	sizeHeaders = 64         // headers that are enough
)

// blockSize finds the size of the physical eraseblocks: the distance at whose
// multiples the most headers of this image are.
func blockSize(ctx context.Context, in format.Input, g geometry) (int64, error) {
	found, err := headers(ctx, in, g)
	if err != nil {
		return 0, err
	}
	best, most, last := int64(0), 0, int64(0)
	for _, at := range found {
		for _, size := range [...]int64{at, at - last} {
			n := 0
			for _, h := range found {
				if h%size == 0 {
					n++
				}
			}
			if size >= g.data+minLEB && size <= maxPEB && n > most {
				best, most = size, n
			}
		}
		last = at
	}
	if best == 0 {
		return 0, format.Errorf(0, "no second eraseblock of this image: the size of the eraseblocks cannot be told")
	}
	return best, nil
}

// headers lists where headers of the same image are, the first left out.
func headers(ctx context.Context, in format.Input, g geometry) ([]int64, error) {
	const step = 1 << 20
	var found []int64
	for base := int64(headerSize); base < min(in.Size, sizeWindow) && len(found) < sizeHeaders; base += step {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		chunk := in.Peek(base, step+headerSize-1)
		for at := 0; ; at++ {
			i := bytes.Index(chunk[at:], []byte(ecMagic))
			if i < 0 || at+i >= step {
				break
			}
			at += i
			if other, ok := readEC(chunk[at:min(at+headerSize, len(chunk))]); ok && other == g {
				found = append(found, base+int64(at))
			}
		}
	}
	return found, nil
}
