package ext_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/ext"
	"github.com/assay-iot/assay/firmware/format"
)

// BenchmarkExt reads an image of the Go toolchain's compiler sources: "open"
// with everything that package firmware does, hashing the image and each file;
// "read" with the reader alone, which looks at every byte.
func BenchmarkExt(b *testing.B) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go tool")
	}
	src := filepath.Join(strings.TrimSpace(string(out)), "src", "cmd", "compile")
	for _, options := range []string{"-t ext4 -b 4096", "-t ext2 -b 1024"} {
		data, err := os.ReadFile(pack(b, src, "36M", strings.Fields(options)...))
		if err != nil {
			b.Fatal(err)
		}
		b.Run("open "+options, func(b *testing.B) {
			for b.Loop() {
				opened, err := firmware.Open(b.Context(), firmware.Bytes("img", data), firmware.Options{})
				if err != nil {
					b.Fatal(err)
				}
				size := int64(0)
				for _, f := range opened.Files {
					if f.Container == opened.Containers[0] && f.Kind == firmware.Regular {
						size += f.Size
					}
				}
				b.SetBytes(size)
			}
		})
		b.Run("read "+options, func(b *testing.B) {
			for b.Loop() {
				b.SetBytes(readOnly(b, data))
			}
		})
	}
}

// readOnly reads all files without hashing them.
func readOnly(b *testing.B, data []byte) (size int64) {
	o, err := ext.Format.Open(b.Context(), format.InMemory(data), format.NewBudget(1<<20, 1<<32, 1<<28, 1000))
	if err != nil {
		b.Fatal(err)
	}
	alone := func(n int, f func(int)) {
		for i := range n {
			f(i)
		}
	}
	sum := byte(0)
	for _, batch := range o.Tree.Batches() {
		batch.Run(alone, func(_ int, content []byte, err error) {
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; i < len(content); i += 64 {
				sum ^= content[i]
			}
			size += int64(len(content))
		})
	}
	return size
}
