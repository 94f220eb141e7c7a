package ota

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// Telink is the program of a Telink microcontroller as it lies in flash. Its header
// stands in the table of vectors, as the start-up code of Telink's SDKs has it; at
// its end is a CRC. Newer chips have the mark at another place.
var Telink = &format.Format{
	Name:     telinkName,
	Magics:   []format.Magic{{Offset: telinkMark, Bytes: "KNLT"}, {Offset: telinkMarkNew, Bytes: "KNLT"}},
	Anywhere: true,
	Probe:    probeTelink,
	Open:     openTelink,
	Torn:     tornTelink,
}

const (
	telinkName    = "telink"
	telinkMark    = 0x08
	telinkMarkNew = 0x20 // of the chips with RISC-V
	telinkSize    = 0x18 // where the size stands
	telinkHeader  = 0x24
	minTelink     = 256
	maxTelink     = 16 << 20
)

// telinkHead reads the size of the program and whether it is of a newer chip.
func telinkHead(in format.Input) (raw []byte, size int64, newer, ok bool) {
	raw = in.Head(telinkHeader)
	if len(raw) < telinkHeader {
		return nil, 0, false, false
	}
	size = int64(binary.LittleEndian.Uint32(raw[telinkSize:]))
	newer = string(raw[telinkMark:telinkMark+4]) != "KNLT"
	return raw, size, newer, size >= minTelink && size <= maxTelink && size%4 == 0 && size <= in.Size
}

func probeTelink(in format.Input) format.Likeness {
	if _, _, _, ok := telinkHead(in); ok {
		return format.Likely
	}
	return format.No
}

// tornTelink is a program whose size cannot be.
func tornTelink(in format.Input) error {
	raw, size, _, ok := telinkHead(in)
	if ok || raw == nil {
		return nil
	}
	return format.Errorf(telinkSize, "a program of %d bytes, and %d are there", size, in.Size)
}

func openTelink(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	raw, size, newer, ok := telinkHead(in)
	if !ok {
		return nil, format.Errorf(telinkSize, "the size is none of a program")
	}
	o := &format.Opened{Length: size, Attributes: map[string]string{"core": "tc32"}}
	le := binary.LittleEndian
	switch {
	case newer:
		o.Attributes["core"] = "riscv"
	case le.Uint16(raw[6:]) == 0x025d: // the Zigbee SDK says who made what
		o.Attributes["file-version"] = fmt.Sprintf("0x%08x", le.Uint32(raw[2:]))
		o.Attributes["manufacturer"] = fmt.Sprintf("0x%04x", le.Uint16(raw[0x12:]))
		o.Attributes["image-type"] = fmt.Sprintf("0x%04x", le.Uint16(raw[0x14:]))
	}
	covered := format.Span{Length: size - 4}
	sum := crc32.NewIEEE()
	if err := format.Sum(ctx, sum, in, covered); err != nil {
		return nil, err
	}
	end, err := in.Bytes(size-4, 4)
	if err != nil {
		return nil, err
	}
	h := format.Hash{Name: "image", Algorithm: "crc32", Span: covered, OK: ^sum.Sum32() == le.Uint32(end)}
	role := format.Flat
	if !h.OK {
		if o.Attributes["manufacturer"] == "" {
			return nil, format.Errorf(size-4, "checksum differs")
		}
		o.Damage = []format.Damage{{Offset: size - 4, Length: 4, Reason: fmt.Sprintf("checksum differs: %08x, the end says %08x", ^sum.Sum32(), le.Uint32(end))}}
		role = format.Code
	}
	o.Hashes = []format.Hash{h}
	o.Parts = []format.Part{{Offset: telinkHeader, Length: size - 4 - telinkHeader, Role: role}}
	return o, nil
}
