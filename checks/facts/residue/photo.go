package residue

import (
	"bytes"
	"encoding/binary"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// photoResidue knows JPEG photos with a position in their Exif data.
func photoResidue(f *firmware.File, content []byte) []Trace {
	if exif := exifOf(content); exif != nil && hasPosition(exif) {
		return []Trace{{PhotoPlace, facts.At(f)}}
	}
	return nil
}

// exifOf gives the TIFF structure in the first segments of a JPEG file (ITU-T
// T.81, annex B), nil if there is none.
func exifOf(content []byte) []byte {
	if !bytes.HasPrefix(content, []byte{0xff, 0xd8, 0xff}) {
		return nil
	}
	for at := 2; at+4 <= len(content) && content[at] == 0xff && content[at+1] >= 0xe0 && content[at+1] <= 0xef; {
		size := int(binary.BigEndian.Uint16(content[at+2:]))
		if size < 2 || at+2+size > len(content) {
			return nil
		}
		if body, ok := bytes.CutPrefix(content[at+4:at+2+size], []byte("Exif\x00\x00")); ok && content[at+1] == 0xe1 {
			return body
		}
		at += 2 + size
	}
	return nil
}

// Tags and types of TIFF and of Exif's directory of positions.
const (
	tagPositions = 0x8825
	tagLatitude  = 2
	tagLongitude = 4
	typeLong     = 4
	typeRational = 5
)

// hasPosition reports whether latitude and longitude are there, and not zero.
func hasPosition(tiff []byte) bool {
	if len(tiff) < 8 {
		return false
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	positions, ok := tiffEntry(tiff, order, order.Uint32(tiff[4:]), tagPositions, typeLong)
	if !ok {
		return false
	}
	for _, tag := range []uint16{tagLatitude, tagLongitude} {
		at, ok := tiffEntry(tiff, order, positions, tag, typeRational)
		if !ok || uint64(at)+24 > uint64(len(tiff)) || order.Uint32(tiff[at:]) == 0 && order.Uint32(tiff[at+8:]) == 0 && order.Uint32(tiff[at+16:]) == 0 {
			return false
		}
	}
	return true
}

// tiffEntry finds the value of an entry of the directory at an offset.
func tiffEntry(tiff []byte, order binary.ByteOrder, directory uint32, tag, kind uint16) (uint32, bool) {
	if uint64(directory)+2 > uint64(len(tiff)) {
		return 0, false
	}
	entries := tiff[directory+2:]
	for n := int(order.Uint16(tiff[directory:])); n > 0 && len(entries) >= 12; n-- {
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == kind {
			return order.Uint32(entries[8:]), true
		}
		entries = entries[12:]
	}
	return 0, false
}
