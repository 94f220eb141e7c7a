package firmware_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// made are images of one folder, as Debian's tools make them.
func made(t *testing.T, files map[string][]byte) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, "root", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	images := map[string][]byte{}
	for name, line := range map[string]string{
		"jffs2":  "mkfs.jffs2 -r root -e 64KiB -n -o jffs2",
		"cramfs": "mkfs.cramfs root cramfs",
		"romfs":  "genromfs -d root -f romfs",
		"ubifs":  "mkfs.ubifs -r root -m 2048 -e 126976 -c 100 -o ubifs",
		"ext4":   "mke2fs -q -t ext4 -d root ext4 8M",
	} {
		args := strings.Fields(line)
		reference.Need(t, args[0])
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
		img, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		images[name] = img
	}
	return images
}

func isUnexplained(img *firmware.Image, at int64) bool {
	return slices.ContainsFunc(img.Ranges, func(r firmware.Range) bool {
		return r.Class == firmware.Unexplained && r.Offset <= at && at < r.Offset+r.Length
	})
}

// Bytes that nobody can read count wherever they lie: where a file is packed, where
// it lies in many pieces, in a stream, in a tree in a stream, in a folder.
func TestOpaqueBytesOfEveryContainer(t *testing.T) {
	const n = 700 << 10
	files := map[string][]byte{
		"etc/passwd": []byte("root:x:0:0::/:/bin/sh\n"), "bin/blob": chance(n), "usr/share/list": []byte(strings.Repeat("a line of text\n", 20000)),
	}
	var list []firmwaretest.File
	folder := fstest.MapFS{}
	for _, name := range []string{"bin", "etc"} {
		list = append(list, firmwaretest.Dir(name, 0o755))
	}
	for _, name := range []string{"bin/blob", "etc/passwd", "usr/share/list"} {
		list = append(list, firmwaretest.Binary(name, 0o644, files[name]))
		folder[name] = &fstest.MapFile{Data: files[name], Mode: 0o644}
	}
	images := made(t, files)
	images["gzip of a tar"] = firmwaretest.Gzip("x", firmwaretest.Tar(list...))
	images["gzip of a squashfs"] = firmwaretest.Gzip("x", firmwaretest.Squashfs(list...))
	images["volume"] = volume(t, images["ubifs"])
	images["zip of a gzip of a tar"] = firmwaretest.Zip(firmwaretest.Binary("rootfs.tar.gz", 0o644, images["gzip of a tar"]))
	check := func(t *testing.T, img *firmware.Image) {
		if got := unexplained(img); got < n*98/100 || got > n+16<<10 {
			t.Errorf("%d of %d opaque bytes are unexplained: %v", got, n, img.Ranges)
		}
		if len(img.Skipped) != 1 {
			t.Errorf("skipped: %v", img.Skipped)
		}
		at := int64(0)
		for _, r := range img.Ranges {
			if r.Offset != at || r.Length <= 0 {
				t.Fatalf("range at %d, want %d: %v", r.Offset, at, img.Ranges)
			}
			at += r.Length
		}
		if at != img.Size {
			t.Errorf("the ranges sum to %d of %d", at, img.Size)
		}
	}
	for name, image := range images {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, image)
			check(t, img)
			if at := bytes.Index(image, files["bin/blob"][n/2:][:64]); at >= 0 && !isUnexplained(img, int64(at)) {
				t.Errorf("the middle of the bytes is at %d: %v", at, img.Ranges)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		img, err := firmware.Open(t.Context(), firmware.Source{Name: "x", Folder: folder}, firmware.Options{})
		if err != nil {
			t.Fatal(err)
		}
		check(t, img)
	})
}

// Files that lie packed together count each.
func TestOpaqueFilesTogether(t *testing.T) {
	list := []firmwaretest.File{firmwaretest.Dir("bin", 0o755), firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n")}
	noise := chance(40 * 16000)
	for i := range 40 {
		list = append(list, firmwaretest.Binary(fmt.Sprintf("opt/part%02d", i), 0o644, noise[i*16000:][:16000]))
	}
	img := reference.Open(t, firmwaretest.Squashfs(list...))
	if got := unexplained(img); got < int64(len(noise))*99/100 || got > int64(len(noise))+4096 {
		t.Errorf("%d of %d opaque bytes are unexplained: %v", got, len(noise), img.Ranges)
	}
	if len(img.Skipped) != 40 {
		t.Errorf("%d files are skipped", len(img.Skipped))
	}
}
