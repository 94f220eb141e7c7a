package firmware_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// What is known and not opened is named, wherever it lies, and is no finding where it holds
// nothing of interest.
func TestUnopened(t *testing.T) {
	told := func(img *firmware.Image, what string) bool {
		return slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return strings.Contains(s.Reason, what) })
	}
	for what, magic := range map[string]string{
		"compound file": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "rar archive": "Rar!\x1a\x07\x01\x00", "cabinet": "MSCF\x00\x00\x00\x00",
		"openssl enc": "Salted__12345678", "LUKS": "LUKS\xba\xbe\x00\x02",
	} {
		content := slices.Concat([]byte(magic), opaqueBytes(40_000))
		for name, image := range map[string][]byte{
			"alone": content, "in a root": rootWith("opt/data", content), "in an archive": firmwaretest.Tar(firmwaretest.Binary("data", 0o644, content)),
		} {
			if img := reference.Open(t, image); !told(img, what) {
				t.Errorf("%s %s: %v", what, name, img.Skipped)
			}
		}
	}
	thumbnails := slices.Concat([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), bytes.Repeat([]byte{0xff, 0xff, 0xff, 0xff, 1, 2, 3, 0}, 3000))
	if img := reference.Open(t, rootWith("www/Thumbs.db", thumbnails)); len(img.Skipped) > 0 {
		t.Errorf("thumbnails: %v", img.Skipped)
	}
	archive := slices.Concat([]byte("Rar!\x1a\x07\x01\x00"), bytes.Repeat([]byte{1, 2, 3, 0}, 3000))
	if img := reference.Open(t, rootWith("opt/a.rar", archive)); !told(img, "rar archive") {
		t.Errorf("an archive that nobody opens: %v", img.Skipped)
	}
}
