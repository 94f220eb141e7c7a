package romfs_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

func pack(t testing.TB, tree, options string) []byte {
	t.Helper()
	work := t.TempDir()
	reference.Run(t, work, reference.Need(t, "genromfs"), append([]string{"-f", "img", "-d", tree}, strings.Fields(options)...)...)
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// onDisk describes a tree as a romfs shows it: of the permissions, only who may
// execute a file is kept.
func onDisk(t testing.TB, tree string) (lines []string) {
	t.Helper()
	err := filepath.WalkDir(tree, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == tree {
			return err
		}
		name, _ := filepath.Rel(tree, p)
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode, link, sum := fs.FileMode(0o644), "", [32]byte{}
		switch {
		case info.IsDir():
			mode = 0o755
		case info.Mode()&fs.ModeSymlink != 0:
			mode = 0o777
			link, err = os.Readlink(p)
		default:
			mode |= info.Mode() & 0o111
			var data []byte
			data, err = os.ReadFile(p)
			sum = sha256.Sum256(data)
		}
		lines = append(lines, fmt.Sprintf("%q %v %q %x", name, mode, link, sum))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func inImage(img *firmware.Image) (lines []string) {
	for _, f := range img.Files {
		if f.Container.Type == "romfs" {
			lines = append(lines, fmt.Sprintf("%q %v %q %x", f.Name, f.Mode, f.Link, f.Digest))
		}
	}
	return lines
}

// TestReference compares the tree that was packed with what is seen in the image.
func TestReference(t *testing.T) {
	tree := reference.Tree(t)
	for _, options := range []string{"-V volume", "-a 64", "-V a-name-of-more-than-sixteen-bytes", "-A 4096,/exec.elf"} {
		t.Run(options, func(t *testing.T) {
			data := pack(t, tree, options)
			img := reference.Open(t, slices.Concat(data, []byte("\xff\xfeafter")))
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
			if c := img.Containers[0]; c.Offset != 0 || c.Length != int64(len(data)) {
				t.Errorf("container at %d of %d bytes, the image has %d", c.Offset, c.Length, len(data))
			}
			reference.Compare(t, inImage(img), onDisk(t, tree))
			a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-")
			if b.HardLink != a {
				t.Error("the hard link is lost")
			}
			if got := string(data[a.Offset : a.Offset+a.Size]); !strings.HasPrefix(got, "root:") {
				t.Errorf("at the place of etc/shadow is %q", got)
			}
		})
	}
}

func TestDevices(t *testing.T) {
	work := t.TempDir()
	for name, mode := range map[string]uint32{"null": syscall.S_IFCHR | 0o666, "sda": syscall.S_IFBLK | 0o660, "pipe": syscall.S_IFIFO | 0o600, "sock": syscall.S_IFSOCK | 0o600} {
		if err := syscall.Mknod(filepath.Join(work, name), mode, 31<<8|7); err != nil {
			t.Skipf("no devices here: %v", err)
		}
	}
	var got []string
	for _, f := range reference.Open(t, pack(t, work, "")).Files {
		got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev)))
	}
	reference.Compare(t, got, []string{"null char-device 600 0:0 31,7", "sda block-device 600 0:0 31,7", "pipe fifo 644 0:0 0,0", "sock socket 644 0:0 0,0"})
}

func BenchmarkOpen(b *testing.B) {
	data := pack(b, reference.Tree(b), "")
	for b.Loop() {
		reference.Open(b, data)
		b.SetBytes(int64(len(data)))
	}
}
