package signature_test

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

const notSigned = "the update image is not signed"

// appendMetadata appends a description as OpenWrt's fwtool does.
func appendMetadata(image []byte) []byte {
	data := `{"metadata_version":"1.1","supported_devices":["vendor,board"]}`
	image = append(append(slices.Clone(image), make([]byte, 8)...), data...)
	sum := ^crc32.ChecksumIEEE(image)
	image = binary.BigEndian.AppendUint32(append(image, "FWx0"...), sum)
	return binary.BigEndian.AppendUint32(append(image, 1, 0, 0, 0), uint32(8+len(data)+16))
}

// TestStripped has updates without what signs them, of kinds that have a place for it,
// and others of kinds that have none.
func TestStripped(t *testing.T) {
	text := func(name string) firmwaretest.File { return firmwaretest.Text(name, 0o644, "pkgname = app\n") }
	root := firmwaretest.Squashfs(text("etc/hostname"), text("usr/bin/app"))
	for _, c := range []struct {
		name  string
		image []byte
		want  string // empty if there must be no finding
	}{
		{"a bundle of RAUC", firmwaretest.Squashfs(text("manifest.raucm"), text("rootfs.img")), notSigned},
		{"OpenWrt's description alone", appendMetadata(append(root, make([]byte, 4000)...)), notSigned},
		{"a package of Alpine", firmwaretest.Gzip("", firmwaretest.Tar(text(".PKGINFO"), text("usr/bin/app"))), notSigned},
		{"an index of Alpine", firmwaretest.Gzip("", firmwaretest.Tar(text("DESCRIPTION"), text("APKINDEX"))), notSigned},
		{"a repository of apt", firmwaretest.Tar(text("debian/dists/stable/Release"), text("debian/dists/stable/main/Packages")), notSigned},
		{"a file system", root, ""},
		{"a package of Arch", firmwaretest.Gzip("", firmwaretest.Tar(text(".BUILDINFO"), text(".MTREE"), text(".PKGINFO"), text("usr/bin/app"))), ""},
		{"an archive", firmwaretest.Gzip("", firmwaretest.Tar(text("Release"), text("APKINDEX"))), ""},
		{"cut off", append([]byte("\x3d\xb8\xf3\x96\x00\x00\x00\x00\x00\x02\x00\x00\xf0\xff\xff\xff"), make([]byte, 600)...), "is broken or cut off"},
	} {
		j := judge(t, c.image, nil)
		said := j.said()
		if c.want == "" && (j.result.Verdict != assay.Inconclusive || len(j.result.Findings) > 0) || c.want != "" && (j.result.Verdict != assay.Fail || !strings.Contains(said, c.want)) {
			t.Errorf("%s: %s: %s", c.name, j.result.Verdict, said)
		}
	}
}
