package android_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/android"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// piece is a chunk of a sparse image that is built here.
type piece struct {
	kind   uint16
	blocks uint32
	data   string
}

const (
	raw, fill, dontCare, crc = 0xcac1, 0xcac2, 0xcac3, 0xcac4

	block = 512
)

// sparse builds a sparse image.
func sparse(blocks uint32, pieces ...piece) []byte {
	le := binary.LittleEndian
	b := []byte("\x3a\xff\x26\xed\x01\x00\x00\x00\x1c\x00\x0c\x00")
	b = le.AppendUint32(le.AppendUint32(b, block), blocks)
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(pieces))), 0)
	for _, p := range pieces {
		b = append(le.AppendUint16(b, p.kind), 0, 0)
		b = le.AppendUint32(le.AppendUint32(b, p.blocks), uint32(12+len(p.data)))
		b = append(b, p.data...)
	}
	return b
}

func word(n uint32) string { return string(binary.LittleEndian.AppendUint32(nil, n)) }

// all is a sparse image with every kind of chunk, and what it stands for.
func all() (image, partition []byte) {
	one := strings.Repeat("x", 2*block)
	partition = slices.Concat([]byte(one), bytes.Repeat([]byte("abcd"), 3*block/4), make([]byte, 2*block), []byte(one))
	sum := func(n int) string { return word(crc32.ChecksumIEEE(partition[:n*block])) }
	return sparse(9, piece{raw, 2, one}, piece{fill, 3, "abcd"}, piece{crc, 0, sum(5)}, piece{dontCare, 2, ""}, piece{raw, 2, one}, piece{crc, 0, sum(9)}), partition
}

func open(t *testing.T, f *format.Format, b []byte) *format.Opened {
	t.Helper()
	if f.Probe(format.InMemory(b)) == format.No {
		t.Fatal("not recognised")
	}
	o, err := f.Open(t.Context(), format.InMemory(b), nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func content(t *testing.T, o *format.Opened) []byte {
	t.Helper()
	in := o.Parts[0].Bytes
	b, err := io.ReadAll(io.NewSectionReader(in, 0, in.Size))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSparse(t *testing.T) {
	image, want := all()
	o := open(t, android.Sparse, append(image, "behind"...))
	if len(o.Damage) > 0 || o.Length != int64(len(image)) || o.Attributes["checksums"] != "2" {
		t.Errorf("%d of %d bytes, %v, damage %v", o.Length, len(image), o.Attributes, o.Damage)
	}
	if got := content(t, o); !bytes.Equal(got, want) {
		t.Errorf("partition %q", got)
	}
	in := o.Parts[0].Bytes
	for off := range len(want) { // every place, across the borders of chunks
		n := min(7, len(want)-off)
		got := make([]byte, 7)
		if m, err := in.ReadAt(got, int64(off)); m != n || (err != nil) != (n < 7) || !bytes.Equal(got[:n], want[off:off+n]) {
			t.Fatalf("at %d: %q, %v; want %q", off, got[:m], err, want[off:off+n])
		}
		hole := in.ReaderAt.(interface{ Zeros(off int64) int64 }).Zeros(int64(off))
		if rest := want[off:]; hole != int64(len(rest)-len(bytes.TrimLeft(rest, "\x00"))) {
			t.Fatalf("at %d: %d zeros", off, hole)
		}
	}
}

// TestSparseDamage has images that stop making sense; the partition ends there.
func TestSparseDamage(t *testing.T) {
	image, want := all()
	x := strings.Repeat("x", block)
	flipped := bytes.Clone(image)
	flipped[28+12] ^= 1
	for name, c := range map[string]struct {
		image  []byte
		reason string
		at     int64
		size   int
	}{
		"a changed byte":   {flipped, "the checksum of the first 0xa00 bytes", 28 + 12 + 1024 + 16 + 12, len(want)},
		"cut in a chunk":   {image[:28+12+700], "1024 bytes, 700 are there", 28, block},
		"cut in a header":  {image[:28+12+1024+5], "bytes wanted", 28 + 12 + 1024, 2 * block},
		"too few":          {sparse(9, piece{raw, 1, x}), "512 of 4608 bytes", 16, block},
		"too many":         {sparse(1, piece{raw, 1, x}, piece{dontCare, 1, ""}), "too many chunks", 28 + 12 + block, block},
		"an unknown chunk": {sparse(2, piece{raw, 1, x}, piece{0xcac9, 1, x}), "type 0xcac9", 28 + 12 + block, block},
		"a wrong length":   {sparse(2, piece{raw, 1, x}, piece{raw, 1, x + x}), "should be 524", 28 + 12 + block, block},
		"huge":             {sparse(1<<32-1, piece{raw, 1, x}, piece{dontCare, 1<<32 - 2, ""}), "too many", 28 + 12 + block, block},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, android.Sparse, c.image)
			if !slices.ContainsFunc(o.Damage, func(d format.Damage) bool { return strings.Contains(d.Reason, c.reason) && d.Offset == c.at }) {
				t.Errorf("damage %+v, want %q at %d", o.Damage, c.reason, c.at)
			}
			if got := content(t, o); len(got) != c.size {
				t.Errorf("partition of %d bytes, want %d", len(got), c.size)
			}
		})
	}
}

// TestImg2simg has img2simg pack partitions and simg2img unpack them.
func TestImg2simg(t *testing.T) {
	pack, unpack := reference.Need(t, "img2simg"), reference.Need(t, "simg2img")
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"))
	for name, partition := range map[string][]byte{
		"mixed": slices.Concat(firmwaretest.Kernel("", 100<<10), make([]byte, 900<<10), bytes.Repeat([]byte{0xff}, 256<<10), bytes.Repeat([]byte("abcd"), 64<<10), firmwaretest.Kernel("", 24<<10)),
		"root":  slices.Concat(root, make([]byte, 64<<10-len(root))),
		"zeros": make([]byte, 1<<20),
	} {
		for _, size := range []int{1024, 4096, 16384} {
			t.Run(fmt.Sprintf("%s %d", name, size), func(t *testing.T) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "raw"), partition, 0o600); err != nil {
					t.Fatal(err)
				}
				reference.Run(t, dir, pack, "raw", "sparse", fmt.Sprint(size))
				reference.Run(t, dir, unpack, "sparse", "out")
				data, err := os.ReadFile(filepath.Join(dir, "sparse"))
				if err != nil {
					t.Fatal(err)
				}
				want, err := os.ReadFile(filepath.Join(dir, "out"))
				if err != nil {
					t.Fatal(err)
				}
				o := open(t, android.Sparse, data)
				if len(o.Damage) > 0 || o.Length != int64(len(data)) {
					t.Errorf("%d of %d bytes, damage %v", o.Length, len(data), o.Damage)
				}
				if got := content(t, o); !bytes.Equal(got, want) {
					t.Errorf("%d bytes differ from the %d of simg2img", len(got), len(want))
				}
				if img := reference.Open(t, data); name == "root" {
					reference.Find(t, img, "image.bin!android-sparse!squashfs!etc/hostname")
				}
			})
		}
	}
}

// TestGigabytes opens 4 GiB of which little is there: a file system, something
// unknown far behind it, and a checksum over all. Memory stays flat.
func TestGigabytes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"))
	root = append(root, make([]byte, -len(root)&(block-1))...)
	n, all := uint32(len(root)/block), uint32(4<<30/block)
	image := sparse(all, piece{raw, n, string(root)}, piece{dontCare, all - n - 16, ""}, piece{raw, 16, string(firmwaretest.Kernel("", 16*block))})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	img := reference.Open(t, image, firmware.Options{})
	runtime.ReadMemStats(&after)
	reference.Find(t, img, "!etc/hostname")
	reference.Find(t, img, "range-0xffffe000")
	if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
		t.Errorf("%d MB were allocated", n>>20)
	}
}

func TestSparseMutated(t *testing.T) {
	image, _ := all()
	formattest.Mutate(t, android.Sparse, image)
}

func FuzzSparse(f *testing.F) {
	image, _ := all()
	formattest.Fuzz(f, android.Sparse, image)
}

func BenchmarkSparse(b *testing.B) {
	image := sparse(1<<16, piece{raw, 1 << 15, strings.Repeat("0123456789abcdef", block<<15/16)}, piece{fill, 1 << 14, "abcd"}, piece{dontCare, 1 << 14, ""})
	b.SetBytes(block << 16)
	buf := make([]byte, 1<<20)
	for b.Loop() {
		o, err := android.Sparse.Open(b.Context(), format.InMemory(image), nil)
		if err != nil {
			b.Fatal(err)
		}
		for off := int64(0); off < o.Parts[0].Bytes.Size; off += int64(len(buf)) {
			_, _ = o.Parts[0].Bytes.ReadAt(buf, off)
		}
	}
}
