package squashfs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// bigTree is a tree with a directory so long that its inode has an index, a file
// that is mostly a hole, and files of many blocks.
func bigTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, content []byte) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1200 {
		put(fmt.Sprintf("long/%s %04d", strings.Repeat("name", 20), i), []byte{byte(i)})
	}
	put("bin/code", bytes.Repeat(firmwaretest.Kernel("5.10.1", 100_000), 5))
	put("etc/text", []byte("a root file system\n"))
	put("sparse", append(append(bytes.Repeat([]byte("start"), 50_000), make([]byte, 5<<20)...), firmwaretest.Kernel("", 300_000)...))
	put("zeros", make([]byte, 3<<20))
	put("link/a", firmwaretest.Kernel("", 70_000))
	if err := os.Link(filepath.Join(dir, "link/a"), filepath.Join(dir, "link/b")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOptions reads what mksquashfs writes with the options of each compressor.
func TestOptions(t *testing.T) {
	mk := reference.Need(t, "mksquashfs")
	tree := bigTree(t)
	want := reference.OnDisk(t, tree)
	for _, options := range []string{
		"-comp gzip -Xcompression-level 1 -Xwindow-size 9 -Xstrategy huffman_only,run_length_encoded",
		"-comp xz -b 64K -Xdict-size 8K -Xbcj x86,arm",
		"-comp lzo -Xalgorithm lzo1x_1", "-comp lz4 -Xhc", "-comp zstd -Xcompression-level 3 -b 1M",
		"-comp gzip -tailends -no-exports -no-duplicates -b 8K", "-comp gzip -noI -noX -noId", "-comp zstd -noD -noF",
	} {
		t.Run(options, func(t *testing.T) {
			img := reference.Open(t, mksquashfs(t, mk, tree, options))
			reference.Compare(t, reference.InImage(img, "squashfs"), want)
			if reference.Find(t, img, "link/b").HardLink != reference.Find(t, img, "link/a") {
				t.Error("the hard link is lost")
			}
		})
	}
}

func mksquashfs(t *testing.T, tool, tree, options string) []byte {
	t.Helper()
	img := filepath.Join(t.TempDir(), "img")
	reference.Run(t, tree, tool, append([]string{tree, img, "-quiet", "-no-progress"}, strings.Fields(options)...)...)
	data, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestVendor4 reads a version 4 that says gzip and has LZMA, as vendors made it.
func TestVendor4(t *testing.T) {
	mk := reference.Need(t, "mksquashfs")
	tree := reference.Tree(t)
	want := reference.OnDisk(t, tree)
	for _, magic := range []string{"hsqs", "shsq"} {
		data := mksquashfs(t, mk, tree, "-comp lzma -no-xattrs")
		copy(data, magic)
		data[20] = 1 // gzip
		img := reference.Open(t, data)
		reference.Compare(t, reference.InImage(img, "squashfs"), want)
		if got := img.Containers[0].Attributes["compression"]; got != "lzma" {
			t.Errorf("compression %q", got)
		}
	}
}

// TestDamage changes bytes of old file systems and wants no wrong data: a file is
// whole or has an error, and what is missing is told. LZMA has no checksum, but
// does not end where it should.
func TestDamage(t *testing.T) {
	for _, name := range []string{"2 little", "3 big", "3 little, long", "3 sqlz"} {
		data := withBlock(olds()[name]).build(small()...)
		whole := reference.Open(t, data)
		for i := 119; i < len(data); i += 211 {
			bad := bytes.Clone(data)
			bad[i] ^= 0x10
			img := reference.Open(t, bad)
			if len(img.Files) < len(whole.Files) && len(img.Skipped) == 0 {
				t.Errorf("%s, byte %d of %d: %d files, and nothing is skipped", name, i, len(data), len(img.Files))
			}
			for _, f := range img.Files {
				if f.Err == nil && f.Kind == firmware.Regular && f.Digest != reference.Find(t, whole, "!"+f.Name).Digest {
					t.Errorf("%s, byte %d of %d: %s is another file", name, i, len(data), f.Name)
				}
			}
		}
	}
}
