package router

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// TRX is the header of Broadcom's routers: the CRC-32 of all that follows it, and
// the places of three partitions in version 1, of four in version 2. The fourth
// is a header for the boot loader, some bytes of which change as the image is
// tried; they count as 0xff.
var TRX = &format.Format{
	Name:     "trx",
	Magics:   []format.Magic{{Bytes: "HDR0"}},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readTRX(in)) },
	Open:     openTRX,
}

// trxHeader is the header; numbers are little endian. The fourth offset belongs
// to version 2 only.
type trxHeader struct {
	Magic          [4]byte
	Length, CRC    uint32
	Flags, Version uint16
	Offsets        [4]uint32
}

const (
	trxSize1, trxSize2 = 28, 32
	trxSummed          = 12 // from here on to the end
	binHeader          = 32 // size of the boot loader's header
	binTries, binTried = 22, 8
)

func readTRX(in format.Input) (h trxHeader, ok bool) {
	if !decode(in, binary.LittleEndian, &h) {
		return h, false
	}
	first := h.Offsets[0]
	if h.Version == 1 {
		h.Offsets[3] = 0
	}
	return h, (h.Version == 1 || h.Version == 2) && h.Length <= maxImage &&
		int64(first) >= h.size() && first < h.Length && h.Offsets[0]&3 == 0
}

func (h *trxHeader) size() int64 {
	if h.Version == 2 {
		return trxSize2
	}
	return trxSize1
}

// likely is the answer for a header whose checksum is not looked at yet.
func likely[T any](_ T, ok bool) format.Likeness {
	if ok {
		return format.Likely
	}
	return format.No
}

func openTRX(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readTRX(in)
	if !ok {
		return nil, format.Errorf(0, "no TRX header")
	}
	m := newImage(in, int64(h.Length))
	m.say("version", strconv.Itoa(int(h.Version)))
	m.say("flags", "0x"+strconv.FormatInt(int64(h.Flags), 16))
	m.header(0, h.size())
	if m.whole() {
		if err := sumTRX(ctx, m, h); err != nil {
			return nil, err
		}
	}
	end := m.Length - m.asusTail()
	for i, name := range trxNames(h) {
		off := int64(h.Offsets[i])
		if off == 0 {
			continue
		}
		p := format.Part{Name: name, Offset: off, Length: max(trxEnd(h, off, end)-off, 1)}
		if name == "loader" || name == "kernel" {
			p.Role = format.Code
		}
		m.part(p)
	}
	return m.done(), nil
}

// trxNames tells what the partitions are for, as the kernel's parser does: with
// three of them, the first is a loader.
func trxNames(h trxHeader) []string {
	if h.Offsets[2] != 0 {
		return []string{"loader", "kernel", "rootfs", "bin-header"}
	}
	return []string{"kernel", "rootfs", "", "bin-header"}
}

// trxEnd is where the partition at off ends: where the next one begins.
func trxEnd(h trxHeader, off, end int64) int64 {
	for _, o := range h.Offsets {
		if int64(o) > off {
			end = min(end, int64(o))
		}
	}
	return end
}

func sumTRX(ctx context.Context, m *image, h trxHeader) error {
	c := crc32.NewIEEE()
	if err := feed(ctx, m.in, trxSummed, m.Length-trxSummed, c); err != nil {
		return err
	}
	ok := ^c.Sum32() == h.CRC
	if at := int64(h.Offsets[3]); !ok && at >= trxSize2 && at+binHeader <= m.Length {
		c.Reset()
		tries := at + binTries
		if err := feed(ctx, m.in, trxSummed, tries-trxSummed, c); err != nil {
			return err
		}
		_, _ = c.Write([]byte("\xff\xff\xff\xff\xff\xff\xff\xff"))
		if err := feed(ctx, m.in, tries+binTried, m.Length-tries-binTried, c); err != nil {
			return err
		}
		ok = ^c.Sum32() == h.CRC
	}
	m.compared("image", "crc32", trxSummed, m.Length-trxSummed, ok)
	return nil
}
