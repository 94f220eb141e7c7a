package extract_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/cmd/assay/internal/extract"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// into extracts an image and gives the folder of its first container.
func into(t *testing.T, image []byte, kind string) (dir string, done extract.Summary) {
	t.Helper()
	dir = t.TempDir()
	w, err := extract.Into(dir)
	if err != nil {
		t.Fatal(err)
	}
	img, err := firmware.Open(context.Background(), firmware.Bytes("image.bin", image), firmware.Options{Visit: w.Visit})
	if err != nil {
		t.Fatal(err)
	}
	if done, err = w.Finish(img); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, kind), done
}

func TestExtract(t *testing.T) {
	dir, done := into(t, firmwaretest.Squashfs(
		firmwaretest.Text("etc/shadow", 0o600, "root:*:\n"),
		firmwaretest.Text("bin/su", fs.ModeSetuid|0o755, "su"),
		firmwaretest.Symlink("sbin", "/bin"),
		firmwaretest.Symlink("etc/mtab", "../proc/mounts"),
		firmwaretest.Device("dev/console", 0o600, 5, 1),
		firmwaretest.Dir("empty", 0o755),
		firmwaretest.File{Name: "etc/shadow-", HardLink: "etc/shadow"},
	), "squashfs")
	if b, err := os.ReadFile(filepath.Join(dir, "sbin/su")); err != nil || string(b) != "su" {
		t.Errorf("through the link: %q, %v", b, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "etc/shadow-")); err != nil || string(b) != "root:*:\n" {
		t.Errorf("hard link: %q, %v", b, err)
	}
	info, err := os.Stat(filepath.Join(dir, "bin/su"))
	if err != nil || info.Mode() != 0o755 {
		t.Errorf("mode %v, %v: setuid must not leave the image", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Join(dir, "empty")); err != nil || !info.IsDir() {
		t.Errorf("empty folder: %v", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "dev/console")); err == nil {
		t.Error("a device was made")
	}
	if done.Files != 3 || done.Links != 2 || len(done.Left) != 1 || done.Left[0].Path != "image.bin!squashfs!dev/console" {
		t.Errorf("%+v", done)
	}
}

// tarball packs headers; each file holds four bytes.
func tarball(t *testing.T, headers ...*tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("evil")[:h.Size]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Nothing that an image holds leads out of the folder, and nothing is written
// through a link.
func TestExtractHostile(t *testing.T) {
	outside := t.TempDir()
	dir, done := into(t, tarball(t,
		&tar.Header{Typeflag: tar.TypeSymlink, Name: "out", Linkname: outside},
		&tar.Header{Typeflag: tar.TypeSymlink, Name: "up", Linkname: "../../../../../../../../etc"},
		&tar.Header{Name: "out/planted", Size: 4, Mode: 0o644},
		&tar.Header{Name: "etc/passwd", Size: 4, Mode: 0o644},
	), "tar")
	if names, err := os.ReadDir(outside); err != nil || len(names) > 0 {
		t.Errorf("outside are %v, %v", names, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "up/passwd")); err != nil || string(b) != "evil" {
		t.Errorf("the link leads to %q, %v", b, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "out/planted")); err != nil || string(b) != "evil" {
		t.Errorf("the file in the folder that is also a link: %q, %v", b, err)
	}
	if len(done.Left) != 1 || !strings.Contains(done.Left[0].Why, "place") {
		t.Errorf("the link that the folder displaced is not named: %+v", done.Left)
	}
}

func TestTarget(t *testing.T) {
	for _, c := range []struct{ name, link, want string }{
		{"bin/sh", "busybox", "busybox"},
		{"bin/sh", "/bin/busybox", "busybox"},
		{"etc/a/b", "/usr/c", "../../usr/c"},
		{"a", "../../../x", "x"},
		{"a/b", "../../../x", "../x"},
		{"a", "/", "."},
		{"a/b/c", "/", "../.."},
		{"a", "a", "a"},
	} {
		if got := extract.Target(c.name, c.link); got != c.want {
			t.Errorf("%s -> %s becomes %s, want %s", c.name, c.link, got, c.want)
		}
	}
}
