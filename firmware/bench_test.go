package firmware_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// benchTree is a folder with much to pack: the Go toolchain's own sources.
func benchTree(b *testing.B) string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go tool")
	}
	return filepath.Join(string(out[:len(out)-1]), "src", "crypto")
}

// BenchmarkOpen opens a squashfs of each compression, hashing every file.
func BenchmarkOpen(b *testing.B) {
	tool, err := exec.LookPath("mksquashfs")
	if err != nil {
		b.Skip("mksquashfs is not installed")
	}
	src := benchTree(b)
	for _, codec := range []string{"gzip", "xz", "zstd", "lz4", "lzo", "lzma"} {
		b.Run(codec, func(b *testing.B) {
			img := filepath.Join(b.TempDir(), "img")
			if out, err := exec.Command(tool, src, img, "-comp", codec, "-b", "256K", "-quiet", "-no-progress").CombinedOutput(); err != nil {
				b.Skipf("mksquashfs -comp %s: %v %s", codec, err, out)
			}
			data, err := os.ReadFile(img)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				opened, err := firmware.Open(context.Background(), firmware.Bytes("img", data), firmware.Options{})
				if err != nil {
					b.Fatal(err)
				}
				size := int64(0)
				for _, f := range opened.Files {
					if f.HardLink == nil {
						size += f.Size
					}
				}
				b.SetBytes(size)
			}
		})
	}
}
