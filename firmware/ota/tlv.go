package ota

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Elements of Matter's TLV ("Matter Core Specification", appendix A): the lower
// five bits of the first byte are the type, the upper three say how it is tagged.
const (
	tlvUnsigned  = 0x04 // and the three after it: 1, 2, 4, 8 bytes
	tlvText      = 0x0c // and the three after it: by the width of the length
	tlvBytes     = 0x10 // and the three after it
	tlvStructure = 0x15
	tlvEnd       = 0x18
	tlvContext   = 0x20 // tagged with one byte
)

// field is a field of a structure: a number, or bytes.
type field struct {
	number uint64
	bytes  []byte
}

// structure reads a structure of numbers, texts and bytes. Its offsets are those of
// a Matter OTA file.
func structure(b []byte) (map[byte]field, error) {
	fields := map[byte]field{}
	at := 1 // behind the head of the structure
	fail := func(text string) (map[byte]field, error) {
		return nil, format.Errorf(matterFixed+int64(at), "%s", text)
	}
	for {
		if at >= len(b) {
			return fail("the fields have no end")
		}
		kind := b[at]
		if kind == tlvEnd {
			if at != len(b)-1 {
				return fail("bytes follow the fields")
			}
			return fields, nil
		}
		if kind&0xe0 != tlvContext || at+1 >= len(b) {
			return fail("a field without a tag")
		}
		kind &= 0x1f
		tag, width := b[at+1], 1<<(kind&3)
		if kind < tlvUnsigned || kind >= tlvUnsigned+4 && kind < tlvText || kind >= tlvBytes+4 {
			return fail("a field of a type that does not belong here")
		}
		if _, twice := fields[tag]; twice {
			return fail("a field is there twice")
		}
		if len(b)-at-2 < width {
			return fail("the fields end in a number")
		}
		var wide [8]byte
		copy(wide[:], b[at+2:at+2+width])
		f := field{number: binary.LittleEndian.Uint64(wide[:])}
		next := at + 2 + width
		if kind >= tlvText {
			if f.number > uint64(len(b)-next) {
				return fail("a text or bytes are longer than the fields")
			}
			f = field{bytes: b[next : next+int(f.number)]}
			next += len(f.bytes)
		}
		fields[tag], at = f, next
	}
}
