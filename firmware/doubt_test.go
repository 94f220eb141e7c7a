package firmware_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// cutArchives are archives that were cut in the content of their last member, which
// should have some 100 KB: those that need a tool are left out where it is not there.
func cutArchives(t *testing.T) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	member := noise(100 << 10)
	files := []firmwaretest.File{firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"), firmwaretest.Binary("last/one", 0o755, member)}
	images := map[string][]byte{"tar": firmwaretest.Tar(files...), "cpio": firmwaretest.Cpio(files...), "zip": firmwaretest.Zip(files...)}
	for name, content := range map[string][]byte{"a": []byte("one\n"), "tree/b": member} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct{ tool, command string }{
		"ar":         {"ar", "ar rc img a tree/b"},
		"stored zip": {"zip", "zip -q -0 img.zip a tree/b && mv img.zip img"},
		"deb":        {"ar", "echo 2.0 > debian-binary && tar cf control.tar a && tar czf data.tar.gz tree && ar rc img debian-binary control.tar data.tar.gz"},
		"rpm":        {"rpmbuild", "printf 'Name: a\nVersion: 1\nRelease: 1\nSummary: a\nLicense: MIT\nBuildArch: noarch\n%%description\na\n%%install\nmkdir -p %%{buildroot}/etc && cp tree/b %%{buildroot}/etc/b\n%%files\n/etc/b\n' > spec && rpmbuild -bb --quiet --build-in-place --define '_topdir '$PWD/top --define '_binary_payload w6.gzdio' spec && mv top/RPMS/*/*.rpm img"},
	} {
		_ = os.Remove(filepath.Join(dir, "img"))
		if !reference.Has(c.tool) {
			t.Logf("%s is not installed", c.tool)
			continue
		}
		reference.Run(t, dir, "sh", "-c", c.command)
		data, err := os.ReadFile(filepath.Join(dir, "img"))
		if err != nil {
			t.Fatal(err)
		}
		images[name] = data
	}
	for name, b := range images {
		images[name] = b[:40<<10]
	}
	return images
}

// A file system that follows an archive which was cut is opened, whether the member that
// was cut should have ended in it, behind it, or behind the image; and what is there of
// the archive is read.
func TestBehindCutArchive(t *testing.T) {
	small := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"), firmwaretest.Text("etc/second", 0o644, "file\n"))
	large := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"), firmwaretest.Binary("blob", 0o644, noise(300<<10)))
	for name, archive := range cutArchives(t) {
		for behind, rest := range map[string][]byte{
			"one that goes on":  large,
			"a small one":       small,
			"a small one first": slices.Concat(small, bytes.Repeat([]byte("other "), 40<<10)),
		} {
			t.Run(name+", "+behind, func(t *testing.T) {
				img := reference.Open(t, slices.Concat(archive, rest))
				at := slices.IndexFunc(img.Containers, func(k *firmware.Container) bool { return k.Type == "squashfs" })
				if at < 0 || !slices.ContainsFunc(img.Files, func(f *firmware.File) bool { return strings.HasSuffix(f.Path, "etc/hostname") && f.Err == nil }) {
					t.Fatalf("not opened: %v %v", img.Ranges, img.Skipped)
				}
				if len(img.Skipped) == 0 {
					t.Error("that the archive is cut is not told")
				}
				for _, f := range img.Files {
					if b, err := f.ReadFile(); err == nil && strings.HasSuffix(f.Name, "last/one") && !bytes.Equal(b, noise(100<<10)) {
						t.Errorf("%s has another content", f.Path)
					}
				}
				if !slices.ContainsFunc(img.Files, func(f *firmware.File) bool {
					return f.Err == nil && (strings.HasSuffix(f.Name, "passwd") || f.Name == "a" || f.Name == "debian-binary")
				}) && name != "rpm" {
					t.Error("what is there of the archive is not read")
				}
			})
		}
	}
}

// What is whole in the last member of an archive stays in it, though the archive ends
// behind it without its mark.
func TestOwnContentStays(t *testing.T) {
	disk := make([]byte, 64<<10)
	copy(disk[446:], "\x00\x00\x00\x00\x83\x00\x00\x00\x20\x00\x00\x00\x40\x00\x00\x00")
	copy(disk[510:], "\x55\xaa")
	copy(disk[32*512:], firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n")))
	archive := firmwaretest.Tar(firmwaretest.Binary("disk.img", 0o644, disk), firmwaretest.Text("next", 0o644, "next\n"))
	end := bytes.Index(archive, []byte("next\x00")) // where its header begins
	for name, image := range map[string][]byte{
		"cut in a header":     archive[:end+100],
		"another follows":     slices.Concat(archive[:end], firmwaretest.Squashfs(firmwaretest.Text("etc/other", 0o644, "other\n"))),
		"what is no header":   slices.Concat(archive[:end], noise(5000)),
		"a cpio, not a tar":   slices.Concat(archive[:end], firmwaretest.Cpio(firmwaretest.Text("etc/other", 0o644, "other\n"))),
		"and the whole of it": archive,
	} {
		t.Run(name, func(t *testing.T) {
			reference.Find(t, reference.Open(t, image), "tar!disk.img!mbr!partition-1!squashfs!etc/hostname")
		})
	}
}
