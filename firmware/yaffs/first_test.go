package yaffs_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestFirstNewest has chunks that others took the place of: marked, and not yet
// marked when the power went off.
func TestFirstNewest(t *testing.T) {
	for name, f := range firsts() {
		t.Run(name, func(t *testing.T) {
			f.file(300, "before", []byte("a dump may begin anywhere"))
			f.root()
			f.status = 0
			f.header(object{id: 301, kind: file, parent: 1, name: "log", mode: 0o644, size: 1000})
			f.data(301, 1, bytes.Repeat([]byte("a"), 512))
			f.status = 0x3f
			f.data(301, 2, bytes.Repeat([]byte("old"), 100))
			f.data(301, 2, bytes.Repeat([]byte("b"), 488))
			f.serial = 3
			f.header(object{id: 302, kind: file, parent: 1, name: "older", mode: 0o644, size: 4})
			f.data(302, 1, []byte("past"))
			f.serial = 0 // follows on 3
			f.header(object{id: 302, kind: file, parent: 1, name: "newer", mode: 0o600, size: 3})
			f.data(302, 1, []byte("now"))
			f.header(object{id: 303, kind: file, parent: 4, name: "deleted", mode: 0o644, size: 1})
			img := open(t, f.Bytes())
			if c := img.Containers[0]; c.Type != "yaffs1" || c.Length != int64(f.Len()) || c.Attributes["deleted"] != "1" {
				t.Errorf("%+v of %d bytes", c, f.Len())
			}
			if got := content(t, img, "log"); got != strings.Repeat("a", 512)+strings.Repeat("b", 488) {
				t.Errorf("log is %.600q", got)
			}
			if got := names(img); got != "before log newer" {
				t.Errorf("files: %s", got)
			}
			if got := content(t, img, "newer"); got != "now" {
				t.Errorf("newer is %q", got)
			}
		})
	}
}

// TestFirstDamage flips bits of tags: the chunk is none, and its file is said not
// to be whole.
func TestFirstDamage(t *testing.T) {
	for name, f := range firsts() {
		t.Run(name, func(t *testing.T) {
			whole := sample(f)
			flip := func(bits ...int) *firmware.Image {
				bad := bytes.Clone(whole)
				at := 2*528 + 2*528 + 512 // the tags of a part of etc/long
				for _, bit := range bits {
					bad[at+bit/8] ^= 1 << (bit % 8)
				}
				return reference.Open(t, bad)
			}
			for first := range 32 {
				for second := range first + 1 {
					img := flip(first)
					if second < first {
						img = flip(first, second)
					}
					if f := reference.Find(t, img, "etc/long"); f.Err == nil || len(img.Skipped) == 0 {
						t.Fatalf("bits %d and %d: %v, skipped %v", first, second, f.Err, img.Skipped)
					}
					if f := reference.Find(t, img, "small"); f.Err != nil {
						t.Errorf("bits %d and %d: another file: %v", first, second, f.Err)
					}
				}
			}
		})
	}
}

// TestFirstBounds has something in front of and behind a file system.
func TestFirstBounds(t *testing.T) {
	for name, f := range firsts() {
		data := sample(f)
		size := int64(len(data))
		noise := firmwaretest.Kernel("", 70_001)
		image := append(append(bytes.Clone(noise), data...), noise...)
		img := reference.Open(t, image)
		c := img.Containers[len(img.Containers)-1]
		if c.Type != "yaffs1" || c.Offset != int64(len(noise)) || c.Length != size {
			t.Errorf("%s: %s at %d of %d bytes, wanted %d at %d", name, c.Type, c.Offset, c.Length, size, len(noise))
		}
	}
}
