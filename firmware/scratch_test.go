package firmware_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// longTar is an archive of 16 MiB: files that pack well.
func longTar(t *testing.T) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	rnd := rand.New(rand.NewSource(1))
	for i := range 16 {
		content := bytes.Repeat([]byte("text that packs well\n"), 1<<20/21)
		for at := 0; at < len(content)-8; at += 1 << 10 {
			rnd.Read(content[at : at+8])
		}
		if err := w.WriteHeader(&tar.Header{Name: fmt.Sprintf("etc/%02d", i), Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A stream that is too long for memory is read from a scratch file, and gives the
// same files; without one it is said to be too long.
func TestScratch(t *testing.T) {
	plain := longTar(t)
	want := paths(open(t, "a.tar", plain, firmware.Options{}))
	for _, tool := range [][]string{{"gzip", "-1"}, {"zstd", "-1"}, {"bzip2", "-1"}, {"xz", "-0", "-T1"}, {"xz", "-0", "-T2", "--block-size=4MiB"}, {"xz", "--format=lzma", "-0"}, {"lz4", "-1"}} {
		t.Run(fmt.Sprint(tool), func(t *testing.T) {
			if _, err := exec.LookPath(tool[0]); err != nil {
				t.Skipf("%s is not installed", tool[0])
			}
			cmd := exec.Command(tool[0], append(slices.Clone(tool[1:]), "-c")...)
			cmd.Stdin = bytes.NewReader(plain)
			packed, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			small := firmware.Options{Limits: firmware.Limits{FileBytes: 6 << 20}}
			if img := open(t, "a", packed, small); len(img.Skipped) == 0 {
				t.Error("nothing is said of what was too long")
			}
			f, err := os.Create(filepath.Join(t.TempDir(), "scratch"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			small.Scratch = firmware.NewScratch(f, 1<<30)
			img := open(t, "a", append(packed, "behind it"...), small)
			if got := paths(img); !slices.Equal(got, want) {
				t.Errorf("%d files, want %d: %v", len(got), len(want), img.Skipped)
			}
			if got := img.Containers[0].Length; got != int64(len(packed)) {
				t.Errorf("it ends at %d, not at %d", got, len(packed))
			}
			if i, _ := f.Seek(0, io.SeekEnd); i < 14<<20 {
				t.Errorf("the file has %d bytes", i)
			}
		})
	}
}

func open(t *testing.T, name string, data []byte, opts firmware.Options) *firmware.Image {
	img, err := firmware.Open(t.Context(), firmware.Bytes(name, data), opts)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// paths are the names and digests of the files of an archive.
func paths(img *firmware.Image) (all []string) {
	for _, f := range img.Files {
		if f.Kind == firmware.Regular {
			all = append(all, fmt.Sprintf("%s %x", f.Name, f.Digest))
		}
	}
	return all
}

// A stream is read as far as the limits go, whatever packed it and however well: a
// bomb of zstd as one of gzip. Where it stopped is told.
func TestAnyRatio(t *testing.T) {
	const size = 64 << 20
	for _, tool := range [][]string{{"gzip", "-9"}, {"zstd", "-19"}, {"bzip2", "-9"}, {"xz", "-9"}, {"xz", "--format=lzma", "-9"}} {
		t.Run(fmt.Sprint(tool), func(t *testing.T) {
			if _, err := exec.LookPath(tool[0]); err != nil {
				t.Skipf("%s is not installed", tool[0])
			}
			cmd := exec.Command(tool[0], append(slices.Clone(tool[1:]), "-c")...)
			cmd.Stdin = bytes.NewReader(make([]byte, size))
			packed, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if img := open(t, "a", packed, firmware.Options{}); len(img.Containers) != 1 || len(img.Containers[0].Damage) > 0 {
				t.Errorf("%d bytes: %d containers, %v", len(packed), len(img.Containers), img.Skipped)
			}
			img := open(t, "a", packed, firmware.Options{Limits: firmware.Limits{TotalBytes: size / 2}})
			if len(img.Skipped) == 0 || !strings.Contains(img.Skipped[0].Reason, "breaks off after 3") ||
				!strings.Contains(img.Skipped[0].Reason, "limit reached for the whole image") {
				t.Errorf("half of it is allowed: %v", img.Skipped)
			}
		})
	}
}

// Thousands of small streams do not add up in memory: those over their share lie in
// the scratch file, close together, and are read from there after they were looked into.
func TestManySmallStreams(t *testing.T) {
	const n, size = 700, 48 << 10
	var files []firmwaretest.File
	rnd := rand.New(rand.NewSource(1))
	for i := range n {
		content := make([]byte, size)
		rnd.Read(content)
		files = append(files, firmwaretest.Binary(fmt.Sprintf("x/%03d.gz", i), 0o644, firmwaretest.Gzip("", content)))
	}
	data := firmwaretest.Tar(files...)
	f, err := os.Create(filepath.Join(t.TempDir(), "scratch"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img := open(t, "a.tar", data, firmware.Options{Scratch: firmware.NewScratch(f, 1<<30)})
	if end, _ := f.Seek(0, io.SeekEnd); end < 4<<20 || end > 14<<20 {
		t.Errorf("the scratch file has %d bytes", end)
	}
	held := open(t, "a.tar", data, firmware.Options{})
	if len(held.Files) != len(img.Files) || len(held.Files) < n {
		t.Fatalf("%d files, without a scratch file %d", len(img.Files), len(held.Files))
	}
	for i, want := range held.Files {
		got := img.Files[i]
		if want.Kind == firmware.Directory {
			continue
		}
		a, err := got.ReadFile()
		b, _ := want.ReadFile()
		if err != nil || got.Path != want.Path || got.Digest != want.Digest || !bytes.Equal(a, b) {
			t.Fatalf("%s is not what it is without a scratch file: %v", got.Path, err)
		}
	}
}
