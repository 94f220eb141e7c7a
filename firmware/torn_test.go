package firmware_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// noise is content of which nobody knows what it is.
func noise(n int) []byte {
	b, x := make([]byte, n), uint32(7)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// TestTorn has heads of containers that are cut off, or whose lengths lie: what they
// were is named, at their place.
func TestTorn(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	mcuboot := func(size uint32) []byte {
		h := le.AppendUint32([]byte("\x3d\xb8\xf3\x96"), 0)
		h = append(h, 0, 2, 0, 0)
		h = le.AppendUint32(h, size)
		return append(append(h, make([]byte, 0x200-len(h))...), noise(5000)...)
	}
	vbmeta := make([]byte, 256)
	copy(vbmeta, "AVB0")
	be.PutUint32(vbmeta[4:], 1)
	be.PutUint64(vbmeta[12:], 1<<40)
	matter := append([]byte("\x1e\xf1\xee\x1b"), make([]byte, 12)...)
	le.PutUint64(matter[4:], 3)
	le.PutUint32(matter[12:], 90)
	matter = append(matter, 0x15)
	telink := noise(4000)
	copy(telink[8:], "KNLT")
	le.PutUint32(telink[0x18:], 1<<30)
	esp := make([]byte, 24)
	copy(esp, "\xe9\x01\x02\x20")
	le.PutUint32(esp[4:], 0x40080400)
	esp = le.AppendUint32(le.AppendUint32(esp, 0x40080000), 100_000)
	fit := make([]byte, 40)
	for i, n := range []uint32{0xd00dfeed, 1 << 20, 56, 9000, 40, 17, 16, 0, 100, 5000} {
		be.PutUint32(fit[4*i:], n)
	}
	fit = append(fit, make([]byte, 16)...)
	fit = append(fit, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01images\x00\x00"...)
	for _, c := range []struct {
		kind  string
		image []byte
	}{
		{"mcuboot", mcuboot(0)},
		{"mcuboot", mcuboot(0xfffffff0)},
		{"android-vbmeta", append(vbmeta, noise(2000)...)},
		{"suit", append([]byte("\xd8\x6b\xa2\x02\x5a\x7f\xff\xff\xff"), noise(50)...)},
		{"matter-ota", append(matter, noise(500)...)},
		{"telink", telink},
		{"esp-image", append(esp, noise(1000)...)},
		{"fit", append(fit, noise(3000)...)},
	} {
		img := reference.Open(t, c.image)
		torn := slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool {
			return s.Type == c.kind && s.Sure && s.Offset == 0 && s.Path == img.Name && strings.Contains(s.Reason, c.kind+" cannot be opened: at 0x")
		})
		if !torn {
			t.Errorf("%s: %v", c.kind, img.Skipped)
		}
		elsewhere := reference.Open(t, append(noise(999), c.image...))
		for _, s := range elsewhere.Skipped {
			if s.Type == c.kind {
				t.Errorf("%s behind something else: %v", c.kind, s)
			}
		}
	}
	for name, b := range map[string][]byte{
		"a magic alone":          append([]byte("\x3d\xb8\xf3\x96"), noise(2000)...),
		"another version":        append([]byte("AVB0\x00\x00\x00\x09"), noise(2000)...),
		"a program's first byte": append([]byte("\xe9\x05\x02\x20"), noise(2000)...),
		"a tree without images":  append(slices.Clone(fit[:56]), noise(3000)...),
		"noise":                  noise(3000),
	} {
		if i := slices.IndexFunc(reference.Open(t, b).Skipped, func(s firmware.Skipped) bool { return s.Sure }); i >= 0 {
			t.Errorf("%s: %v", name, reference.Open(t, b).Skipped)
		}
	}
}

// TestBehindBrokenStream has a file system where a stream is cut: the decoder stumbles
// only behind its start.
func TestBehindBrokenStream(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(firmwaretest.Tar(firmwaretest.Text("a", 0o644, fmt.Sprintf("%x", noise(200<<10)))))
	_ = w.Close()
	tree := firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	img := reference.Open(t, slices.Concat(packed.Bytes()[:120<<10], tree))
	if f := reference.Find(t, img, "squashfs!etc/passwd"); f == nil || f.Err != nil {
		t.Errorf("%+v", f)
	}
}
