package router

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// ImageTag is the tag of 256 bytes that the boot loader CFE of Broadcom's BCM63xx
// looks for: numbers as decimal text, addresses in the flash, and CRC-32s of the
// tag, of the image, of the root file system and of the kernel. It is found by
// what is commonly written into the first signature.
var ImageTag = &format.Format{
	Name: "bcm-imagetag",
	Magics: []format.Magic{
		{Offset: 4, Bytes: "Broadcom Corp"},
		{Offset: 4, Bytes: "OpenWRT BCM9"},
	},
	Anywhere: true,
	Probe:    probeTag,
	Open:     openTag,
}

// ImageTagStart is the same tag with any signature, where an image begins.
var ImageTagStart = &format.Format{
	Name:   "bcm-imagetag",
	Magics: []format.Magic{{Bytes: "5\x00"}, {Bytes: "6\x00"}, {Bytes: "7\x00"}, {Bytes: "8\x00"}},
	Probe:  probeTag,
	Open:   openTag,
}

// tagHeader is the tag; texts end at a zero, sums are big endian.
type tagHeader struct {
	Version              [4]byte
	Maker                [20]byte
	Signature            [14]byte
	Chip                 [6]byte
	Board                [16]byte
	BigEndian            [2]byte
	Total                [10]byte
	CFE, Root, Kernel    tagRun
	Dual, Inactive       [2]byte
	_                    [54]byte // notes of vendors
	_                    [20]byte
	ImageSum             uint32
	RootSum, KernelSum   uint32
	Sequence, RootLength uint32
	HeaderSum            uint32
	_                    [16]byte
}

// tagRun is a component: its address in the flash and its length.
type tagRun struct {
	Address [12]byte
	Length  [10]byte
}

const (
	tagSize   = 256
	tagSummed = 236
	// noFinalXor turns Go's CRC-32 into Broadcom's, which is not inverted at the end.
	noFinalXor = 0xffffffff
)

func readTag(in format.Input) (h tagHeader, ok bool) {
	b := in.Head(tagSummed)
	return h, decode(in, binary.BigEndian, &h) && crc32.ChecksumIEEE(b)^noFinalXor == h.HeaderSum
}

func probeTag(in format.Input) format.Likeness {
	if _, ok := readTag(in); ok {
		return format.Sure
	}
	return format.No
}

func openTag(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readTag(in)
	if !ok {
		return nil, format.Errorf(tagSummed, "header checksum differs")
	}
	total := number(h.Total[:])
	if total <= 0 || total > maxImage {
		return nil, format.Errorf(62, "length of %d bytes", total)
	}
	m := newImage(in, tagSize+total)
	m.Hollow = false
	m.header(0, tagSize)
	for key, value := range map[string][]byte{
		"version": h.Version[:], "vendor": h.Maker[:], "signature": h.Signature[:], "chip": h.Chip[:], "board": h.Board[:],
	} {
		m.say(key, str(value))
	}
	m.say("sequence", fmt.Sprint(h.Sequence))
	parts := tagParts(h)
	if err := tagSums(ctx, m, h, parts); err != nil {
		return nil, err
	}
	for _, p := range parts {
		m.part(p)
	}
	return m.done(), nil
}

// tagParts finds the components: they follow the tag in the order of their
// addresses, the boot loader before the others. Where kernel and root file system
// have one address, the file system follows the kernel.
func tagParts(h tagHeader) []format.Part {
	cfe, root, kernel := number(h.CFE.Length[:]), number(h.Root.Length[:]), number(h.Kernel.Length[:])
	rootAt, kernelAt := number(h.Root.Address[:]), number(h.Kernel.Address[:])
	base := tagSize + cfe
	parts := []format.Part{
		{Name: "cfe", Offset: tagSize, Length: cfe, Role: format.Code},
		{Name: "kernel", Offset: base, Length: kernel, Role: format.Code},
		{Name: "rootfs", Offset: base, Length: root},
	}
	switch {
	case root > 0 && rootAt < kernelAt:
		parts[1].Offset += kernelAt - rootAt
	case root > 0 && kernel > 0 && rootAt == kernelAt:
		parts[2].Offset += kernel
	case kernel > 0:
		parts[2].Offset += rootAt - kernelAt
	}
	return parts
}

// tagSums compares the sums that are there. That of the image is over all that
// follows, or over kernel and root file system alone.
func tagSums(ctx context.Context, m *image, h tagHeader, parts []format.Part) error {
	for i, want := range []uint32{1: h.KernelSum, 2: h.RootSum} {
		p := parts[i]
		if want == 0 || p.Length == 0 {
			continue
		}
		if err := m.compare(ctx, p.Name, "crc32", p.Offset, p.Length, crc32.NewIEEE(), be32(want^noFinalXor)); err != nil {
			return err
		}
	}
	if !m.whole() || h.ImageSum == 0 {
		return nil
	}
	from := tagSize + parts[0].Length
	end := max(parts[1].Offset+parts[1].Length, parts[2].Offset+parts[2].Length)
	for _, run := range [][2]int64{{tagSize, m.Length}, {from, m.Length}, {from, end}} {
		if run[1] > m.Length || run[0] >= run[1] {
			continue
		}
		c := crc32.NewIEEE()
		if err := feed(ctx, m.in, run[0], run[1]-run[0], c); err != nil {
			return err
		}
		if c.Sum32()^noFinalXor == h.ImageSum {
			m.compared("image", "crc32", run[0], run[1]-run[0], true)
			return nil
		}
	}
	m.compared("image", "crc32", tagSize, m.Length-tagSize, false)
	return nil
}

// number reads a decimal number that ends at a zero; -1 if there is none.
func number(b []byte) int64 {
	s, _, _ := bytes.Cut(b, []byte{0})
	n, err := strconv.ParseUint(string(bytes.TrimSpace(s)), 10, 32)
	if err != nil {
		return -1
	}
	return int64(n)
}
