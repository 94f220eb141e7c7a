package firmwaretest_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// tree has every kind of file, names that need two directory headers, and files
// around the sizes of a block.
func tree() []firmwaretest.File {
	files := []firmwaretest.File{
		{Name: "etc/shadow", Mode: 0o600, UID: 0, GID: 42, Data: []byte("root::0:0:99999:7:::\n")},
		{Name: "bin/su", Mode: fs.ModeSetuid | 0o755, Data: bytes.Repeat([]byte("su"), 3000)},
		{Name: "tmp", Mode: fs.ModeDir | fs.ModeSticky | 0o777},
		firmwaretest.Symlink("bin/sh", "busybox"),
		firmwaretest.Device("dev/console", 0o600, 5, 1),
		firmwaretest.Device("dev/null", 0o666, 1, 3),
		{Name: "a-link", HardLink: "z/first"},
		firmwaretest.Text("z/first", 0o644, "shared\n"),
		firmwaretest.Text("empty", 0o644, ""),
	}
	for i := range 600 {
		files = append(files, firmwaretest.File{Name: fmt.Sprintf("many/file-%04d", i), Mode: 0o640, UID: uint32(i % 7), Data: []byte(fmt.Sprint(i))})
	}
	for _, n := range []int{4095, 4096, 4097, 70000} {
		files = append(files, firmwaretest.Binary(fmt.Sprintf("size/%d", n), 0o644, firmwaretest.Kernel("1", n)))
	}
	return files
}

// TestSquashfsIsReadByUnsquashfs compares what was packed with what the
// reference tool sees.
func TestSquashfsIsReadByUnsquashfs(t *testing.T) {
	tool, err := exec.LookPath("unsquashfs")
	if err != nil {
		t.Skip("unsquashfs is not installed")
	}
	for name, o := range map[string]firmwaretest.SquashfsOptions{
		"gzip": {}, "uncompressed": {Uncompressed: true}, "small blocks": {BlockSize: 4096}, "no fragments": {NoFragments: true, BlockSize: 4096},
	} {
		t.Run(name, func(t *testing.T) {
			img := filepath.Join(t.TempDir(), "img")
			if err := os.WriteFile(img, firmwaretest.SquashfsWith(o, tree()...), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(tool, "-lln", img).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			listing := strings.Join(strings.Fields(string(out)), " ")
			for _, want := range []string{"-rw------- 0/42 21", "-rwsr-xr-x 0/0 6000", "drwxrwxrwt", "crw------- 0/0 5, 1"} {
				if !strings.Contains(listing, want) {
					t.Errorf("listing lacks %q", want)
				}
			}
			for _, f := range tree() {
				if !f.Mode.IsRegular() {
					continue
				}
				want := f.Data
				if f.HardLink != "" {
					want = []byte("shared\n")
				}
				if strings.HasPrefix(f.Name, "many/") && !strings.HasSuffix(f.Name, "99") {
					continue
				}
				got, err := exec.Command(tool, "-cat", img, f.Name).Output()
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: %d bytes, want %d: %v", f.Name, len(got), len(want), err)
				}
			}
		})
	}
}

func TestCpioIsReadByCpio(t *testing.T) {
	tool, err := exec.LookPath("cpio")
	if err != nil {
		t.Skip("cpio is not installed")
	}
	cmd := exec.Command(tool, "-itv", "--quiet", "-n")
	cmd.Stdin = bytes.NewReader(firmwaretest.Cpio(tree()...))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count(string(out), "\n"); n != len(tree())+6 { // six directories are implied
		t.Errorf("%d lines for %d files", n, len(tree()))
	}
	if !strings.Contains(string(out), "bin/sh -> busybox") {
		t.Errorf("no symlink in:\n%.500s", out)
	}
}

func TestSquashfsIsDeterministic(t *testing.T) {
	if !bytes.Equal(firmwaretest.Squashfs(tree()...), firmwaretest.Squashfs(tree()...)) {
		t.Error("the same files gave different bytes")
	}
}

func TestBadTrees(t *testing.T) {
	for name, files := range map[string][]firmwaretest.File{
		"file inside a file": {firmwaretest.Text("a", 0o644, ""), firmwaretest.Text("a/b", 0o644, "")},
		"twice":              {firmwaretest.Text("a", 0o644, ""), firmwaretest.Text("a", 0o644, "")},
		"outside":            {firmwaretest.Text("../a", 0o644, "")},
		"dangling link":      {{Name: "a", HardLink: "b"}},
	} {
		if err := firmwaretest.WriteSquashfs(&bytes.Buffer{}, firmwaretest.SquashfsOptions{}, files...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
