package firmware_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

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

// BenchmarkHole opens images that hold a file of 1 GiB without data: it costs its
// digest, and nothing else.
func BenchmarkHole(b *testing.B) {
	const size = 1 << 30
	dir := b.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "root"), 0o755); err != nil {
		b.Fatal(err)
	}
	hole := filepath.Join(dir, "root", "hole")
	if err := errors.Join(os.WriteFile(hole, []byte("begins so"), 0o644), os.Truncate(hole, size)); err != nil {
		b.Fatal(err)
	}
	for tool, args := range map[string]string{
		"mksquashfs": "root mksquashfs -quiet -no-progress",
		"mkfs.ext4":  "-q -d root mkfs.ext4 64M",
	} {
		b.Run(tool, func(b *testing.B) {
			if _, err := exec.LookPath(tool); err != nil {
				b.Skipf("%s is not installed", tool)
			}
			cmd := exec.Command(tool, strings.Fields(args)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			b.SetBytes(size)
			for b.Loop() {
				src, closer, err := firmware.SourceFile(filepath.Join(dir, tool))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := firmware.Open(b.Context(), src, firmware.Options{}); err != nil {
					b.Fatal(err)
				}
				closer.Close()
			}
		})
	}
}

// BenchmarkFormats opens every image of a folder that the environment names, from
// memory, with every file hashed: the bytes of the files per second, and per second of
// processor time, which a busy machine does not change much.
func BenchmarkFormats(b *testing.B) {
	folder := os.Getenv("ASSAY_BENCH_IMAGES")
	if folder == "" {
		b.Skip("ASSAY_BENCH_IMAGES names no folder")
	}
	images, err := os.ReadDir(folder)
	if err != nil {
		b.Fatal(err)
	}
	for _, image := range images {
		if !image.Type().IsRegular() {
			continue
		}
		b.Run(image.Name(), func(b *testing.B) {
			data, err := os.ReadFile(filepath.Join(folder, image.Name()))
			if err != nil {
				b.Fatal(err)
			}
			before, size := processorTime(b), int64(0)
			for b.Loop() {
				opened, err := firmware.Open(b.Context(), firmware.Bytes("img", data), firmware.Options{})
				if err != nil {
					b.Fatal(err)
				}
				size = 0
				for _, f := range opened.Files {
					if f.HardLink == nil {
						size += f.Size
					}
				}
			}
			b.SetBytes(size)
			took := processorTime(b) - before
			b.ReportMetric(float64(size)*float64(b.N)/1e6/took.Seconds(), "MB/cpu-s")
		})
	}
}

// processorTime is what the process took so far, of user and system.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
