package zimage_test

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/zimage"
)

var le = binary.LittleEndian

// arm puts a zImage around a compressed kernel.
func arm(payload []byte) []byte {
	b := bytes.Repeat([]byte{0, 0, 0xa0, 0xe1}, 8<<10)
	le.PutUint32(b[36:], 0x016f2818)
	le.PutUint32(b[40:], 0)
	b = append(b, payload...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	le.PutUint32(b[44:], uint32(len(b)))
	return b
}

// x86 puts a bzImage around it.
func x86(payload []byte) []byte {
	b := make([]byte, 2*512+16384)
	b[0x1f1] = 1
	b[0x1fe], b[0x1ff] = 0x55, 0xaa
	copy(b[0x202:], "HdrS")
	le.PutUint16(b[0x206:], 0x20f)
	le.PutUint16(b[0x20e:], 0x100)
	copy(b[0x300:], "6.1.0-test (root@host) #1 SMP\x00")
	le.PutUint32(b[0x248:], 16384)
	le.PutUint32(b[0x24c:], uint32(len(payload)))
	b = append(b, payload...)
	for len(b)%16 != 0 {
		b = append(b, 0)
	}
	le.PutUint32(b[0x1f4:], uint32(len(b)-1024)/16)
	return b
}

// pe writes a PE header with one section that ends with the image.
func pe(b []byte, at int) {
	copy(b, "MZ")
	le.PutUint32(b[60:], uint32(at))
	copy(b[at:], "PE\x00\x00")
	le.PutUint16(b[at+6:], 1)
	le.PutUint16(b[at+20:], 160)
	section := b[at+24+160:]
	le.PutUint32(section[16:], uint32(len(b)-4096))
	le.PutUint32(section[20:], 4096)
}

// zboot puts an EFI program around it.
func zboot(payload []byte) []byte {
	b := slices.Concat(make([]byte, 8192), payload, make([]byte, 512))
	pe(b, 128)
	copy(b, "MZ\x00\x00zimg")
	le.PutUint32(b[8:], 8192)
	le.PutUint32(b[12:], uint32(len(payload)))
	copy(b[24:], "gzip")
	return b
}

// arm64 makes a plain kernel out of a program.
func arm64(program []byte, efi bool) []byte {
	b := slices.Concat(make([]byte, 4096), program)
	copy(b[56:], "ARM\x64")
	le.PutUint64(b[16:], uint64(len(b)+1<<20)) // with memory that is not in the file
	le.PutUint64(b[24:], 0xa)
	if efi {
		pe(b, 64)
	}
	return b
}

func seeds() map[string][]byte {
	kernel := firmwaretest.Gzip("", firmwaretest.Kernel("5.10.1", 40_000))
	return map[string][]byte{
		"zimage": arm(kernel), "bzimage": x86(kernel), "zboot": zboot(kernel), "image": arm64(firmwaretest.Kernel("5.10.1", 40_000), true),
	}
}

func TestMutated(t *testing.T) {
	for name, seed := range seeds() {
		t.Run(name, func(t *testing.T) { formattest.Mutate(t, formats[name], seed) })
	}
}

var formats = map[string]*format.Format{"zimage": zimage.Format, "bzimage": zimage.BzImage, "zboot": zimage.ZBoot, "image": zimage.Image}

func FuzzZImage(f *testing.F)  { formattest.Fuzz(f, zimage.Format, seeds()["zimage"]) }
func FuzzBzImage(f *testing.F) { formattest.Fuzz(f, zimage.BzImage, seeds()["bzimage"]) }
func FuzzZBoot(f *testing.F)   { formattest.Fuzz(f, zimage.ZBoot, seeds()["zboot"]) }
func FuzzImage(f *testing.F)   { formattest.Fuzz(f, zimage.Image, seeds()["image"]) }

// packers are what a kernel is compressed with, as the kernel's Makefile does it:
// most are followed by the length.
var packers = map[string]string{
	"gzip": "gzip -n -9 -c", "xz": "xz --check=crc32 --arm --lzma2 -c", "lzma": "lzma -9 -c", "lzop": "lzop -9 -c", "lz4": "lz4 -l -9 -c -q -", "zstd": "", "bzip2": "bzip2 -9 -c",
}

func pack(t *testing.T, command string, data []byte) []byte {
	if command == "" {
		w, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		return w.EncodeAll(data, nil)
	}
	args := strings.Fields(command)
	cmd := exec.Command(reference.Need(t, args[0]), args[1:]...)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("%s: %v", command, err)
	}
	return out
}

// program is a kernel with what kernels have: a configuration, and a small root
// file system.
func program() []byte {
	config := slices.Concat([]byte("IKCFG_ST"), firmwaretest.Gzip("", bytes.Repeat([]byte("CONFIG_ARM=y\n"), 500)), []byte("IKCFG_ED"))
	initramfs := firmwaretest.Gzip("", firmwaretest.Cpio(firmwaretest.Text("init", 0o755, "#!/bin/sh\n"), firmwaretest.Dir("dev", 0o755), firmwaretest.Binary("bin/tool", 0o755, firmwaretest.Kernel("", 5000))))
	kernel := firmwaretest.Kernel("5.10.99", 300_000)
	return slices.Concat(kernel[:100_000], config, kernel[100_000:200_000], initramfs, kernel[200_000:])
}

// TestKernels opens a kernel in every header and with every compression, with a
// device tree and a file system behind it.
func TestKernels(t *testing.T) {
	behind := slices.Concat([]byte("\xd0\x0d\xfe\xed"), firmwaretest.Kernel("", 6000), make([]byte, 3000), firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n")))
	for name, packer := range packers {
		t.Run(name, func(t *testing.T) {
			kernel := program()
			packed := le.AppendUint32(pack(t, packer, kernel), uint32(len(kernel)))
			for kind, wrapped := range map[string][]byte{"zimage": arm(packed), "bzimage": x86(packed), "zboot": zboot(packed)} {
				img := reference.Open(t, slices.Concat(wrapped, behind))
				check(t, kind, img, int64(len(wrapped)))
				if f := reference.Find(t, img, kind+"!"+name+"!kernel"); f.Size != int64(len(kernel)) {
					t.Errorf("%s: kernel of %d bytes", kind, f.Size)
				}
			}
		})
	}
	for _, efi := range []bool{true, false} {
		image := arm64(program(), efi)
		if efi {
			check(t, "kernel-image", reference.Open(t, slices.Concat(image, behind)), int64(len(image)))
		}
		packed := reference.Open(t, firmwaretest.Gzip("", image))
		check(t, "kernel-image", packed, int64(len(image)))
		reference.Find(t, packed, "gzip!kernel-image!kernel")
	}
}

func check(t *testing.T, kind string, img *firmware.Image, length int64) {
	t.Helper()
	found, version := false, ""
	for _, c := range img.Containers {
		if c.Type == kind {
			found = true
			if c.Length != length {
				t.Errorf("%s of %d bytes, want %d", kind, c.Length, length)
			}
		}
		if v := c.Attributes["linux-version"]; v != "" && c.Type != "bzimage" {
			version = v
		}
	}
	if !found || version != "5.10.99" {
		t.Errorf("%s: found %v, version %q", kind, found, version)
	}
	reference.Find(t, img, "!ikconfig!config")
	reference.Find(t, img, "!gzip!cpio!bin/tool")
	if len(img.Containers) > 0 && img.Containers[0].Type == "raw" {
		reference.Find(t, img, "squashfs!etc/passwd")
	}
}

// TestMIPS opens kernels without a header of their own: behind a loader, and
// plain.
func TestMIPS(t *testing.T) {
	loader := bytes.Repeat([]byte{0x27, 0xbd, 0xff, 0xe0, 0x3c, 0x1c, 0x80, 0x00}, 600)
	kernel := program()
	for name, data := range map[string][]byte{
		"uimage!lzma!": slices.Concat(loader, pack(t, "xz --format=lzma -c", kernel), make([]byte, 64)),
		"uimage!":      kernel,
	} {
		img := reference.Open(t, firmwaretest.UImage("MIPS Linux", data, firmwaretest.UImageHeader{OS: 5, Arch: 5, Type: 2}))
		check(t, "uimage", img, int64(len(data)+64))
		reference.Find(t, img, name+"kernel")
		if name == "uimage!lzma!" {
			reference.Find(t, img, "uimage!loader-0x00000040")
		}
	}
}
