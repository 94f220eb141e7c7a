package router

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// CHK is Netgear's header with checksums of itself, of the kernel, of the root
// file system and of both, and the name of the board. The kernel is often a TRX
// that holds everything.
var CHK = &format.Format{
	Name:     "chk",
	Magics:   []format.Magic{{Bytes: "*#$^"}},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		if _, ok := readCHK(in); ok {
			return format.Sure
		}
		return format.No
	},
	Open: openCHK,
}

// chkHeader is the header; numbers are big endian. The board's name follows.
type chkHeader struct {
	Magic                [4]byte
	Size                 uint32 // of the header
	Version              [8]byte
	KernelSum, RootSum   uint32
	KernelSize, RootSize uint32
	ImageSum, HeaderSum  uint32
}

const (
	chkFixed    = 40
	chkBoard    = 64 // the longest name of a board
	chkSumField = 36
)

func readCHK(in format.Input) (h chkHeader, ok bool) {
	if !decode(in, binary.BigEndian, &h) || h.Size < chkFixed || h.Size > chkFixed+chkBoard {
		return h, false
	}
	b := in.Head(int(h.Size))
	if len(b) < int(h.Size) {
		return h, false
	}
	var s netgearSum
	_, _ = s.Write(b[:chkSumField])
	_, _ = s.Write(make([]byte, 4))
	_, _ = s.Write(b[chkFixed:])
	return h, s.value() == h.HeaderSum && int64(h.KernelSize)+int64(h.RootSize) <= maxImage
}

func openCHK(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readCHK(in)
	if !ok {
		return nil, format.Errorf(chkSumField, "header checksum differs")
	}
	size, kernel, root := int64(h.Size), int64(h.KernelSize), int64(h.RootSize)
	m := newImage(in, size+kernel+root)
	m.Hollow = false
	m.header(0, size)
	m.say("board", str(in.Head(int(size))[chkFixed:]))
	m.say("region", chkRegion(h.Version[0]))
	m.say("version", fmt.Sprintf("%d.%d.%d.%d_%d.%d.%d", h.Version[1], h.Version[2], h.Version[3], h.Version[4], h.Version[5], h.Version[6], h.Version[7]))
	for _, c := range []struct {
		name   string
		off, n int64
		want   uint32
	}{
		{"kernel", size, kernel, h.KernelSum},
		{"rootfs", size + kernel, root, h.RootSum},
		{"image", size, kernel + root, h.ImageSum},
	} {
		if c.n == 0 {
			continue
		}
		if err := m.compare(ctx, c.name, "netgear", c.off, c.n, new(netgearSum), be32(c.want)); err != nil {
			return nil, err
		}
	}
	p := format.Part{Name: "kernel", Offset: size, Length: kernel, Role: format.Code}
	if string(in.Peek(size, 4)) == "HDR0" {
		p.Role = format.Unknown // more than a kernel
	}
	m.part(p)
	m.part(format.Part{Name: "rootfs", Offset: size + kernel, Length: root})
	return m.done(), nil
}

func chkRegion(n byte) string {
	switch n {
	case 1:
		return "world"
	case 2:
		return "North America"
	}
	return fmt.Sprint(n)
}

// netgearSum is Netgear's checksum: two sums as in Fletcher's, each folded to 16
// bits at the end.
type netgearSum struct{ low, high uint32 }

func (s *netgearSum) Write(b []byte) (int, error) {
	low, high := s.low, s.high
	for _, c := range b {
		low += uint32(c)
		high += low
	}
	s.low, s.high = low, high
	return len(b), nil
}

func (s *netgearSum) value() uint32 { return fold(s.high)<<16 | fold(s.low) }

func (s *netgearSum) Sum(b []byte) []byte { return binary.BigEndian.AppendUint32(b, s.value()) }

func fold(v uint32) uint32 {
	v = v&0xffff + v>>16
	return (v + v>>16) & 0xffff
}
