package firmware_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// buildTree writes a tree to disk that asks much of a packer: sizes around those
// of blocks, holes, hard links, odd names and modes.
func buildTree(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	put := func(name string, mode fs.FileMode, content []byte) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{0, 1, 4095, 4096, 4097, 131071, 131072, 131073, 900_000} {
		put(fmt.Sprintf("size/%d", n), 0o644, firmwaretest.Kernel("", max(n, 100))[:n])
	}
	put("zeros", 0o644, make([]byte, 700_000))
	put("hole", 0o644, slices.Concat(make([]byte, 400_000), []byte("end")))
	put("bin/su", fs.ModeSetuid|0o755, []byte("su"))
	put("etc/shadow", 0o600, []byte("root::0:0:99999:7:::\n"))
	put("odd/new\nline", 0o644, []byte("n"))
	put("odd/\xff\xfe", 0o644, []byte("u"))
	put("odd/ü and space", 0o640, []byte("s"))
	put("exec.elf", 0o755, bytes.Repeat([]byte{0, 0, 0xa0, 0xe1, 7, 1, 0, 0xeb}, 20_000)) // something for the branch filters
	for i := range 300 {
		put(fmt.Sprintf("many/%03d", i), 0o644, []byte(strings.Repeat("line\n", i)))
	}
	for from, to := range map[string]string{"link": "etc/shadow", "bin/sh": "../no/where", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(filepath.Join(dir, "etc/shadow"), filepath.Join(dir, "etc/shadow-")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "odd"), fs.ModeSticky|0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// describe writes a line for a file, as both sides see it.
func describe(name string, kind firmware.Kind, mode fs.FileMode, uid, gid uint32, link string, digest [32]byte) string {
	switch kind {
	case firmware.Directory:
		return fmt.Sprintf("%q dir %v %d:%d", name, mode, uid, gid)
	case firmware.Symlink:
		return fmt.Sprintf("%q link %d:%d %q", name, uid, gid, link)
	}
	return fmt.Sprintf("%q %v %v %d:%d %x", name, kind, mode, uid, gid, digest)
}

// onDisk describes a folder of the machine.
func onDisk(t *testing.T, dir string) []string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		info, err := d.Info()
		if err != nil {
			return err
		}
		stat := info.Sys().(*syscall.Stat_t)
		mode := info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
		switch {
		case info.IsDir():
			lines = append(lines, describe(name, firmware.Directory, mode, stat.Uid, stat.Gid, "", [32]byte{}))
		case info.Mode()&fs.ModeSymlink != 0:
			link, _ := os.Readlink(p)
			lines = append(lines, describe(name, firmware.Symlink, 0, stat.Uid, stat.Gid, link, [32]byte{}))
		default:
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			lines = append(lines, describe(name, firmware.Regular, mode, stat.Uid, stat.Gid, "", sha256.Sum256(data)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// inImage describes the files of the first container of a type.
func inImage(img *firmware.Image, kind string) []string {
	var lines []string
	var c *firmware.Container
	for _, f := range img.Files {
		if f.Container.Type != kind || (c != nil && f.Container != c) {
			continue
		}
		c = f.Container
		lines = append(lines, describe(f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Link, f.Digest))
	}
	slices.Sort(lines)
	return lines
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	wanted := map[string]bool{}
	for _, l := range want {
		wanted[l] = true
	}
	for _, l := range got {
		if !wanted[l] {
			t.Errorf("too much: %s", l)
		}
		delete(wanted, l)
	}
	for l := range wanted {
		t.Errorf("missing: %s", l)
	}
}

// need finds a tool or skips the test.
func need(t *testing.T, tool string) string {
	t.Helper()
	p, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed", tool)
	}
	return p
}

func run(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

// TestSquashfsReference packs a tree with mksquashfs, has unsquashfs unpack it,
// and compares what is then on the disk with what we see in the image.
func TestSquashfsReference(t *testing.T) {
	mk, un := need(t, "mksquashfs"), need(t, "unsquashfs")
	tree := buildTree(t)
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
			run(t, work, un, "-q", "-n", "-d", filepath.Join(work, "out"), img)
			data, err := os.ReadFile(img)
			if err != nil {
				t.Fatal(err)
			}
			opened := open(t, data)
			if len(opened.Skipped) > 0 {
				t.Errorf("skipped: %v", opened.Skipped)
			}
			compare(t, inImage(opened, "squashfs"), onDisk(t, filepath.Join(work, "out")))
			if a, b := find(t, opened, "etc/shadow"), find(t, opened, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
		})
	}
}

// TestSquashfsOwners compares owners and devices with the listing of unsquashfs.
func TestSquashfsOwners(t *testing.T) {
	mk := need(t, "mksquashfs")
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
	for _, f := range open(t, data).Files {
		got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d %d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev), f.ModTime.Unix()))
	}
	want := []string{
		"dev directory 755 0:0 0,0 1000000000", "dev/console char-device 600 0:5 5,1 1000000000", "dev/far char-device 600 1000:70000 300,70000 1000000000",
		"dev/sda block-device 660 0:6 8,0 1000000000", "pipe fifo 644 0:0 0,0 1000000000",
	}
	compare(t, got, want)
}

// TestSquashfsXattrs compares attributes, where the disk can hold them.
func TestSquashfsXattrs(t *testing.T) {
	mk := need(t, "mksquashfs")
	work := t.TempDir()
	for i, name := range []string{"a", "b", "c"} {
		p := filepath.Join(work, "tree", name)
		_ = os.MkdirAll(filepath.Dir(p), 0o755)
		_ = os.WriteFile(p, []byte(name), 0o644)
		if err := syscall.Setxattr(p, "user.note", bytes.Repeat([]byte("x"), 10+i/2*200), 0); err != nil {
			t.Skipf("no attributes here: %v", err)
		}
	}
	run(t, work, mk, "tree", "img", "-quiet", "-no-progress")
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		t.Fatal(err)
	}
	img := open(t, data)
	for name, n := range map[string]int{"!a": 10, "!b": 10, "!c": 210} {
		if got := find(t, img, name).Xattrs["user.note"]; len(got) != n {
			t.Errorf("%s: %d bytes of user.note, want %d", name, len(got), n)
		}
	}
}

// TestArchiveReference packs the tree with cpio, tar and zip.
func TestArchiveReference(t *testing.T) {
	tree := buildTree(t)
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
		{"tar", "tar -c --format=ustar --null -T - --no-recursion"},
		{"tar", "tar -c --format=pax --null -T - --no-recursion"},
		{"tar", "tar -c --format=gnu --null -T - --no-recursion"},
		{"tar", "tar -cS --format=pax --null -T - --no-recursion"},
		{"tar", "tar -cS --format=gnu --null -T - --no-recursion"},
		{"tar", "tar -c --format=v7 --null -T - --no-recursion"},
	} {
		t.Run(c.command, func(t *testing.T) {
			args := strings.Fields(c.command)
			cmd := exec.Command(need(t, args[0]), args[1:]...)
			cmd.Dir, cmd.Stdin = tree, strings.NewReader(names.String())
			data, err := cmd.Output()
			if err != nil {
				t.Skipf("cannot pack: %v", err)
			}
			img := open(t, data)
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
			compare(t, inImage(img, c.kind), onDisk(t, tree))
			if a, b := find(t, img, "etc/shadow"), find(t, img, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
		})
	}
	t.Run("zip", func(t *testing.T) {
		tool := need(t, "zip")
		out := filepath.Join(t.TempDir(), "out.zip")
		run(t, tree, tool, "-qry", out, "size", "zeros", "bin", "many", "link")
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		img := open(t, data)
		if img.Containers[0].Modes {
			t.Error("a zip archive has modes")
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
		if f := find(t, img, "!link"); f.Kind != firmware.Symlink || f.Link != "etc/shadow" {
			t.Errorf("link: %+v", f)
		}
	})
}
