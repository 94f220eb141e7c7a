package erofs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// pack packs a tree with mkfs.erofs, or skips where it cannot with these options.
func pack(t *testing.T, tree, options string) []byte {
	t.Helper()
	mk := reference.Need(t, "mkfs.erofs")
	for option := range strings.FieldsSeq(options) {
		for part := range strings.FieldsSeq(strings.NewReplacer("-z", "", ":", " ", ",", " ", "-E", "").Replace(option)) {
			if !known(t, mk, option, part) {
				t.Skipf("mkfs.erofs cannot: %s", option)
			}
		}
	}
	work := t.TempDir()
	reference.Run(t, work, mk, append(append([]string{"-d0"}, strings.Fields(options)...), "img", tree)...)
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
func known(t *testing.T, mk, option, part string) bool { return true }

func TestReference(t *testing.T) {
	tree := reference.Tree(t)
	for _, options := range []string{
		"",
		"-Eforce-inode-extended", "-Eforce-inode-compact", "-x-1", "-Enoinline_data", "--chunksize=4096", "--chunksize=65536 -Eforce-chunk-indexes",
		"-zlz4", "-zlz4hc", "-zlz4hc,12 -C65536", "-zlz4 -C1048576", "-zlz4hc -Elegacy-compress", "-zlz4 -Elegacy-compress -C16384",
		"-zlz4hc -Eztailpacking", "-zlz4hc -Eztailpacking -C16384 -Elegacy-compress", "-zlz4 --max-extent-bytes=65536",
		"-zlz4hc -Efragments", "-zlz4hc -Eall-fragments -C65536", "-zlz4hc -Ededupe", "-zlz4hc -Ededupe,fragments -C32768", "-zlz4hc -Ededupe,all-fragments -Elegacy-compress",
		"-zlzma", "-zlzma -C65536", "-zlzma -Eztailpacking", "-zlzma -Efragments,dedupe -C131072",
		"-zdeflate,9", "-zdeflate,1 -C65536 -Efragments", "-zdeflate -Ededupe,ztailpacking",
		"-zzstd,15", "-zzstd -C65536 -Efragments", "-zzstd -Ededupe -C16384", "-zzstd -Eztailpacking",
		"-b512 -zlz4", "-b1024", "-b16384 -zlz4hc -C65536", "-b65536 --chunksize=65536", "-b512 -zlzma -Eall-fragments,dedupe -C4096",
		"-zlz4hc:lzma:zstd -C65536",
	} {
		t.Run(options, func(t *testing.T) {
			data := pack(t, tree, options)
			img := reference.Open(t, data)
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
			reference.Compare(t, reference.InImage(img, "erofs"), reference.OnDisk(t, tree))
			if a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
			for _, r := range img.Ranges {
				if r.Class != firmware.Opened {
					t.Errorf("%d bytes at 0x%x are %s", r.Length, r.Offset, r.Class)
				}
			}
		})
	}
}
