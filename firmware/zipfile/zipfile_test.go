package zipfile_test

import (
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/zipfile"
)

func seeds() [][]byte {
	return [][]byte{firmwaretest.Zip(
		firmwaretest.Text("manifest.json", 0o644, `{"version": "1.2"}`),
		firmwaretest.Symlink("latest", "manifest.json"),
		firmwaretest.Binary("image.bin", 0o644, firmwaretest.Kernel("1", 5000)),
	)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, zipfile.Format, seeds()...) }

func FuzzZip(f *testing.F) { formattest.Fuzz(f, zipfile.Format, seeds()...) }
