// Package reference compares what package firmware sees in an image with what
// other tools see in it.
package reference

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// Open opens an image and checks what holds for every one.
func Open(t testing.TB, data []byte, opts ...firmware.Options) *firmware.Image {
	t.Helper()
	var o firmware.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	var mu sync.Mutex
	visits := map[*firmware.File]int{}
	o.Visit = func(f *firmware.File, content []byte) {
		mu.Lock()
		defer mu.Unlock()
		visits[f]++
		if f.Digest != sha256.Sum256(content) || f.Size != int64(len(content)) {
			t.Errorf("%s: visited with another content than its digest", f.Path)
		}
	}
	img, err := firmware.Open(context.Background(), firmware.Bytes("image.bin", data), o)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, img)
	for _, f := range img.Files {
		want := 0
		if (f.Kind == firmware.Regular || f.Kind == firmware.Raw) && f.Err == nil && !f.Long {
			want = 1
		}
		if sum := sha256.New(); f.Long && f.Err == nil {
			if n, err := f.WriteTo(sum); n != f.Size || err != nil || f.Digest != [32]byte(sum.Sum(nil)) {
				t.Errorf("%s: %d bytes of %d are written again, %v", f.Path, n, f.Size, err)
			}
		}
		if visits[f] != want {
			t.Errorf("%s: visited %d times, want %d", f.Path, visits[f], want)
		}
	}
	return img
}

// Check checks what holds for every image: each byte has one class, containers
// follow their parents, paths are unique and sorted, no error is lost.
func Check(t testing.TB, img *firmware.Image) {
	t.Helper()
	at := int64(0)
	for _, r := range img.Ranges {
		if r.Offset != at || r.Length <= 0 {
			t.Fatalf("range %+v after 0x%x", r, at)
		}
		at += r.Length
	}
	if at != img.Size {
		t.Errorf("ranges sum to %d of %d bytes", at, img.Size)
	}
	places := map[*firmware.Container]int{nil: -1}
	paths := map[string]bool{}
	for i, c := range img.Containers {
		if p, ok := places[c.Parent]; !ok || p >= i {
			t.Errorf("%s stands before its parent", c.Path)
		}
		if paths[c.Path] {
			t.Errorf("two containers are %s", c.Path)
		}
		places[c], paths[c.Path] = i, true
	}
	clear(paths)
	last := ""
	for _, f := range img.Files {
		if paths[f.Path] || f.Path < last {
			t.Errorf("%q is twice or out of order", f.Path)
		}
		last, paths[f.Path] = f.Path, true
		if f.Path != f.Container.Path+"!"+f.Name || !fs.ValidPath(strings.ToValidUTF8(f.Name, "?")) {
			t.Errorf("path %q of %q in %q", f.Path, f.Name, f.Container.Path)
		}
		if f.Err != nil && f.HardLink == nil && !slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return s.Path == f.Path }) {
			t.Errorf("%s has an error and is not in Skipped: %v", f.Path, f.Err)
		}
	}
}

// Find gives the file whose path ends so.
func Find(t testing.TB, img *firmware.Image, suffix string) *firmware.File {
	t.Helper()
	for _, f := range img.Files {
		if strings.HasSuffix(f.Path, suffix) {
			return f
		}
	}
	t.Fatalf("no file %s among %d", suffix, len(img.Files))
	return nil
}

// Tree writes a tree to disk that asks much of a packer: sizes around those
// of blocks, holes, hard links, odd names and modes.
func Tree(t testing.TB) string {
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

// OnDisk describes a folder of the machine.
func OnDisk(t testing.TB, dir string) []string {
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

// InImage describes the files of the first container of a type.
func InImage(img *firmware.Image, kind string) []string {
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

// Compare reports the lines that only one side has.
func Compare(t testing.TB, got, want []string) {
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

// Need finds a tool or skips the test.
func Need(t testing.TB, tool string) string {
	t.Helper()
	p, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed", tool)
	}
	return p
}

// Run runs a tool in a folder and fails the test if the tool fails.
func Run(t testing.TB, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

// Has tells whether there is a tool.
func Has(tool string) bool {
	_, err := exec.LookPath(tool)
	return err == nil
}
