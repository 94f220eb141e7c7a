package fat_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/fat"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

// folder writes what a FAT can hold.
func folder(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "tree")
	put := func(name string, content []byte) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{0, 1, 511, 512, 513, 4096, 4097, 200_000} {
		put(fmt.Sprintf("size/%d.txt", n), text(n))
	}
	put("README.TXT", []byte("upper\n"))
	put("small.txt", []byte("small\n"))
	put("Mixed.Case.Name", []byte("mixed\n"))
	put("deep/er/and/deeper/still/x", []byte("x"))
	put("Ünïcödé/日本語.txt", []byte("u"))
	put("odd/with space and+plus,[brackets];=.txt", []byte("s"))
	put("odd/"+strings.Repeat("n", 180), []byte("n")) // mtools cannot put a longer one into clusters of 512 bytes
	put("odd/.hidden", []byte("h"))
	put("odd/thirteen.long", []byte("13")) // fills its record
	for i := range 300 {
		put(fmt.Sprintf("many/a rather long name %03d", i), []byte(strings.Repeat("line\n", i%40)))
	}
	if err := os.MkdirAll(filepath.Join(dir, "empty folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// text is n bytes of numbered lines.
func text(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.Bytes()[:n]
}

// contents describes what FAT keeps of a folder of the machine.
func contents(t testing.TB, dir string) (lines []string) {
	_ = filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		if d.IsDir() {
			lines = append(lines, name+"/")
			return nil
		}
		data, err := os.ReadFile(p)
		lines = append(lines, fmt.Sprintf("%s %x", name, sha256.Sum256(data)))
		return err
	})
	slices.Sort(lines)
	return lines
}

func inImage(img *firmware.Image) (lines []string) {
	for _, f := range img.Files {
		switch {
		case f.Container.Type != "fat":
		case f.Kind == firmware.Directory:
			lines = append(lines, f.Name+"/")
		default:
			lines = append(lines, fmt.Sprintf("%s %x", f.Name, f.Digest))
		}
	}
	slices.Sort(lines)
	return lines
}

func run(t testing.TB, dir, name string, args ...string) {
	t.Setenv("MTOOLS_SKIP_CHECK", "1")
	t.Setenv("LC_ALL", "C.UTF-8")
	reference.Run(t, dir, name, args...)
}

// TestReference makes file systems of each kind and compares them with the
// folder that was copied into them and with what mtools copies out of them. Some
// have holes where files were deleted, so that later ones are in pieces.
func TestReference(t *testing.T) {
	mkfs, mcopy, mdel := reference.Need(t, "mkfs.fat"), reference.Need(t, "mcopy"), reference.Need(t, "mdel")
	src := folder(t)
	for _, c := range []struct{ kind, options string }{
		{"FAT12", "-F 12 -s 4 -C img 4000"},
		{"FAT12", "-F 12 -s 8 -f 1 -r 512 -C img 4000"},
		{"FAT16", "-F 16 -s 1 -n BOOT -i 12345678 -C img 8000"},
		{"FAT16", "-F 16 -s 4 -S 1024 -C img 40000"},
		{"FAT32", "-F 32 -s 1 -n BOOT -i 12345678 -C img 40000"},
		{"FAT32", "-F 32 -s 2 -S 2048 -R 3 -b 2 -C img 300000"},
		{"FAT12", "-a -h 63 -s 1 -S 4096 -C img 6000"},
	} {
		t.Run(c.options, func(t *testing.T) {
			work := t.TempDir()
			run(t, work, mkfs, strings.Fields(c.options)...)
			img := filepath.Join(work, "img")
			fragment(t, work, img, mcopy, mdel, c.kind == "FAT32")
			entries, _ := os.ReadDir(src)
			args := []string{"-s", "-Q", "-i", img, filepath.Join(src, "size")} // first, so that its files fill holes
			for _, e := range entries {
				if e.Name() != "size" {
					args = append(args, filepath.Join(src, e.Name()))
				}
			}
			run(t, work, mcopy, append(args, "::")...)
			run(t, work, mdel, "-i", img, "::pad*")
			data, err := os.ReadFile(img)
			if err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(work, "out")
			if err := os.Mkdir(out, 0o755); err != nil {
				t.Fatal(err)
			}
			run(t, work, mcopy, "-s", "-n", "-i", img, "::*", out)
			opened := reference.Open(t, append(data, "the next partition"...))
			for _, s := range opened.Skipped {
				if s.Path != "image.bin" {
					t.Errorf("skipped: %v", s)
				}
			}
			got := inImage(opened)
			reference.Compare(t, got, contents(t, src))
			if want := contents(t, out); !slices.Equal(got, want) {
				t.Log("mtools sees it otherwise")
				reference.Compare(t, got, want)
			}
			check(t, opened, c.kind, c.options, int64(len(data)))
		})
	}
}

// fragment fills the start of the file system with small files and deletes every
// other one.
func fragment(t testing.TB, work, img, mcopy, mdel string, hint bool) {
	t.Helper()
	put, del := []string{"-i", img}, []string{"-i", img}
	for i := range 60 {
		pad := fmt.Sprintf("pad%02d", i)
		if err := os.WriteFile(filepath.Join(work, pad), text(5000), 0o644); err != nil {
			t.Fatal(err)
		}
		put = append(put, pad)
		if i%2 == 0 {
			del = append(del, "::"+pad)
		}
	}
	run(t, work, mcopy, append(put, "::")...)
	run(t, work, mdel, del...)
	if hint {
		forgetHint(t, img)
	}
}

// forgetHint lets mtools look for free clusters from the start.
func forgetHint(t testing.TB, img string) {
	f, err := os.OpenFile(img, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	boot := make([]byte, 512)
	_, _ = f.ReadAt(boot, 0)
	info := int64(binary.LittleEndian.Uint16(boot[48:])) * int64(binary.LittleEndian.Uint16(boot[11:]))
	if _, err := f.WriteAt([]byte{0xff, 0xff, 0xff, 0xff}, info+492); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, img *firmware.Image, kind, options string, size int64) {
	t.Helper()
	i := slices.IndexFunc(img.Containers, func(c *firmware.Container) bool { return c.Type == "fat" })
	k := img.Containers[i]
	if k.Attributes["kind"] != kind || k.Length > size || k.Length < size-64*512 {
		t.Errorf("%s of %d bytes in %d, want %s", k.Attributes["kind"], k.Length, size, kind)
	}
	if strings.Contains(options, "-n BOOT") && (k.Attributes["label"] != "BOOT" || k.Attributes["serial"] != "1234-5678") {
		t.Errorf("attributes %v", k.Attributes)
	}
	pieces := 0
	for _, f := range img.Files {
		if f.Kind == firmware.Regular && f.Size > 0 && f.Offset < 0 {
			pieces++
		}
	}
	if pieces == 0 {
		t.Error("no file is in pieces: the test shows less than it should")
	}
}

// TestSevenZip compares with a reader that has nothing in common with mtools.
func TestSevenZip(t *testing.T) {
	mkfs, mcopy, zip := reference.Need(t, "mkfs.fat"), reference.Need(t, "mcopy"), reference.Need(t, "7z")
	src, work := folder(t), t.TempDir()
	run(t, work, mkfs, "-F", "16", "-s", "1", "-C", "img", "8000")
	run(t, work, mcopy, "-s", "-Q", "-i", "img", filepath.Join(src, "size"), filepath.Join(src, "odd"), filepath.Join(src, "README.TXT"), filepath.Join(src, "small.txt"), filepath.Join(src, "Ünïcödé"), "::")
	run(t, work, zip, "x", "-tfat", "-oout", "img")
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		t.Fatal(err)
	}
	reference.Compare(t, inImage(reference.Open(t, data)), contents(t, filepath.Join(work, "out")))
}

// TestCorpus cuts the boot partition out of a disk of the corpus.
func TestCorpus(t *testing.T) {
	disk, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "syn-hub-arm64-gpt.img"))
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	const from, to = 0x8000, 0x88000
	img := reference.Open(t, disk[from:to])
	if k := img.Containers[0]; k.Type != "fat" || k.Length > to-from {
		t.Errorf("%s of %d bytes", k.Type, k.Length)
	}
	for _, name := range []string{"!cmdline.txt", "!wpa_supplicant.conf"} {
		reference.Find(t, img, name)
	}
	if len(img.Skipped) > 0 {
		t.Errorf("skipped: %v", img.Skipped)
	}
}

// BenchmarkRead reads 48 MiB, most of it in pieces, from memory, without hashing.
func BenchmarkRead(b *testing.B) {
	mkfs, mcopy, mdel := reference.Need(b, "mkfs.fat"), reference.Need(b, "mcopy"), reference.Need(b, "mdel")
	work := b.TempDir()
	run(b, work, mkfs, "-F", "32", "-C", "img", "65536")
	var names []string
	for i := range 48 {
		name := fmt.Sprintf("file %d", i)
		names = append(names, name)
		if err := os.WriteFile(filepath.Join(work, name), text(1<<19), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	run(b, work, mcopy, append(append([]string{"-i", "img"}, names...), "::")...)
	for i := 0; i < 48; i += 2 {
		run(b, work, mdel, "-i", "img", "::"+names[i])
	}
	forgetHint(b, filepath.Join(work, "img"))
	if err := os.WriteFile(filepath.Join(work, "large"), text(36<<20), 0o644); err != nil {
		b.Fatal(err)
	}
	run(b, work, mcopy, "-i", "img", "large", "::")
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		b.Fatal(err)
	}
	sum := int64(0)
	for b.Loop() {
		o, err := fat.Format.Open(context.Background(), format.InMemory(data), format.NewBudget(1000, 1<<30, 1<<30, 100))
		if err != nil || len(o.Tree.Entries()) != 25 {
			b.Fatal(err)
		}
		for i := range o.Tree.Entries() {
			content, err := o.Tree.Read(i)
			if err != nil {
				b.Fatal(err)
			}
			sum += int64(content[len(content)-1])
		}
		b.SetBytes(48 << 20)
	}
}
