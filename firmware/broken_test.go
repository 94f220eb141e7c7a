package firmware_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// lines are text that packs badly enough for many blocks.
func lines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "line %d of some text %d\n", i, i*7919%10007)
	}
	return b.Bytes()
}

// A stream that breaks off tells how much came out of it and how many packed bytes
// did not, up to its end or to what begins before.
func TestBrokenStream(t *testing.T) {
	text := lines(100_000)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(text)
	_ = w.Close()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	var xzed bytes.Buffer
	x, err := xz.NewWriter(&xzed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = x.Write(text)
	_ = x.Close()
	squash := firmwaretest.Squashfs(firmwaretest.Text("etc/hidden", 0o644, "x"))
	for name, packed := range map[string][]byte{"gzip": zipped.Bytes(), "zstd": enc.EncodeAll(text, nil), "xz": xzed.Bytes()} {
		t.Run(name, func(t *testing.T) {
			bad := bytes.Clone(packed)
			copy(bad[len(bad)/2:], bytes.Repeat([]byte{0xff}, len(bad)/4))
			for behind, rest := range map[string][]byte{"nothing": nil, "squashfs": squash} {
				img := reference.Open(t, slices.Concat(bad, rest))
				i := slices.IndexFunc(img.Skipped, func(s firmware.Skipped) bool {
					return strings.HasSuffix(s.Path, "!"+name) && strings.Contains(s.Reason, "breaks off after")
				})
				if i < 0 {
					t.Fatalf("before %s: %v", behind, img.Skipped)
				}
				s := img.Skipped[i]
				if end := s.Offset + s.Length; end != int64(len(bad)) || s.Offset < int64(len(bad)/3) || s.Offset > int64(len(bad)*4/5) {
					t.Errorf("before %s: bytes 0x%x to 0x%x of 0x%x: %s", behind, s.Offset, end, len(bad), s.Reason)
				}
			}
		})
	}
}

// An archive that is cut between two of its members has all before, and tells that
// its end is missing. Packed whole it is whole: Alpine's packages are made so.
func TestCutBetweenMembers(t *testing.T) {
	whole := firmwaretest.Tar(firmwaretest.Text("etc/a", 0o644, "a\n"), firmwaretest.Text("etc/b", 0o644, "b\n"))
	open := bytes.TrimRight(whole, "\x00")
	open = whole[:(len(open)+511)&^511]
	for name, c := range map[string]struct {
		image []byte
		told  bool
	}{
		"whole": {whole, false}, "cut": {open, true}, "behind something": {slices.Concat(noise(8192), open), true}, "one block of zeros": {whole[:len(open)+512], false},
		"packed": {firmwaretest.Gzip("", open), false}, "member": {firmwaretest.Cpio(firmwaretest.Binary("a.tar", 0o644, open)), false},
	} {
		img := reference.Open(t, c.image)
		reference.Find(t, img, "tar!etc/b")
		told := slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return strings.Contains(s.Reason, "may be cut") })
		if told != c.told {
			t.Errorf("%s: told %v, %v", name, told, img.Skipped)
		}
	}
}
