package firmware_test

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// container gives the first container of a type.
func container(t *testing.T, img *firmware.Image, kind string) *firmware.Container {
	t.Helper()
	for _, c := range img.Containers {
		if c.Type == kind {
			return c
		}
	}
	t.Fatalf("no %s", kind)
	return nil
}

// TestClosed reads a file that was closed, as one of the host.
func TestClosed(t *testing.T) {
	fsys := container(t, reference.Open(t, firmwaretest.Tar(firmwaretest.Text("a", 0o644, "content"))), "tar").FS()
	f, err := fsys.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(f); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("read %q, %v", b, err)
	}
	if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
}

func TestFS(t *testing.T) {
	img := reference.Open(t, firmwaretest.Squashfs(
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"),
		firmwaretest.Text("etc/empty", 0o600, ""),
		firmwaretest.Text("usr/bin/su", fs.ModeSetuid|0o755, "su"),
		firmwaretest.Symlink("bin", "usr/bin"),
		firmwaretest.Device("dev/console", 0o600, 5, 1),
	))
	fsys := container(t, img, "squashfs").FS()
	if err := fstest.TestFS(fsys, "etc/passwd", "etc/empty", "usr/bin/su", "bin"); err != nil {
		t.Error(err)
	}
	if b, err := fs.ReadFile(fsys, "bin/su"); err != nil || string(b) != "su" {
		t.Errorf("through the link: %q, %v", b, err)
	}
	if target, err := fs.ReadLink(fsys, "bin"); err != nil || target != "usr/bin" {
		t.Errorf("link to %q, %v", target, err)
	}
	info, err := fs.Stat(fsys, "usr/bin/su")
	if err != nil || info.Mode() != fs.ModeSetuid|0o755 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if f, ok := info.Sys().(*firmware.File); !ok || f.Name != "usr/bin/su" {
		t.Errorf("behind it is %v", info.Sys())
	}
}

// A link that leads nowhere and one that runs in a circle are no files; nothing leads
// out of the container.
func TestFSRefuses(t *testing.T) {
	img := reference.Open(t, firmwaretest.Squashfs(
		firmwaretest.Symlink("loop", "loop"),
		firmwaretest.Symlink("out", "../../../../etc/hostname"),
	))
	fsys := container(t, img, "squashfs").FS()
	for _, name := range []string{"loop", "out", "../etc/hostname", "/etc", "no/such"} {
		if b, err := fs.ReadFile(fsys, name); err == nil {
			t.Errorf("%s reads as %q", name, b)
		}
	}
}

func TestCapabilities(t *testing.T) {
	f := firmware.File{Xattrs: map[string][]byte{"security.capability": {
		1, 0, 0, 2, 0, 0x34, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0,
	}}}
	want := []string{"net_bind_service", "net_admin", "net_raw", "bpf"}
	if got := f.Capabilities(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, bad := range [][]byte{nil, {1}, make([]byte, 12)} {
		f.Xattrs["security.capability"] = bad
		if got := f.Capabilities(); len(got) > 0 {
			t.Errorf("%x gives %v", bad, got)
		}
	}
}
