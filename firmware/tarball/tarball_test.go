package tarball_test

import (
	"archive/tar"
	"bytes"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/tarball"
)

func seeds() [][]byte {
	return [][]byte{firmwaretest.Tar(
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"),
		firmwaretest.Symlink("bin/sh", "busybox"),
		firmwaretest.Device("dev/console", 0o600, 5, 1),
		firmwaretest.File{Name: "z-again", HardLink: "etc/passwd"},
	)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, tarball.Format, seeds()...) }

func FuzzTar(f *testing.F) { formattest.Fuzz(f, tarball.Format, seeds()...) }

// TestHardLinks has links to a symbolic link and to a device, as tools write them
// that keep links of every kind, and one to a folder, which there is not.
func TestHardLinks(t *testing.T) {
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeSymlink, Name: "bin/sh", Linkname: "busybox", Mode: 0o777},
		{Typeflag: tar.TypeChar, Name: "dev/console", Mode: 0o600, Devmajor: 5, Devminor: 1},
		{Typeflag: tar.TypeDir, Name: "etc", Mode: 0o755},
		{Typeflag: tar.TypeLink, Name: "bin/again", Linkname: "bin/sh"},
		{Typeflag: tar.TypeLink, Name: "dev/again", Linkname: "dev/console"},
		{Typeflag: tar.TypeLink, Name: "folder", Linkname: "etc"},
	} {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	o, err := tarball.Format.Open(t.Context(), format.InMemory(data.Bytes()), format.NewBudget(100, 1<<20, 1<<20, 10))
	if err != nil {
		t.Fatal(err)
	}
	e := o.Tree.Entries()
	if e[3].Mode != e[0].Mode || e[3].Link != "busybox" || e[3].Err != nil || e[4].Mode != e[1].Mode || e[4].Rdev != e[1].Rdev || e[4].Err != nil {
		t.Errorf("%+v", e)
	}
	if e[5].Err == nil {
		t.Error("a hard link to a folder")
	}
}
