package tarball_test

import (
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
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
