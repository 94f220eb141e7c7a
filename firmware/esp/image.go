package esp

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// Image is a program for one of the chips.
var Image = &format.Format{
	Name:     "esp-image",
	Magics:   imageMagics(),
	Anywhere: true,
	Probe:    probeImage,
	Open:     openImage,
	Torn:     tornImage,
}

const (
	magicImage = 0xe9
	magicIROM  = 0xea // in front of an image of the ESP8266, version 2

	headerSize   = 8
	extendedSize = 16 // of the ESP32 family, behind the header
	maxSegments  = 16
	iromSegments = 4 // what version 2 says instead of a number

	checksumSeed = 0xef
	align        = 16
)

// imageMagics are the magic number and each number of segments.
func imageMagics() []format.Magic {
	all := []format.Magic{{Bytes: string([]byte{magicIROM, iromSegments})}}
	for n := range byte(maxSegments) {
		all = append(all, format.Magic{Bytes: string([]byte{magicImage, n + 1})})
	}
	return all
}

// segment is a run of the image and where it is loaded to.
type segment struct {
	at         int64 // of its bytes; its header stands before them
	addr, size uint32
	name       string
}

func (s *segment) end() int64 { return s.at + int64(s.size) }

// holds reports whether an address lies in a segment.
func (s *segment) holds(addr uint32) bool {
	return s.addr != 0 && addr >= s.addr && addr-s.addr < s.size
}

// image is the structure of an image, as far as it makes sense.
type image struct {
	chip           *chip
	version        int // of an image of the ESP8266
	mode, sizeFreq byte
	entry          uint32
	extended       []byte // nil for the ESP8266
	segments       []segment
	summed         int   // from which segment on the checksum counts
	end            int64 // behind the last segment that is whole
	broken         error // why there are not as many as the header says
}

func probeImage(in format.Input) format.Likeness {
	img := parseImage(in)
	switch {
	case img == nil:
		return format.No
	case img.sure():
		return format.Sure
	case img.broken != nil:
		return format.No
	}
	return format.Likely
}

// tornImage is an image of the ESP32 family whose first segment is not all there.
func tornImage(in format.Input) error {
	h := in.Head(headerSize + extendedSize + 8)
	if len(h) < headerSize+extendedSize+8 || h[0] != magicImage || h[23] > 1 {
		return nil
	}
	img := &image{chip: chipOf(le.Uint16(h[12:])), extended: h[headerSize:]}
	if img.chip == nil || !img.header(h) || img.walk(in, headerSize+extendedSize, int(h[1])) || !img.sure() {
		return nil
	}
	if s := img.chip.space(le.Uint32(h[headerSize+extendedSize:]), 1); s == "" || s == "padding" {
		return nil
	}
	return img.broken
}

// parseImage reads the headers of an image, with the layout that suits them.
func parseImage(in format.Input) *image {
	h := in.Head(headerSize + extendedSize)
	if len(h) < headerSize+8 {
		return nil
	}
	if h[0] == magicIROM {
		return parseIROM(in)
	}
	if !plausible(h) {
		return nil
	}
	if img := parseExtended(in, h); img != nil {
		return img
	}
	img := &image{chip: esp8266, version: 1}
	if img.header(h) && img.walk(in, headerSize, int(h[1])) {
		return img
	}
	return nil
}

// parseExtended reads an image of the ESP32 family.
func parseExtended(in format.Input, h []byte) *image {
	if len(h) < headerSize+extendedSize || h[23] > 1 {
		return nil
	}
	img := &image{chip: chipOf(le.Uint16(h[12:])), extended: h[headerSize:]}
	if img.chip == nil || !img.header(h) || !img.walk(in, headerSize+extendedSize, int(h[1])) {
		return nil
	}
	return img
}

// parseIROM reads an image of the ESP8266 of version 2: the program that stays in
// the flash has a header of its own in front of the others.
func parseIROM(in format.Input) *image {
	h := in.Head(headerSize + 8)
	size := le.Uint32(h[12:])
	next := int64(headerSize+8) + int64(size)
	if h[1] != iromSegments || le.Uint32(h[8:]) != 0 || size == 0 || size%align != 0 || size > esp8266.spaces[2].end-esp8266.spaces[2].start {
		return nil
	}
	second := in.Peek(next, headerSize)
	img := &image{chip: esp8266, version: 2, summed: 1}
	if len(second) < headerSize || second[0] != magicImage || !img.header(second) {
		return nil
	}
	img.segments = []segment{{at: headerSize + 8, size: size, name: "irom"}}
	if !img.walk(in, next+headerSize, int(second[1])) {
		return nil
	}
	return img
}

// plausible reports whether the number of segments and the mode of the flash are such
// as there are.
func plausible(h []byte) bool {
	return h[1] >= 1 && h[1] <= maxSegments && int(h[2]) < len(flashModes)
}

// header takes the first eight bytes.
func (img *image) header(h []byte) bool {
	img.mode, img.sizeFreq, img.entry = h[2], h[3], le.Uint32(h[4:])
	return plausible(h)
}

// walk reads the headers of n segments. It is false if the first of them makes
// no sense; those behind it may be broken.
func (img *image) walk(in format.Input, at int64, n int) bool {
	img.end = at
	for i := range n {
		s, err := img.segment(in, at, i)
		if err != nil {
			img.broken = err
			return i > 0
		}
		img.segments = append(img.segments, s)
		at = s.end()
		img.end = at
	}
	return true
}

func (img *image) segment(in format.Input, at int64, i int) (segment, error) {
	h := in.Peek(at, 8)
	if len(h) < 8 {
		return segment{}, format.Errorf(at, "header of segment %d is cut off", i)
	}
	s := segment{at: at + 8, addr: le.Uint32(h), size: le.Uint32(h[4:])}
	space := img.chip.space(s.addr, s.size)
	switch {
	case space == "":
		return s, format.Errorf(at, "segment %d of %d bytes for 0x%08x, where the %s has no memory", i, s.size, s.addr, img.chip.name)
	case s.end() > in.Size:
		return s, format.Errorf(at, "segment %d of %d bytes, but only %d follow", i, s.size, in.Size-s.at)
	}
	s.name = fmt.Sprintf("%s-0x%08x", space, s.addr)
	if space == "padding" {
		s.name = fmt.Sprintf("padding-%d", i)
	}
	if slices.ContainsFunc(img.segments, func(o segment) bool { return o.name == s.name }) {
		s.name += "-segment-" + strconv.Itoa(i)
	}
	return s, nil
}

// sure reports whether the program begins in one of the segments. If they are
// not all there, it is enough that it begins in the memory of the chip and that
// what is not used in the longer header is empty.
func (img *image) sure() bool {
	return slices.ContainsFunc(img.segments, func(s segment) bool { return s.holds(img.entry) }) ||
		img.broken != nil && img.extended != nil && le.Uint32(img.extended[11:]) == 0 && img.entry != 0 && img.chip.space(img.entry, 4) != ""
}

func openImage(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	img := parseImage(in)
	if img == nil {
		return nil, format.Errorf(0, "no header of an image")
	}
	o := &format.Opened{Attributes: map[string]string{}, Length: img.end}
	img.describe(o.Attributes)
	img.overlaps(o)
	for _, s := range img.segments {
		if s.size > 0 {
			o.Parts = append(o.Parts, format.Part{Name: s.name, Offset: s.at, Length: int64(s.size), Role: format.Flat})
		}
	}
	if img.broken != nil {
		if !img.sure() {
			return nil, img.broken
		}
		o.Damage = append(o.Damage, format.Damage{Offset: img.end, Reason: img.broken.Error()})
		return o, nil
	}
	if err := img.verify(ctx, in, o); err != nil {
		return nil, err
	}
	describeProgram(in, img, o.Attributes)
	return o, sign(ctx, in, o)
}

// verify compares the checksum and the digest, which also tell where the image
// ends.
func (img *image) verify(ctx context.Context, in format.Input, o *format.Opened) error {
	at := img.end | (align - 1)
	o.Length = min(at+1, in.Size)
	tail := in.Peek(img.end, int(at-img.end)+1)
	if int64(len(tail)) < at-img.end+1 {
		if !img.sure() {
			return format.Errorf(img.end, "the checksum is cut off")
		}
		o.Damage = append(o.Damage, format.Damage{Offset: img.end, Reason: format.Errorf(img.end, "the checksum is cut off").Error()})
		return nil
	}
	sum, err := img.checksum(ctx, in)
	if err != nil {
		return err
	}
	if stored := tail[len(tail)-1]; sum != stored {
		err := format.Errorf(at, "checksum differs: the segments give %02x, the image says %02x", sum, stored)
		if !img.sure() {
			return err
		}
		first := img.segments[img.summed].at
		o.Damage = append(o.Damage, format.Damage{Offset: first, Length: img.end - first, Reason: err.Error()})
	}
	if img.version == 2 {
		img.crc(in, o)
	}
	return img.digest(ctx, in, o)
}

// checksum is the XOR of the bytes of the segments.
func (img *image) checksum(ctx context.Context, in format.Input) (byte, error) {
	sum := byte(checksumSeed)
	for _, s := range img.segments[img.summed:] {
		err := pieces(ctx, in, s.at, s.end(), func(b []byte) { sum ^= xor(b) })
		if err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// xor is the XOR of bytes, eight at a time.
func xor(b []byte) (sum byte) {
	wide := uint64(0)
	for ; len(b) >= 8; b = b[8:] {
		wide ^= le.Uint64(b)
	}
	for _, c := range b {
		sum ^= c
	}
	for ; wide > 0; wide >>= 8 {
		sum ^= byte(wide)
	}
	return sum
}

// digest compares the SHA-256 that may follow the checksum.
func (img *image) digest(ctx context.Context, in format.Input, o *format.Opened) error {
	if img.extended == nil || img.extended[15] == 0 {
		return nil
	}
	at := o.Length
	hash := format.Hash{Name: "image", Algorithm: "sha256", Span: format.Span{Length: at}}
	stored := in.Peek(at, sha256.Size)
	if len(stored) < sha256.Size {
		hash.Problem = "the digest is cut off"
		o.Length = in.Size
	} else {
		o.Length += sha256.Size
		sum, err := digest(ctx, in, at)
		if err != nil {
			return err
		}
		hash.OK = bytes.Equal(sum, stored)
	}
	o.Hashes = append(o.Hashes, hash)
	if !hash.OK {
		o.Damage = append(o.Damage, format.Damage{
			Offset: at, Length: o.Length - at,
			Reason: cmp.Or(hash.Problem, "the SHA-256 of the image differs: it was changed after it was built, if only in how the flash is read"),
		})
	}
	return nil
}

// digest is the SHA-256 of the first bytes.
func digest(ctx context.Context, in format.Input, n int64) ([]byte, error) {
	sum := sha256.New()
	err := pieces(ctx, in, 0, n, func(b []byte) { _, _ = sum.Write(b) })
	return sum.Sum(nil), err
}

// pieces gives a run of bytes, a bit at a time.
func pieces(ctx context.Context, in format.Input, from, to int64, f func([]byte)) error {
	const step = 64 << 10
	for at := from; at < to; at += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := in.Bytes(at, min(step, to-at))
		if err != nil {
			return err
		}
		f(b)
	}
	return nil
}

// overlaps says which segments are loaded over others.
func (img *image) overlaps(o *format.Opened) {
	for i, s := range img.segments {
		for _, before := range img.segments[:i] {
			if s.addr == 0 || s.size == 0 || before.addr == 0 || before.size == 0 {
				continue
			}
			if s.addr-before.addr < before.size || before.addr-s.addr < s.size {
				o.Damage = append(o.Damage, format.Damage{Offset: s.at - 8, Reason: fmt.Sprintf("segment %s overlaps segment %s", s.name, before.name)})
			}
		}
	}
}

// crc compares the CRC that may follow an image of version 2.
func (img *image) crc(in format.Input, o *format.Opened) {
	at := o.Length
	stored := in.Peek(at, 4)
	if len(stored) < 4 || erased(stored) {
		return
	}
	if whole, err := in.Bytes(0, at); err == nil && le.Uint32(stored) == crc8266(whole) {
		o.Length += 4
		o.Hashes = append(o.Hashes, format.Hash{Name: "image", Algorithm: "crc32", Span: format.Span{Length: at}, OK: true})
	}
}
