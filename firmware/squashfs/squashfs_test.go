package squashfs_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
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

// A table whose place is no place is told with one that is not negative.
func TestPlaceOutside(t *testing.T) {
	for field, want := range map[int]string{80: "fragment table: ", 56: "extended attributes: "} {
		data := seeds()[0]
		binary.LittleEndian.PutUint64(data[field:], 0xfffffff7ffffffff)
		opened, err := squashfs.Format.Open(t.Context(), format.InMemory(data), format.NewBudget(100, 1<<20, 1<<20, 1000))
		if err != nil {
			t.Fatal(err)
		}
		var found bool
		for _, d := range opened.Damage {
			found = found || strings.HasPrefix(d.Reason, want)
			if d.Offset < 0 || d.Offset > int64(len(data)) || strings.Contains(d.Reason, "0x-") {
				t.Errorf("at %d: %s", d.Offset, d.Reason)
			}
		}
		if !found {
			t.Errorf("%v, want one that begins with %q", opened.Damage, want)
		}
	}
}
