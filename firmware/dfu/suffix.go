// Package dfu reads the files that USB device firmware upgrade is fed with: the
// suffix of the "Universal Serial Bus Device Class Specification for Device
// Firmware Upgrade", version 1.1, appendix B, which stands at the end of a file; the
// "DfuSe" files of STMicroelectronics (UM0391), with targets and elements; and the
// prefixes of TI Stellaris and NXP LPC that dfu-prefix of dfu-util writes.
package dfu

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Suffix is a file with a DFU suffix. The file begins where the place does in
// which it is looked for; the suffix tells that it does.
var Suffix = &format.Format{Name: "dfu", Probe: probeSuffix, Open: openSuffix}

const (
	suffixSize = 16
	suffixMark = "UFD"
	anyID      = 0xffff // of a vendor, a product, a version

	stellarisPrefix = 8
	lpcPrefix       = 16
)

// suffix is the suffix at the end of an input.
type suffix struct {
	device, product, vendor, version uint16
	crc                              uint32
}

func readSuffix(in format.Input) (s suffix, ok bool) {
	raw := in.Peek(in.Size-suffixSize, suffixSize)
	if len(raw) < suffixSize || in.Size == suffixSize || string(raw[8:11]) != suffixMark || raw[11] != suffixSize {
		return s, false
	}
	le := binary.LittleEndian
	s = suffix{le.Uint16(raw), le.Uint16(raw[2:]), le.Uint16(raw[4:]), le.Uint16(raw[6:]), le.Uint32(raw[12:])}
	return s, s.version == 0x0100 || s.version == 0x0101 || s.version == 0x0110 || s.version == 0x011a
}

func probeSuffix(in format.Input) format.Likeness {
	if _, ok := readSuffix(in); ok {
		return format.Sure
	}
	return format.No
}

func openSuffix(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	s, ok := readSuffix(in)
	if !ok {
		return nil, format.Errorf(max(in.Size-suffixSize, 0), "no suffix")
	}
	covered, sum := format.Span{Length: in.Size - 4}, crc32.NewIEEE()
	if err := format.Sum(ctx, sum, in, covered); err != nil {
		return nil, err
	}
	o := &format.Opened{
		Length:     in.Size,
		Attributes: map[string]string{"version": fmt.Sprintf("%x.%02x", s.version>>8, s.version&0xff)},
		Hashes:     []format.Hash{{Name: "file", Algorithm: "crc32", Span: covered, OK: ^sum.Sum32() == s.crc}},
	}
	for name, id := range map[string]uint16{"vendor": s.vendor, "product": s.product, "device": s.device} {
		if id != anyID {
			o.Attributes[name] = fmt.Sprintf("0x%04x", id)
		}
	}
	if !o.Hashes[0].OK && hasLPC(in) { // some tools put the prefix before a file that has its suffix already
		behind := format.Span{Offset: lpcPrefix, Length: covered.Length - lpcPrefix}
		sum.Reset()
		if err := format.Sum(ctx, sum, in, behind); err != nil {
			return nil, err
		}
		if ^sum.Sum32() == s.crc {
			o.Hashes[0].Span, o.Hashes[0].OK = behind, true
		}
	}
	if !o.Hashes[0].OK {
		o.Damage = []format.Damage{{Offset: in.Size - 4, Length: 4, Reason: fmt.Sprintf("checksum differs: %08x, the suffix says %08x", ^sum.Sum32(), s.crc)}}
	}
	o.Parts = []format.Part{content(in, in.Size-suffixSize, o.Attributes)}
	return o, nil
}

// content is what stands in front of the suffix, behind a prefix if there is one.
func content(in format.Input, end int64, attributes map[string]string) format.Part {
	p := format.Part{Length: end, Role: format.Code}
	le := binary.LittleEndian
	if h := in.Head(stellarisPrefix); len(h) == stellarisPrefix && string(h[:2]) == "\x01\x00" && int64(le.Uint32(h[4:])) == end-stellarisPrefix {
		attributes["prefix"] = "stellaris"
		attributes["load"] = fmt.Sprintf("0x%08x", uint32(le.Uint16(h[2:]))*1024)
		p.Offset = stellarisPrefix
	}
	if hasLPC(in) && end > lpcPrefix {
		attributes["prefix"] = "lpc"
		p.Offset = lpcPrefix
	}
	p.Length -= p.Offset
	return p
}

// hasLPC reports the header with which the boot ROM of LPC18xx and LPC43xx takes a
// program that is not encrypted over USB (UM10503, on its boot image header): a mark, the
// length in blocks, and ones where no hash is.
func hasLPC(in format.Input) bool {
	h := in.Head(lpcPrefix)
	return len(h) == lpcPrefix && (string(h[:2]) == "\x1a\x3f" || string(h[:2]) == "\xda\xff" && string(h[4:]) == strings.Repeat("\xff", 12))
}
