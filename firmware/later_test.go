package firmware_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// TestKernelBesideFiles has the files of a root wait for the kernel beside it, which is
// seen while they are read, and no more than once.
func TestKernelBesideFiles(t *testing.T) {
	kernel := firmwaretest.Gzip("", firmwaretest.Kernel("5.10.99", 300_000))
	header := firmwaretest.UImage("MIPS Linux-5.10.99", kernel, firmwaretest.UImageHeader{OS: 5, Arch: 5, Type: 2, Compression: 1})
	image := slices.Concat(header, bytes.Repeat([]byte{0xff}, 70_001), firmwaretest.Squashfs(rootFiles...), bytes.Repeat([]byte("left over"), 1000))
	seen := make(chan struct{})
	var mu sync.Mutex
	times := map[string]int{}
	img, err := firmware.Open(t.Context(), firmware.Bytes("image.bin", image), firmware.Options{
		Workers: 2,
		Visit: func(f *firmware.File, _ []byte) {
			mu.Lock()
			times[f.Path]++
			mu.Unlock()
			switch {
			case f.Name == "kernel":
				close(seen)
			case f.Kind == firmware.Regular:
				select {
				case <-seen:
				case <-time.After(5 * time.Second):
					t.Errorf("%s is seen before the kernel", f.Path)
				}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	raws := 0
	for _, f := range img.Files {
		if n := times[f.Path]; n != 1 && (f.Kind == firmware.Raw || f.Kind == firmware.Regular && f.HardLink == nil) {
			t.Errorf("%s was seen %d times", f.Path, n)
		}
		if f.Kind == firmware.Raw {
			raws++
		}
	}
	if raws < 2 {
		t.Errorf("%d raw files: %v", raws, times)
	}
}
