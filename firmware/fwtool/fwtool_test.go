package fwtool_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/fwtool"
)

const (
	signature, info = 0, 1

	metadata = `{"metadata_version":"1.1","supported_devices":["vendor,board"]}`
	signed   = "untrusted comment: signed by key 1234\nRWQabc\n"
)

// appendTo appends data to an image as fwtool does.
func appendTo(image []byte, kind byte, data string) []byte {
	size := len(data) + 16
	if kind == info {
		image, size = append(image, make([]byte, 8)...), size+8
	}
	image = append(image, data...)
	sum := ^crc32.ChecksumIEEE(image)
	image = binary.BigEndian.AppendUint32(append(image, "FWx0"...), sum)
	return binary.BigEndian.AppendUint32(append(image, kind, 0, 0, 0), uint32(size))
}

// image is a file system with padding, a description and a signature.
func image() (b []byte, front int) {
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"))
	root = append(root, make([]byte, 5000)...)
	return appendTo(appendTo(slices.Clone(root), info, metadata), signature, signed), len(root)
}

func TestImage(t *testing.T) {
	b, front := image()
	img := reference.Open(t, b)
	k := img.Containers[len(img.Containers)-1]
	if k.Path != "image.bin!fwtool" || k.Offset != int64(front) || k.Length != int64(len(b)-front) || k.Attributes["checksum"] != "verified" {
		t.Errorf("%s at %d, %d bytes, %v", k.Path, k.Offset, k.Length, k.Attributes)
	}
	for name, want := range map[string]string{"!fwtool!metadata.json": metadata, "!fwtool!signature": signed, "!etc/hostname": "device\n"} {
		if got, err := reference.Find(t, img, name).ReadFile(); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if len(img.Skipped) > 0 {
		t.Errorf("skipped %v", img.Skipped)
	}
}

// TestChecksum changes a byte of the image, which only the trailer's checksum
// tells.
func TestChecksum(t *testing.T) {
	b, front := image()
	b[front-9] ^= 1
	img := reference.Open(t, b)
	n := 0
	for _, s := range img.Skipped {
		if s.Path == "image.bin!fwtool" && strings.Contains(s.Reason, "the checksum of the image") {
			n++
		}
	}
	if n != 2 {
		t.Errorf("skipped %v", img.Skipped)
	}
	reference.Find(t, img, "!fwtool!metadata.json")
}

// TestTar appends a description to an archive for sysupgrade.
func TestTar(t *testing.T) {
	tar := firmwaretest.Tar(
		firmwaretest.Text("sysupgrade-vendor_board/CONTROL", 0o644, "BOARD=vendor_board\n"),
		firmwaretest.Binary("sysupgrade-vendor_board/kernel", 0o644, firmwaretest.UImage("Linux", firmwaretest.Kernel("5.10", 9000), firmwaretest.UImageHeader{OS: 5, Type: 2})),
		firmwaretest.Binary("sysupgrade-vendor_board/root", 0o644, firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"))),
	)
	img := reference.Open(t, appendTo(tar, info, metadata))
	if got := img.Containers[0].Attributes["sysupgrade"]; got != "vendor_board" {
		t.Errorf("%s is for the board %q", img.Containers[0].Path, got)
	}
	for _, path := range []string{"image.bin!tar!sysupgrade-vendor_board/root!squashfs!etc/hostname", "image.bin!tar!sysupgrade-vendor_board/kernel!uimage!kernel", "image.bin!fwtool!metadata.json"} {
		reference.Find(t, img, path)
	}
}

// TestRefused has trailers that are none.
func TestRefused(t *testing.T) {
	whole := appendTo(nil, info, metadata)
	set := func(at int, v byte) []byte {
		b := bytes.Clone(whole)
		b[len(b)-16+at] = v
		return b
	}
	for name, b := range map[string][]byte{
		"another kind":      set(8, 2),
		"something in rest": set(10, 1),
		"too long":          set(13, 1),
		"longer than it is": set(15, 255),
		"no data":           set(15, 16),
		"no description":    set(15, 24),
		"the magic alone":   []byte("FWx0"),
	} {
		at := int64(bytes.Index(b, []byte("FWx0")))
		if s := fwtool.Format.Start(format.InMemory(b), at); s == 0 {
			t.Errorf("%s is taken for a trailer", name)
		}
		if fwtool.Format.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s is probed as a trailer", name)
		}
	}
}

// TestMany has more trailers than are followed, and each only once.
func TestMany(t *testing.T) {
	var b []byte
	for range 2000 {
		b = appendTo(b, signature, "x")
	}
	img := reference.Open(t, b)
	if len(img.Files) > 10 {
		t.Errorf("%d files", len(img.Files))
	}
}

func seeds() [][]byte {
	return [][]byte{appendTo(nil, info, metadata), appendTo(appendTo(nil, info, metadata), signature, signed)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, fwtool.Format, seeds()...) }

func FuzzFwtool(f *testing.F) { formattest.Fuzz(f, fwtool.Format, seeds()...) }

func FuzzStart(f *testing.F) {
	for _, s := range seeds() {
		f.Add(append([]byte("front"), s...), uint16(len(s)+5-16))
	}
	f.Fuzz(func(t *testing.T, b []byte, at uint16) {
		in := format.InMemory(b)
		s := fwtool.Format.Start(in, int64(at))
		if s < 0 {
			return
		}
		if s > int64(at) || fwtool.Format.Probe(in.Section(s, in.Size-s)) == format.No {
			t.Errorf("start 0x%x of a trailer at 0x%x", s, at)
		}
	})
}
