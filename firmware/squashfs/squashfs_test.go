package squashfs_test

import (
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/squashfs"
)

func seeds() [][]byte {
	files := []firmwaretest.File{
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"),
		firmwaretest.Symlink("bin/sh", "busybox"),
		firmwaretest.Device("dev/far", 0o600, 300, 70000),
		firmwaretest.Binary("bin/busybox", 0o755, firmwaretest.Kernel("1", 20000)),
		{Name: "link", HardLink: "etc/passwd"},
	}
	return [][]byte{
		firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{BlockSize: 4096}, files...),
		firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{Uncompressed: true}, files...),
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, squashfs.Format, seeds()...) }

func FuzzSquashfs(f *testing.F) { formattest.Fuzz(f, squashfs.Format, seeds()...) }
