package firmware_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

func unexplained(img *firmware.Image) int64 {
	n := int64(0)
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained {
			n += r.Length
		}
	}
	return n
}

// chance are bytes that nobody can read.
func chance(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(b)
	return b
}

// font is a packed font, in which nothing can be found.
func font(content []byte) string {
	const header = 44
	b := append([]byte("wOF2\x00\x01\x00\x00"), make([]byte, header-8+len(content))...)
	binary.BigEndian.PutUint32(b[8:], uint32(len(b))) //nolint:gosec // of a test
	b[13] = 9                                         // tables
	copy(b[header:], content)
	return string(b)
}

// What a reader could not read was not examined, also inside of a container that
// was opened.
func TestLostBytesAreUnexplained(t *testing.T) {
	noise := font(firmwaretest.Kernel("5.10.1", 300<<10))
	bad := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, noise), firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	whole := reference.Open(t, bad)
	if n := unexplained(whole); n > 0 {
		t.Fatalf("%d bytes of a whole image are unexplained", n)
	}
	for i := range 64 {
		bad[1000+i] ^= 0x55 // in the first data block of "a"
	}
	big := firmwaretest.Zip(firmwaretest.Text("ones", 0o644, strings.Repeat("\x01", 1<<20)))
	stream := firmwaretest.Gzip("x", []byte(strings.Repeat(noise, 8)))
	unknownStream := firmwaretest.Gzip("x", chance(64<<10))
	for name, c := range map[string]struct {
		image []byte
		least int64
		opts  firmware.Options
	}{
		"data block":       {bad, 64 << 10, firmware.Options{}},
		"member of a zip":  {big, 1 << 10, firmware.Options{Limits: firmware.Limits{FileBytes: 1 << 19}}},
		"member of a cpio": {firmwaretest.Cpio(firmwaretest.Text("big", 0o644, noise)), 300 << 10, firmware.Options{Limits: firmware.Limits{FileBytes: 1 << 18}}},
		"unknown stream":   {unknownStream, int64(len(unknownStream)), firmware.Options{}},
		"stream":           {bytes.Replace(stream, stream[len(stream)/2:len(stream)/2+8], make([]byte, 8), 1), int64(len(stream)) / 2, firmware.Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, c.image, c.opts)
			if n := unexplained(img); n < c.least {
				t.Errorf("%d bytes are unexplained, want at least %d: %s", n, c.least, fmt.Sprint(img.Ranges))
			}
			if len(img.Skipped) == 0 {
				t.Error("nothing is skipped")
			}
		})
	}
}

// gathered are containers whose content is put together from several places, one
// of them around bytes that nobody can read.
func gathered(t *testing.T, unknown []byte) map[string][]byte {
	t.Helper()
	const block = 4096
	var sparse, records bytes.Buffer
	put := func(v ...any) {
		for _, v := range v {
			_ = binary.Write(&sparse, binary.LittleEndian, v)
		}
	}
	half := len(unknown) / 2
	put(uint32(0xed26ff3a), uint16(1), uint16(0), uint16(28), uint16(12), uint32(block), uint32(len(unknown)/block+100), uint32(3), uint32(0))
	put(uint16(0xcac1), uint16(0), uint32(half/block), uint32(12+half), unknown[:half])
	put(uint16(0xcac3), uint16(0), uint32(100), uint32(12))
	put(uint16(0xcac1), uint16(0), uint32(half/block), uint32(12+half), unknown[half:])
	for at := 0; at < len(unknown); at += 32 {
		line := append([]byte{32 + 5, byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)}, unknown[at:at+32]...)
		sum := byte(0)
		for _, c := range line {
			sum += c
		}
		fmt.Fprintf(&records, "S3%X%02X\n", line, ^sum)
	}
	records.WriteString("S70500000000FA\n")
	return map[string][]byte{"sparse image": sparse.Bytes(), "records": records.Bytes(), "volume": volume(t, unknown)}
}

// volume makes an image of UBI with one volume.
func volume(t *testing.T, content []byte) []byte {
	t.Helper()
	reference.Need(t, "ubinize")
	dir := t.TempDir()
	ini := "[rootfs]\nmode=ubi\nimage=content\nvol_id=0\nvol_type=dynamic\nvol_name=rootfs\nvol_size=4MiB\n"
	for name, data := range map[string][]byte{"content": content, "ini": []byte(ini)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("ubinize", "-o", "img", "-m", "2048", "-p", "128KiB", "ini")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	img, err := os.ReadFile(filepath.Join(dir, "img"))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// An unknown file system in a partition that was put together counts as
// unexplained, with the bytes that it comes from and no others.
func TestUnknownPartsAreUnexplained(t *testing.T) {
	unknown := chance(512 << 10)
	for name, image := range gathered(t, unknown) {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, image)
			got, most := unexplained(img), int64(len(unknown))
			if name == "records" {
				most = int64(len(image))
			}
			if got < int64(len(unknown))*99/100 || got > most {
				t.Errorf("%d bytes are unexplained, of %d unknown ones in an image of %d: %v", got, len(unknown), len(image), img.Ranges)
			}
		})
	}
	fs := firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	fs = append(fs, make([]byte, -len(fs)&8191)...)
	for name, image := range gathered(t, fs) {
		if img := reference.Open(t, image); unexplained(img) > 0 || len(img.Skipped) > 0 {
			t.Errorf("%s with a squashfs: %v, %v", name, img.Ranges, img.Skipped)
		}
	}
}

// What nobody can tell counts the same in a file of a file system, in a member of
// an archive and in a stream.
func TestOpaqueContentIsUnexplained(t *testing.T) {
	const n = 700 << 10
	closed := firmwaretest.Binary("lib/firmware.bin", 0o644, chance(n))
	passwd := firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n")
	bin := firmwaretest.Dir("bin", 0o755)
	for name, image := range map[string][]byte{
		"file system":   firmwaretest.Squashfs(bin, passwd, closed),
		"archive":       firmwaretest.Tar(closed, passwd),
		"stream":        firmwaretest.Gzip("x", chance(n)),
		"inside a tree": firmwaretest.Tar(firmwaretest.Binary("rootfs.img", 0o644, firmwaretest.Squashfs(bin, passwd, closed))),
	} {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, image)
			if got := unexplained(img); got < n-128<<10 || got > n+4096 {
				t.Errorf("%d of %d opaque bytes are unexplained: %v", got, n, img.Ranges)
			}
			if len(img.Skipped) != 1 {
				t.Errorf("skipped: %v", img.Skipped)
			}
		})
	}
}
