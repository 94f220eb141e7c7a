package firmware_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestSquashfsReference packs a tree with mksquashfs, has unsquashfs unpack it,
// and compares what is then on the disk with what we see in the image.
func TestSquashfsReference(t *testing.T) {
	mk, un := reference.Need(t, "mksquashfs"), reference.Need(t, "unsquashfs")
	tree := reference.Tree(t)
	for _, options := range []string{
		"-comp gzip", "-comp xz", "-comp xz -Xbcj arm,x86", "-comp zstd", "-comp lz4", "-comp lzo", "-comp lzma",
		"-comp gzip -b 4096", "-comp xz -b 1M", "-comp gzip -noI -noD -noF", "-comp gzip -no-fragments", "-comp gzip -always-use-fragments", "-comp zstd -no-exports -no-xattrs",
	} {
		t.Run(options, func(t *testing.T) {
			work := t.TempDir()
			img := filepath.Join(work, "img")
			args := append([]string{tree, img, "-quiet", "-no-progress"}, strings.Fields(options)...)
			if out, err := exec.Command(mk, args...).CombinedOutput(); err != nil {
				t.Skipf("mksquashfs cannot: %s", out)
			}
			reference.Run(t, work, un, "-q", "-n", "-d", filepath.Join(work, "out"), img)
			data, err := os.ReadFile(img)
			if err != nil {
				t.Fatal(err)
			}
			opened := reference.Open(t, data)
			if len(opened.Skipped) > 0 {
				t.Errorf("skipped: %v", opened.Skipped)
			}
			reference.Compare(t, reference.InImage(opened, "squashfs"), reference.OnDisk(t, filepath.Join(work, "out")))
			if a, b := reference.Find(t, opened, "etc/shadow"), reference.Find(t, opened, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
		})
	}
}

// TestSquashfsOwners compares owners and devices with the listing of unsquashfs.
func TestSquashfsOwners(t *testing.T) {
	mk := reference.Need(t, "mksquashfs")
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "pseudo"), []byte("dev d 755 0 0\ndev/console c 600 0 5 5 1\ndev/sda b 660 0 6 8 0\ndev/far c 600 1000 70000 300 70000\npipe i 644 0 0 f\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(work, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(mk, "empty", "img", "-noappend", "-quiet", "-no-progress", "-pf", "pseudo", "-all-time", "1000000000")
	cmd.Dir = work
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("mksquashfs cannot: %s", out)
	}
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range reference.Open(t, data).Files {
		got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d %d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev), f.ModTime.Unix()))
	}
	want := []string{
		"dev directory 755 0:0 0,0 1000000000", "dev/console char-device 600 0:5 5,1 1000000000", "dev/far char-device 600 1000:70000 300,70000 1000000000",
		"dev/sda block-device 660 0:6 8,0 1000000000", "pipe fifo 644 0:0 0,0 1000000000",
	}
	reference.Compare(t, got, want)
}

// TestSquashfsXattrs compares attributes, where the disk can hold them.
func TestSquashfsXattrs(t *testing.T) {
	mk := reference.Need(t, "mksquashfs")
	work := t.TempDir()
	for i, name := range []string{"a", "b", "c"} {
		p := filepath.Join(work, "tree", name)
		_ = os.MkdirAll(filepath.Dir(p), 0o755)
		_ = os.WriteFile(p, []byte(name), 0o644)
		if err := syscall.Setxattr(p, "user.note", bytes.Repeat([]byte("x"), 10+i/2*200), 0); err != nil {
			t.Skipf("no attributes here: %v", err)
		}
	}
	reference.Run(t, work, mk, "tree", "img", "-quiet", "-no-progress")
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		t.Fatal(err)
	}
	img := reference.Open(t, data)
	for name, n := range map[string]int{"!a": 10, "!b": 10, "!c": 210} {
		if got := reference.Find(t, img, name).Xattrs["user.note"]; len(got) != n {
			t.Errorf("%s: %d bytes of user.note, want %d", name, len(got), n)
		}
	}
}

// TestArchiveReference packs the tree with cpio, tar and zip.
func TestArchiveReference(t *testing.T) {
	tree := reference.Tree(t)
	var names strings.Builder
	_ = filepath.WalkDir(tree, func(p string, _ fs.DirEntry, _ error) error {
		if name, _ := filepath.Rel(tree, p); name != "." {
			names.WriteString(name + "\x00")
		}
		return nil
	})
	for _, c := range []struct{ kind, command string }{
		{"cpio", "cpio -o -0 --quiet -H newc"},
		{"cpio", "cpio -o -0 --quiet -H crc"},
		{"cpio", "cpio -o -0 --quiet -H odc"},
		{"cpio", "cpio -o -0 --quiet -H bin"},
		{"tar", "tar -c --format=ustar --no-recursion --null -T -"},
		{"tar", "tar -c --format=pax --no-recursion --null -T -"},
		{"tar", "tar -c --format=gnu --no-recursion --null -T -"},
		{"tar", "tar -cS --format=pax --no-recursion --null -T -"},
		{"tar", "tar -cS --format=gnu --no-recursion --null -T -"},
		{"tar", "tar -c --format=v7 --no-recursion --null -T -"},
	} {
		t.Run(c.command, func(t *testing.T) {
			args := strings.Fields(c.command)
			cmd := exec.Command(reference.Need(t, args[0]), args[1:]...)
			cmd.Dir, cmd.Stdin = tree, strings.NewReader(names.String())
			data, err := cmd.Output()
			if err != nil {
				t.Fatalf("cannot pack: %v", err)
			}
			img := reference.Open(t, data)
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
			reference.Compare(t, reference.InImage(img, c.kind), reference.OnDisk(t, tree))
			if a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
		})
	}
	t.Run("zip", func(t *testing.T) {
		tool := reference.Need(t, "zip")
		out := filepath.Join(t.TempDir(), "out.zip")
		reference.Run(t, tree, tool, "-qry", out, "size", "zeros", "bin", "many", "link")
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		img := reference.Open(t, data)
		if !img.Containers[0].Modes {
			t.Error("an archive of files of Unix has no modes")
		}
		for _, f := range img.Files {
			if f.Kind != firmware.Regular {
				continue
			}
			want, err := os.ReadFile(filepath.Join(tree, f.Name))
			if err != nil || f.Digest != sha256.Sum256(want) {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
		if f := reference.Find(t, img, "!link"); f.Kind != firmware.Symlink || f.Link != "etc/shadow" {
			t.Errorf("link: %+v", f)
		}
	})
}
