package firmware_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// longTree makes a folder with a file that is long here, in which are a hole and
// bytes that do not pack, and a copy of another image.
func longTree(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	content := append([]byte(strings.Repeat("a line of text\n", 3000)), make([]byte, 200<<10)...)
	content = append(append(content, chance(50<<10)...), strings.Repeat("another line\n", 3000)...)
	inner := firmwaretest.Squashfs(firmwaretest.Text("etc/inner", 0o644, "inner"), firmwaretest.Binary("noise", 0o644, chance(100<<10)))
	for name, data := range map[string][]byte{"lib/long": content, "image": inner, "short": []byte("short")} {
		name = filepath.Join(dir, "tree", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A file that is too long for memory is read in pieces: its digest is that of its
// content, a container in it is opened, and what was not looked at is told.
func TestLongFiles(t *testing.T) {
	for _, m := range append([]struct{ name, tool, args string }{
		{"ext4 of 1 KiB blocks", "mke2fs", "-q -t ext4 -b 1024 -d tree out 16M"},
		{"squashfs without fragments", "mksquashfs", "tree out -quiet -no-progress -no-fragments -b 16K -comp zstd"},
		{"squashfs, plain", "mksquashfs", "tree out -quiet -no-progress -noD -noF"},
		{"erofs", "mkfs.erofs", "out tree"},
		{"erofs with lz4", "mkfs.erofs", "-zlz4 out tree"},
		{"erofs with lz4hc in large clusters", "mkfs.erofs", "-zlz4hc -C65536 out tree"},
		{"erofs in chunks", "mkfs.erofs", "--chunksize=4096 out tree"},
		{"jffs2", "mkfs.jffs2", "-r tree -o out -e 64KiB"},
		{"ubifs", "mkfs.ubifs", "-r tree -o out -m 2048 -e 126976 -c 100"},
		{"tar", "tar", "-cf out -C tree ."},
		{"sparse tar", "tar", "-S -cf out -C tree ."},
		{"ar", "ar", "qcS out tree/lib/long tree/image tree/short"},
	}, madeFileSystems...) {
		if m.name == "cramfs" || m.tool == "sh" {
			continue // no file of cramfs has more than 16 MiB
		}
		t.Run(m.name, func(t *testing.T) {
			tool := reference.Need(t, m.tool)
			dir := longTree(t)
			reference.Run(t, dir, tool, strings.Fields(m.args)...)
			out := filepath.Join(dir, "out")
			data, err := os.ReadFile(out)
			if os.IsNotExist(err) {
				data, err = os.ReadFile(out + ".zip")
			}
			if err != nil {
				t.Fatal(err)
			}
			sameWhenLong(t, data)
		})
	}
}

func sameWhenLong(t *testing.T, data []byte) {
	t.Helper()
	scratch, err := os.Create(filepath.Join(t.TempDir(), "scratch"))
	if err != nil {
		t.Fatal(err)
	}
	defer scratch.Close()
	img := reference.Open(t, data, firmware.Options{
		Limits:  firmware.Limits{FileBytes: 32 << 10},
		Scratch: firmware.NewScratch(scratch, 16<<20),
	})
	digests, long := map[string][32]byte{}, 0
	for _, f := range img.Files {
		digests[f.Path] = f.Digest
		if f.Long {
			long++
		}
	}
	if long < 2 {
		t.Errorf("%d files are long", long)
	}
	for _, f := range reference.Open(t, data).Files {
		if got, there := digests[f.Path]; !there || got != f.Digest {
			t.Errorf("%s: digest %x, want %x", f.Path, got, f.Digest)
		}
	}
	if !skipped(img, "its digest was taken") {
		t.Errorf("nothing is said of what was not looked at: %v", img.Skipped)
	}
}

// The same holds for real lengths, and for holes.
func TestVeryLongFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 5 GiB, most of it holes")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tree"), 0o755); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for name, size := range map[string]int64{"long": 300 << 20, "hole": giantSize} {
		f, err := os.Create(filepath.Join(dir, "tree", name))
		if err != nil {
			t.Fatal(err)
		}
		// What stands in it here and there is read; the rest are holes.
		for at := int64(0); at < size; at += size / 7 {
			if _, err := f.WriteAt(chance(100<<10), at+512); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		f.Close()
		sum := strings.Fields(string(reference.Run(t, dir, reference.Need(t, "sha256sum"), "tree/"+name)))
		want[name] = sum[0]
	}
	for _, m := range []struct{ name, tool, args string }{
		{"ext4", "mke2fs", "-q -t ext4 -d tree out 64M"},
		{"squashfs", "mksquashfs", "tree out -quiet -no-progress -noappend"},
	} {
		t.Run(m.name, func(t *testing.T) {
			tool := reference.Need(t, m.tool)
			os.Remove(filepath.Join(dir, "out"))
			reference.Run(t, dir, tool, strings.Fields(m.args)...)
			src, closer, err := firmware.SourceFile(filepath.Join(dir, "out"))
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			most := heap()
			img, err := firmware.Open(t.Context(), src, firmware.Options{})
			if memory := most(); err != nil || memory > giantMemory {
				t.Errorf("%d MiB: %v", memory>>20, err)
			}
			for name, sum := range want {
				if f := reference.Find(t, img, "!"+name); !f.Long || f.Err != nil || fmt.Sprintf("%x", f.Digest) != sum {
					t.Errorf("%s: %x, want %s: %v", name, f.Digest, sum, f.Err)
				}
			}
			s := &sinkOfHoles{}
			if n, err := reference.Find(t, img, "!hole").WriteTo(s); n != giantSize || err != nil || s.written > 64<<20 {
				t.Errorf("%d bytes, of which %d are written: %v", n, s.written, err)
			}
		})
	}
}

// sinkOfHoles is a writer that is told of holes.
type sinkOfHoles struct{ written int64 }

func (s *sinkOfHoles) Write(p []byte) (int, error) { s.written += int64(len(p)); return len(p), nil }
func (s *sinkOfHoles) Hole(int64) error            { return nil }

// A file whose blocks end before it does has no digest.
func TestLongFileEndsBefore(t *testing.T) {
	data := firmwaretest.Tar(firmwaretest.Binary("long", 0o644, chance(100<<10)), firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	img := reference.Open(t, data[:60<<10], firmware.Options{Limits: firmware.Limits{FileBytes: 32 << 10}})
	if f := reference.Find(t, img, "!long"); f.Err == nil || f.Digest != [sha256.Size]byte{} {
		t.Errorf("digest %x, %v", f.Digest, f.Err)
	}
}

// There is nothing to look at in zeros.
func TestLongZeros(t *testing.T) {
	data := firmwaretest.Tar(firmwaretest.Binary("long", 0o644, make([]byte, 3<<20)), firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	img := reference.Open(t, data, firmware.Options{Limits: firmware.Limits{FileBytes: 32 << 10}})
	if f := reference.Find(t, img, "!long"); !f.Long || f.Digest != sha256.Sum256(make([]byte, 3<<20)) || len(img.Skipped) > 0 {
		t.Errorf("%+v: %v", f, img.Skipped)
	}
}
