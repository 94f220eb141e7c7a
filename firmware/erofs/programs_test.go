package erofs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// How much of the machine's programs is packed: enough for clusters that span
// every number of units, in packs of every kind, and for files of all sizes.
const (
	mostPrograms = 12 << 20
	mostProgram  = 4 << 20
	everyProgram = 5 // of those in the order of their paths
)

// programs copies some of the machine's programs, libraries and texts to a tree.
// What a test makes up compresses alike; these do not.
func programs(t *testing.T) string {
	t.Helper()
	tree := filepath.Join(t.TempDir(), "tree")
	seen, left := 0, int64(mostPrograms)
	for _, from := range []string{"/usr/bin", "/usr/lib", "/usr/share/doc", "/etc"} {
		share := left / 2
		_ = filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // what cannot be read here is not asked for
			}
			info, err := d.Info()
			if err != nil || info.Size() > min(mostProgram, share) {
				return nil
			}
			if seen++; seen%everyProgram != 0 {
				return nil
			}
			data, err := os.ReadFile(p)
			to := filepath.Join(tree, strings.ReplaceAll(p, "/", "_"))
			if err != nil || os.MkdirAll(tree, 0o755) != nil || os.WriteFile(to, data, 0o644) != nil {
				return nil
			}
			share -= info.Size()
			left -= info.Size()
			return nil
		})
	}
	if left > mostPrograms/2 {
		t.Skip("too few programs on this machine")
	}
	return tree
}

// TestPrograms packs real programs and compares the digest of every one. It has
// what Debian's mkfs.erofs does by default, clusters of one block each whose
// index is compact, and the ways to depart from that.
func TestPrograms(t *testing.T) {
	reference.Need(t, "mkfs.erofs")
	tree := programs(t)
	want := reference.OnDisk(t, tree)
	for _, options := range []string{
		"-zlz4", "-zlz4hc", "-zlz4 -Elegacy-compress", "-zlz4 -Eztailpacking", "-zlz4 -Efragments", "-zlz4 -Eall-fragments", "-zlz4 -Eztailpacking,fragments",
		"-zlz4 -Ededupe", "-zlz4 -Efragments,dedupe", "-zlz4 --max-extent-bytes=4096", "-zlz4 --max-extent-bytes=65536", "-zlz4 -C8192", "-zlz4 -C65536 -Eztailpacking,fragments",
		"-zlz4 --max-extent-bytes=16384 -C16384", "-zlz4 -Eforce-inode-extended", "-zlz4 -x-1 -Eforce-inode-compact", "-zlz4 -b512",
		"-zlzma", "-zdeflate", "-zzstd", "-zlzma -Efragments,dedupe", "-zlz4:lzma",
	} {
		t.Run(options, func(t *testing.T) {
			img := reference.Open(t, pack(t, tree, options))
			for _, f := range img.Files {
				if f.Err != nil {
					t.Fatalf("%s: %v", f.Path, f.Err)
				}
			}
			reference.Compare(t, reference.InImage(img, "erofs"), want)
		})
	}
}

// TestDamagedCluster overwrites a program's first clusters: the file is not read,
// and its bytes do not count as opened.
func TestDamagedCluster(t *testing.T) {
	self, err := os.ReadFile("/bin/ls")
	if err != nil {
		t.Skip(err)
	}
	tree := t.TempDir()
	if err := os.WriteFile(filepath.Join(tree, "ls"), self, 0o755); err != nil {
		t.Fatal(err)
	}
	data := pack(t, tree, "-zlz4")
	copy(data[3*4096:], slices.Repeat([]byte{0xa5, 0x5a, 7}, 4096))
	img := reference.Open(t, data)
	if f := reference.Find(t, img, "!ls"); f.Err == nil {
		t.Fatal("the file was read")
	}
	lost := int64(0)
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained {
			lost += r.Length
		}
	}
	if lost < int64(len(self))/4 {
		t.Errorf("%d bytes are unexplained of a program of %d", lost, len(self))
	}
}
