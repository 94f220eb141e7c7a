package zipfile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
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

// TestTwoNames changes the header in front of an entry, which the directory of
// the archive contradicts then: that is told.
func TestTwoNames(t *testing.T) {
	whole := seeds()[0]
	if img := reference.Open(t, whole); len(img.Containers[0].Damage) > 0 {
		t.Fatalf("a whole archive is damaged: %v", img.Containers[0].Damage)
	}
	method := bytes.Clone(whole)
	method[8] ^= 1
	for want, image := range map[string][]byte{
		`the header of "manifest.json" calls it "manifest.jsoN"`: bytes.Replace(whole, []byte("manifest.json"), []byte("manifest.jsoN"), 1),
		"compression method": method,
	} {
		img := reference.Open(t, image)
		told := ""
		for _, s := range img.Skipped {
			told += s.Reason + "\n"
		}
		if !strings.Contains(told, want) {
			t.Errorf("not told: %s; but %q", want, told)
		}
	}
}
