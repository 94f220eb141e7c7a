package firmware_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// A key in bytes that belong to a file system and say nothing to its reader is in a
// file that is offered; noise there is not opened.
func TestUnread(t *testing.T) {
	const key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(dir, "tree"), 0o755))
	must(os.WriteFile(filepath.Join(dir, "tree", "file"), []byte("content\n"), 0o644))
	blocks := func(b []byte, n int) int { return int(binary.LittleEndian.Uint32(b[n:])) }
	for name, c := range map[string]struct {
		tool  []string
		place func(b []byte) int
		noise int // bytes of noise that fit there
	}{
		"ext, descriptors": {[]string{"mkfs.ext4", "-q", "-b", "4096", "-d", "tree", "img", "8M"}, func([]byte) int { return 4096 + 1000 }, 0},
		"ext, an inode":    {[]string{"mkfs.ext4", "-q", "-b", "4096", "-d", "tree", "img", "8M"}, func(b []byte) int { return blocks(b, 4096+8)*4096 + 100*256 }, 64 << 10},
		"ext, the journal": {[]string{"mkfs.ext4", "-q", "-b", "4096", "-d", "tree", "img", "16M"}, func(b []byte) int {
			return (bytes.Index(b[4096:], []byte("\xc0\x3b\x39\x98\x00\x00\x00\x04"))/4096 + 3) * 4096
		}, 64 << 10},
		"FAT, the boot sector": {[]string{"mkfs.vfat", "-C", "img", "1440"}, func([]byte) int { return 100 }, 0},
		"ISO, a descriptor":    {[]string{"genisoimage", "-quiet", "-R", "-o", "img", "tree"}, func([]byte) int { return 0x8000 + 900 }, 0},
		"ISO, a directory": {[]string{"genisoimage", "-quiet", "-R", "-o", "img", "tree"}, func(b []byte) int {
			return blocks(b, 0x8000+158)*2048 + 1900
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			reference.Need(t, c.tool[0])
			_ = os.Remove(filepath.Join(dir, "img"))
			reference.Run(t, dir, c.tool[0], c.tool[1:]...)
			image, err := os.ReadFile(filepath.Join(dir, "img"))
			must(err)
			for _, f := range reference.Open(t, image).Files {
				if strings.Contains(f.Path, "ext!unread") {
					t.Errorf("offered before: %s of %d bytes", f.Path, f.Size)
				}
			}
			at := c.place(image)
			copy(image[at:], key)
			found := false
			for _, f := range reference.Open(t, image).Files {
				b, err := f.ReadFile()
				found = found || err == nil && f.Kind == firmware.Raw && bytes.Contains(b, []byte(key))
			}
			if !found {
				t.Errorf("not offered")
			}
			if c.noise == 0 {
				return
			}
			copy(image[at:], noise(c.noise))
			n := int64(0)
			for _, r := range reference.Open(t, image).Ranges {
				if r.Class == firmware.Unexplained && r.Offset >= int64(at)-16<<10 {
					n += r.Length
				}
			}
			if n < int64(c.noise)/2 {
				t.Errorf("%d bytes of %d are unexplained", n, c.noise)
			}
		})
	}
}
