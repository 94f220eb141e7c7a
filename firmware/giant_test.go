package firmware_test

import (
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// What a giant may take, where almost all of it is holes.
const (
	giantSize   = 4 << 30
	giantMemory = 96 << 20
	giantTime   = time.Minute
)

// heap samples how much memory the program holds until it is told to stop, and
// then says how much that was at most.
func heap() (most func() uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	stop, peak := make(chan bool), make(chan uint64)
	go func() {
		highest := uint64(0)
		for {
			metrics.Read(sample)
			highest = max(highest, sample[0].Value.Uint64())
			select {
			case <-stop:
				peak <- highest
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { stop <- true; return <-peak }
}

// TestGiants opens images of 4 GiB, and images that hold a file of 4 GiB, in
// bounded memory and time.
func TestGiants(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 4 GiB of holes")
	}
	dir := t.TempDir()
	write := func(name string, data []byte, size int64) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(dir, name), max(size, int64(len(data)))); err != nil {
			t.Fatal(err)
		}
	}
	passwd := []byte("root:x:0:0::/:/bin/sh\n")
	write("small/etc/passwd", passwd, 0)
	write("big/etc/passwd", passwd, 0)
	write("big/hole", []byte("begins so"), giantSize)
	for _, c := range []struct {
		name, tool string
		args       string // of the tool; the image is called img
		make       int64  // how large the image is made before
		kept       bool   // the giant is a file of the image, of which only the digest is taken
	}{
		{name: "ext4", tool: "mkfs.ext4", args: "-q -d small img", make: giantSize},
		{name: "android-sparse", tool: "img2simg", args: "img sparse"},
		{name: "hole in ext4", tool: "mkfs.ext4", args: "-q -F -d big img", make: 64 << 20, kept: true},
		{name: "hole in tar", tool: "tar", args: "-S -C big -cf img .", kept: true},
		{name: "hole in squashfs", tool: "mksquashfs", args: "big img -quiet -no-progress -noappend", kept: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := filepath.Join(dir, "img")
			switch {
			case c.tool == "img2simg": // of the image before
				reference.Run(t, dir, reference.Need(t, c.tool), strings.Fields(c.args)...)
				img = filepath.Join(dir, "sparse")
			default:
				tool := reference.Need(t, c.tool)
				os.Remove(img)
				if c.make > 0 {
					write("img", nil, c.make)
				}
				reference.Run(t, dir, tool, strings.Fields(c.args)...)
			}
			src, closer, err := firmware.SourceFile(img)
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			most, start := heap(), time.Now()
			opened, err := firmware.Open(t.Context(), src, firmware.Options{})
			memory, took := most(), time.Since(start)
			t.Logf("%d MiB, %v", memory>>20, took)
			if err != nil || memory > giantMemory || took > giantTime {
				t.Errorf("%d MiB, %v: %v", memory>>20, took, err)
			}
			if f := reference.Find(t, opened, "etc/passwd"); f.Err != nil || f.Size != int64(len(passwd)) {
				t.Errorf("etc/passwd: %d bytes, %v", f.Size, f.Err)
			}
			if c.kept {
				if f := reference.Find(t, opened, "!hole"); !f.Long || f.Err != nil || f.Size != giantSize || f.Digest == [32]byte{} {
					t.Errorf("hole: %d bytes, %v", f.Size, f.Err)
				}
			} else if len(opened.Skipped) > 0 {
				t.Errorf("skipped %v", opened.Skipped)
			}
		})
	}
}
