package erofs_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/erofs"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

// pack packs a tree with mkfs.erofs, or skips where it cannot with these options:
// that of Debian 12 knows LZ4 only.
func pack(t testing.TB, tree, options string) []byte {
	t.Helper()
	work := t.TempDir()
	cmd := exec.Command(reference.Need(t, "mkfs.erofs"), append(append([]string{"-d0"}, strings.Fields(options)...), "img", tree)...)
	cmd.Dir = work
	if out, err := cmd.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(string(out), "\n")
		t.Skipf("mkfs.erofs cannot: %s", first)
	}
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
		"", "-Eforce-inode-extended", "-Eforce-inode-compact", "-x-1", "-Enoinline_data", "--chunksize=4096", "--chunksize=65536 -Eforce-chunk-indexes",
		"-zlz4", "-zlz4hc", "-zlz4hc,12 -C65536", "-zlz4 -C1048576", "-zlz4hc -Elegacy-compress", "-zlz4 -Elegacy-compress -C16384",
		"-zlz4hc -Eztailpacking", "-zlz4hc -Eztailpacking -C16384 -Elegacy-compress", "-zlz4 --max-extent-bytes=65536",
		"-zlz4hc -Efragments", "-zlz4hc -Eztailpacking,fragments", "-zlz4 -Eztailpacking,all-fragments -C16384", "-zlz4hc -Eall-fragments -C65536", "-zlz4hc -Ededupe", "-zlz4hc -Ededupe,fragments -C32768", "-zlz4hc -Ededupe,all-fragments -Elegacy-compress",
		"-zlzma", "-zlzma -C65536", "-zlzma -Eztailpacking", "-zlzma -Efragments,dedupe -C131072",
		"-zdeflate,9", "-zdeflate,1 -C65536 -Efragments", "-zdeflate -Ededupe,ztailpacking",
		"-zzstd,15", "-zzstd -C65536 -Efragments", "-zzstd -Ededupe -C16384", "-zzstd -Eztailpacking",
		"-b512 -zlz4", "-b1024", "-b16384 -zlz4hc -C65536", "-b512 -zlzma -Eall-fragments,dedupe -C4096",
		"-zlz4hc:lzma:zstd -C65536",
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
			for _, g := range img.Ranges {
				if g.Class == firmware.Unexplained && g.Offset < int64(len(data)) {
					t.Errorf("unexplained: %v", g)
				}
			}
			reference.Compare(t, reference.InImage(img, "erofs"), reference.OnDisk(t, tree))
			if a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
			again(t, img)
		})
	}
}

// again reads files a second time, alone.
func again(t *testing.T, img *firmware.Image) {
	t.Helper()
	for _, f := range img.Files {
		if f.Kind != firmware.Regular || f.HardLink != nil || strings.HasPrefix(f.Name, "many/") {
			continue
		}
		if b, err := f.ReadFile(); err != nil || int64(len(b)) != f.Size {
			t.Errorf("%s, read again: %d bytes, %v", f.Path, len(b), err)
		}
	}
}

// TestExtract compares with what fsck.erofs unpacks.
func TestExtract(t *testing.T) {
	un := reference.Need(t, "fsck.erofs")
	tree := reference.Tree(t)
	if err := os.Chmod(filepath.Join(tree, "bin/su"), 0o755); err != nil { // the bit is lost when it is unpacked
		t.Fatal(err)
	}
	for _, options := range []string{"-zlz4hc -C16384 -Eztailpacking", "--chunksize=8192"} {
		data := pack(t, tree, options)
		work := t.TempDir()
		if err := os.WriteFile(filepath.Join(work, "img"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		reference.Run(t, work, un, "--extract=out", "img")
		reference.Compare(t, reference.InImage(reference.Open(t, data), "erofs"), reference.OnDisk(t, filepath.Join(work, "out")))
	}
}

// TestLarge packs directories of many blocks and files of many clusters.
func TestLarge(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "tree")
	for i := range 3000 {
		name := filepath.Join(tree, "dir", fmt.Sprintf("%04d-%s", i, strings.Repeat("n", i%200)))
		if i == 0 {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(name, fmt.Appendf(nil, "file %d", i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sparse, err := os.Create(filepath.Join(tree, "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	defer sparse.Close()
	for _, off := range []int64{5_000_000, 17_000_001} {
		if _, err := sparse.WriteAt([]byte("here"), off); err != nil {
			t.Fatal(err)
		}
	}
	for _, options := range []string{"", "-zlz4", "-zlz4 -C65536", "--chunksize=4096 -Eforce-chunk-indexes", "-zzstd -C65536 -Efragments"} {
		t.Run(options, func(t *testing.T) {
			img := reference.Open(t, pack(t, tree, options))
			reference.Compare(t, reference.InImage(img, "erofs"), reference.OnDisk(t, tree))
		})
	}
}

// TestDevices packs contents on another device: they are named, and not read.
func TestDevices(t *testing.T) {
	tree := reference.Tree(t)
	blob := filepath.Join(t.TempDir(), "blob")
	if err := os.WriteFile(blob, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	img := reference.Open(t, pack(t, tree, "--chunksize=4096 --blobdev="+blob))
	if got, want := len(img.Files), len(reference.OnDisk(t, tree)); got != want {
		t.Errorf("%d entries, want %d", got, want)
	}
	for _, f := range img.Files {
		switch {
		case f.Kind != firmware.Regular || f.Size == 0:
		case f.Err == nil && f.Name != "zeros":
			t.Errorf("%s was read, and lies on another device", f.Name)
		case f.Err != nil && !strings.Contains(f.Err.Error(), "not in the image"):
			t.Errorf("%s: %v", f.Name, f.Err)
		}
	}
}

// TestXattrs compares attributes, where the disk can hold them.
func TestXattrs(t *testing.T) {
	work := t.TempDir()
	for i, name := range []string{"a", "b", "c"} {
		p := filepath.Join(work, name)
		_ = os.WriteFile(p, []byte(name), 0o644)
		if err := syscall.Setxattr(p, "user.note", bytes.Repeat([]byte("x"), 10+i/2*200), 0); err != nil {
			t.Skipf("no attributes here: %v", err)
		}
	}
	for _, options := range []string{"-x0", "-x1", "-x5", "-zlz4 -x1"} {
		img := reference.Open(t, pack(t, work, options))
		for name, n := range map[string]int{"!a": 10, "!b": 10, "!c": 210} {
			if got := reference.Find(t, img, name).Xattrs["user.note"]; len(got) != n {
				t.Errorf("%s: %s: %d bytes of user.note, want %d", options, name, len(got), n)
			}
		}
	}
}

// TestOwners compares owners, times and devices.
func TestOwners(t *testing.T) {
	work := t.TempDir()
	for name, mode := range map[string]uint32{"null": syscall.S_IFCHR | 0o666, "sda": syscall.S_IFBLK | 0o660, "pipe": syscall.S_IFIFO | 0o600, "sock": syscall.S_IFSOCK | 0o700} {
		p := filepath.Join(work, name)
		if err := syscall.Mknod(p, mode, 300<<8|7); err != nil {
			t.Skipf("no devices here: %v", err)
		}
		if err := os.Chmod(p, os.FileMode(mode&0o777)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(p, 1000, 70000); err != nil {
			t.Skipf("no owners here: %v", err)
		}
	}
	for _, options := range []string{"-T1000000000", "-T1000000000 -Eforce-inode-extended"} {
		var got []string
		for _, f := range reference.Open(t, pack(t, work, options)).Files {
			got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d %d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev), f.ModTime.Unix()))
		}
		reference.Compare(t, got, []string{
			"null char-device 666 1000:70000 300,7 1000000000", "sda block-device 660 1000:70000 300,7 1000000000",
			"pipe fifo 600 1000:70000 0,0 1000000000", "sock socket 700 1000:70000 0,0 1000000000",
		})
	}
}

// BenchmarkRead opens images and reads every file, without the digests that
// package firmware computes.
func BenchmarkRead(b *testing.B) {
	tree := filepath.Join(b.TempDir(), "tree")
	if err := os.Mkdir(tree, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range 40 { // what is alike in programs and configuration
		content := bytes.Repeat(fmt.Appendf(nil, "option%d = /usr/lib/value%d\n%x\n", i*i, i*7919, i*1_000_003), 4_000+500*i)
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprint(i)), content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for _, options := range []string{"", "--chunksize=4096", "-zlz4hc -C65536", "-zlz4hc", "-zlz4hc -C65536 -Eall-fragments", "-zlzma -C65536", "-zdeflate -C65536", "-zzstd -C65536"} {
		b.Run("mkfs.erofs "+options, func(b *testing.B) {
			data := format.InMemory(pack(b, tree, options))
			for b.Loop() {
				o, err := erofs.Format.Open(context.Background(), data, format.NewBudget(1<<20, 1<<40, 1<<30, 1<<20))
				if err != nil {
					b.Fatal(err)
				}
				var size atomic.Int64
				for _, batch := range o.Tree.Batches() {
					batch.Run(both, func(_ int, content []byte, err error) {
						if err != nil {
							b.Error(err)
						}
						size.Add(int64(len(content)))
					})
				}
				b.SetBytes(size.Load())
			}
		})
	}
}

// both runs a function n times with two workers.
func both(n int, f func(int)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range 2 {
		done.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	done.Wait()
}
