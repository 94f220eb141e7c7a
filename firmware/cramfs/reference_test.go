package cramfs_test

import (
	"fmt"
	"os"
	"os/exec"
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
	reference.Run(t, work, reference.Need(t, "mkfs.cramfs"), append(strings.Fields(options), tree, "img")...)
	data, err := os.ReadFile(filepath.Join(work, "img"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestReference compares the tree that was packed with what is seen in the image.
func TestReference(t *testing.T) {
	tree := reference.Tree(t)
	for _, options := range []string{
		"", "-z", "-N big", "-N little -z", "-p", "-p -N big -z", "-n volume -e 3",
		"-b 8192", "-b 16384 -z", "-b 32768 -N big", "-b 65536", "-b 2048", "-b 1024 -z",
	} {
		t.Run(options, func(t *testing.T) {
			data := pack(t, tree, options)
			img := reference.Open(t, slices.Concat(data, []byte("\xff\xfeafter")))
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
			if c := img.Containers[0]; c.Offset != 0 || c.Length != int64(len(data)) {
				t.Errorf("container at %d of %d bytes, the image has %d", c.Offset, c.Length, len(data))
			}
			reference.Compare(t, reference.InImage(img, "cramfs"), reference.OnDisk(t, tree))
			if a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-"); b.HardLink != a {
				t.Error("the shared content is lost")
			}
			if b, err := reference.Find(t, img, "size/900000").ReadFile(); err != nil || len(b) != 900_000 {
				t.Errorf("read again: %d bytes, %v", len(b), err)
			}
		})
	}
}

// TestExtract compares with what fsck.cramfs unpacks.
func TestExtract(t *testing.T) {
	un := reference.Need(t, "fsck.cramfs")
	data := pack(t, reference.Tree(t), "") // it refuses explicit holes
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "img"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(un, "--extract="+filepath.Join(work, "out"), filepath.Join(work, "img")).CombinedOutput(); err != nil {
		t.Fatalf("fsck.cramfs cannot: %s", out)
	}
	reference.Compare(t, reference.InImage(reference.Open(t, data), "cramfs"), reference.OnDisk(t, filepath.Join(work, "out")))
}

// TestBehind finds an image with a boot loader's room in the middle of others.
func TestBehind(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "tree")
	if err := os.MkdirAll(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree, "file"), []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	noise := []byte(strings.Repeat("\x5a\xc3noise", 1000))
	for _, options := range []string{"", "-p", "-p -N big"} {
		data := pack(t, tree, options)
		img := reference.Open(t, slices.Concat(noise, data, noise))
		c := reference.Find(t, img, "!file").Container
		if c.Offset != int64(len(noise)) || c.Length != int64(len(data)) {
			t.Errorf("%q: container at %d of %d bytes, not at %d of %d", options, c.Offset, c.Length, len(noise), len(data))
		}
	}
}

// TestOwners compares owners and devices. A group has eight bits.
func TestOwners(t *testing.T) {
	work := t.TempDir()
	for name, mode := range map[string]uint32{"null": syscall.S_IFCHR | 0o666, "sda": syscall.S_IFBLK | 0o660, "pipe": syscall.S_IFIFO | 0o600, "sock": syscall.S_IFSOCK | 0o700} {
		p := filepath.Join(work, name)
		if err := syscall.Mknod(p, mode, 31<<8|7); err != nil {
			t.Skipf("no devices here: %v", err)
		}
		if err := os.Chmod(p, os.FileMode(mode&0o777)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(p, 1000, 70); err != nil {
			t.Skipf("no owners here: %v", err)
		}
	}
	for _, options := range []string{"-N little", "-N big"} {
		var got []string
		for _, f := range reference.Open(t, pack(t, work, options)).Files {
			got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev)))
		}
		reference.Compare(t, got, []string{
			"null char-device 666 1000:70 31,7", "sda block-device 660 1000:70 31,7", "pipe fifo 600 1000:70 0,0", "sock socket 700 1000:70 0,0",
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	data := pack(b, reference.Tree(b), "")
	for b.Loop() {
		img := reference.Open(b, data)
		size := int64(0)
		for _, f := range img.Files {
			if f.HardLink == nil && f.Kind == firmware.Regular {
				size += f.Size
			}
		}
		b.SetBytes(size)
	}
}
