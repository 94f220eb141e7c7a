package router

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// TPLink is the header of 512 bytes of TP-Link's routers, versions 1, 2 and 3. An
// MD5 over the file, with a fixed key in the place of the digest, guards it. The
// makers and the versions are those that are looked for at every byte.
var TPLink = &format.Format{
	Name: "tplink",
	Magics: []format.Magic{
		{Bytes: "\x01\x00\x00\x00TP-LINK Tech"},
		{Bytes: "\x01\x00\x00\x00OpenWrt"},
		{Bytes: "\x02\x00\x00\x00ver. "},
		{Bytes: "\x03\x00\x00\x00ver. "},
	},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readTPLink(in)) },
	Open:     openTPLink,
}

// TPLinkStart is the same header with any maker's name, where an image begins.
var TPLinkStart = &format.Format{
	Name:   "tplink",
	Magics: []format.Magic{{Bytes: "\x01\x00\x00\x00"}, {Bytes: "\x02\x00\x00\x00"}, {Bytes: "\x03\x00\x00\x00"}},
	Probe:  TPLink.Probe,
	Open:   openTPLink,
}

const tplinkSize = 512

// tplinkRest is what both kinds of header have from the digest on; numbers are
// big endian.
type tplinkRest struct {
	Digest             [md5.Size]byte
	_                  [4]byte
	Digest2            [md5.Size]byte // of what, is not known; not compared
	_                  [4]byte
	Load, Entry        uint32
	Size               uint32 // of the image when it is not cut short
	Kernel, Root, Boot tplinkRun
}

type tplinkRun struct{ Offset, Length uint32 }

// tplinkHeader is the header as both versions have it.
type tplinkHeader struct {
	tplinkRest
	version         byte
	vendor, release []byte
	hardware        []uint32
	digest          int64 // where the digest stands
	keys            [2]string
}

// The keys stand in the place of the digest while it is computed: the first
// without, the second with a boot loader in the image.
var (
	tplinkKeys1 = [2]string{
		"\xdc\xd7\x3a\xa5\xc3\x95\x98\xfb\xdd\xf9\xe7\xf4\x0e\xae\x47\x38",
		"\x8c\xef\x33\x5b\xd5\xc5\xce\xfa\xa7\x9c\x28\xda\xb2\xe9\x0f\x42",
	}
	tplinkKeys2 = [2]string{
		"\xdc\xd7\x3a\xa5\xc3\x95\x98\xfb\xdc\xf9\xe7\xf4\x0e\xae\x47\x37",
		"\x8c\xef\x33\x5f\xd5\xc5\xce\xfa\xac\x9c\x28\xda\xb2\xe9\x0f\x42",
	}
)

func readTPLink(in format.Input) (h tplinkHeader, ok bool) {
	b := in.Head(tplinkSize)
	if len(b) < tplinkSize {
		return h, false
	}
	h.version = b[0]
	switch h.version {
	case 1:
		h.vendor, h.release, h.digest, h.keys = b[4:28], b[28:64], 0x4c, tplinkKeys1
	case 2, 3:
		h.release, h.digest, h.keys = b[4:52], 0x40, tplinkKeys2
	default:
		return h, false
	}
	if _, err := binary.Decode(b[h.digest:], binary.BigEndian, &h.tplinkRest); err != nil {
		return h, false
	}
	for at := h.digest - 12; at < h.digest; at += 4 {
		h.hardware = append(h.hardware, binary.BigEndian.Uint32(b[at:]))
	}
	return h, h.plausible()
}

func (h *tplinkHeader) plausible() bool {
	release, _, _ := bytes.Cut(h.release, []byte{0})
	return len(release) > 0 && printable(release) && (h.vendor == nil || field(h.vendor)) &&
		h.hardware[0] != 0 && h.Size > tplinkSize && h.Size <= maxImage &&
		h.Kernel.Length > 0 && h.Kernel.Length < h.Size && h.Kernel.Offset < h.Size
}

func openTPLink(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readTPLink(in)
	if !ok {
		return nil, format.Errorf(0, "no TP-Link header")
	}
	length, verified, err := h.length(ctx, in)
	if err != nil {
		return nil, err
	}
	m := newImage(in, length)
	m.compared("image", "md5 with a key", 0, m.Length, verified)
	m.header(0, tplinkSize)
	m.say("version", fmt.Sprint(h.version))
	m.say("vendor", str(h.vendor))
	m.say("release", str(h.release))
	m.say("hardware", hex32(h.hardware[0]))
	m.say("hardware-revision", fmt.Sprint(h.hardware[1]))
	m.say("load", hex32(h.Load))
	m.say("entry", hex32(h.Entry))
	if h.Boot.Length > 0 {
		// The other places are those in the flash: after the boot loader, the header
		// stands again, and they begin there.
		off := max(h.Boot.Offset, tplinkSize)
		m.part(format.Part{Name: "bootloader", Offset: int64(off), Length: int64(h.Boot.Length), Role: format.Code})
		return m.done(), nil
	}
	m.part(format.Part{Name: "kernel", Offset: int64(h.Kernel.Offset), Length: int64(h.Kernel.Length), Role: format.Code})
	m.part(format.Part{Name: "rootfs", Offset: int64(h.Root.Offset), Length: int64(h.Root.Length)})
	return m.done(), nil
}

// length finds how long the image is by its digest: as long as the header says,
// to the end of the last part, or to the end of the input, since tools leave out
// padding at the end.
func (h *tplinkHeader) length(ctx context.Context, in format.Input) (n int64, verified bool, err error) {
	ends := []int64{
		int64(h.Size), in.Size,
		int64(h.Kernel.Offset) + int64(h.Kernel.Length),
		int64(h.Root.Offset) + int64(h.Root.Length),
	}
	slices.Sort(ends)
	key := h.keys[0]
	if h.Boot.Length > 0 {
		key = h.keys[1]
	}
	d := md5.New()
	_, _ = d.Write(in.Head(int(h.digest)))
	_, _ = d.Write([]byte(key))
	at := h.digest + md5.Size
	for _, end := range ends {
		if end < tplinkSize || end > in.Size {
			continue
		}
		if err := feed(ctx, in, at, end-at, d); err != nil {
			return 0, false, err
		}
		if at = end; string(d.Sum(nil)) == string(h.Digest[:]) {
			return end, true, nil
		}
	}
	return min(int64(h.Size), in.Size), false, nil
}
