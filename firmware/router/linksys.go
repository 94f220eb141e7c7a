package router

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// CyberTAN is the header that Linksys devices made by CyberTAN have in front of a
// TRX: a pattern for the device (W54G, W54U, …), the date, the version and "U2ND".
// It has no checksum; a TRX must follow.
var CyberTAN = &format.Format{
	Name:     "cybertan",
	Magics:   []format.Magic{{Offset: 14, Bytes: "U2ND"}},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readCyberTAN(in)) },
	Open:     openCyberTAN,
}

const cyberTANSize = 32

// readCyberTAN gives the header and the TRX.
func readCyberTAN(in format.Input) (length int64, ok bool) {
	b := in.Head(cyberTANSize)
	if len(b) < cyberTANSize || !printable(b[:4]) || b[9] < 1 || b[9] > 12 || b[10] < 1 || b[10] > 31 {
		return 0, false
	}
	t := in.Section(cyberTANSize, in.Size)
	h, ok := readTRX(t)
	return cyberTANSize + int64(h.Length), ok && string(h.Magic[:]) == "HDR0"
}

func openCyberTAN(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	length, ok := readCyberTAN(in)
	if !ok {
		return nil, format.Errorf(0, "no header in front of a TRX")
	}
	b := in.Head(cyberTANSize)
	m := newImage(in, length)
	m.header(0, cyberTANSize)
	m.say("pattern", str(b[:4]))
	m.say("date", fmt.Sprintf("%04d-%02d-%02d", 2000+int(b[8])%100, b[9], b[10]))
	m.say("version", fmt.Sprintf("%d.%d.%d", b[11], b[12], b[13]))
	m.say("hardware", fmt.Sprint(b[18]))
	m.say("flags", fmt.Sprintf("0x%04x", binary.LittleEndian.Uint16(b[20:])))
	return m.done(), nil
}
