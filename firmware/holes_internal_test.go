package firmware

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// sparseFile has data of some lengths at some places, and holes elsewhere.
func sparseFile(t *testing.T, size int64, data map[int64][]byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sparse.img")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	for at, b := range data {
		if _, err := f.WriteAt(b, at); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// holesOf opens a file that must have holes.
func holesOf(t *testing.T, name string) *holes {
	t.Helper()
	src, c, err := SourceFile(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	h, ok := src.Reader.(*holes)
	if !ok {
		t.Skip("the file system of the test knows no holes")
	}
	return h
}

// A file with holes reads as one without, and its holes are known through all
// that stands between it and a container.
func TestHoles(t *testing.T) {
	noise := make([]byte, 300<<10)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	const size = 8<<20 + 100
	name := sparseFile(t, size, map[int64][]byte{1 << 20: noise, 4<<20 + 77: []byte("text"), size - 3: []byte("end")})
	h := holesOf(t, name)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		off, n := r.Int64N(size), r.IntN(3<<20)
		got := make([]byte, n)
		read, err := h.ReadAt(got, off)
		want := whole[off:min(off+int64(n), size)]
		if !bytes.Equal(got[:read], want) || (err == nil) != (len(want) == n) {
			t.Fatalf("%d bytes at %d: %d read, %v", n, off, read, err)
		}
	}
	in := format.Input{ReaderAt: &cache{file: h}, Size: size}
	if n := zerosAt(in.Section(2<<20, 4<<20).Section(1<<20, 512<<10), 1<<10); n != 511<<10 {
		t.Errorf("a hole goes on for %d bytes, want %d", n, 511<<10)
	}
	if n := zerosAt(in, 1<<20+5); n != 0 {
		t.Errorf("data are a hole of %d bytes", n)
	}
}

func TestNothingButAHole(t *testing.T) {
	h := holesOf(t, sparseFile(t, 5<<20, nil))
	if n := h.Zeros(0); n != 5<<20 {
		t.Errorf("%d bytes are a hole", n)
	}
}

// What is found in a file with holes is what is found in its bytes.
func TestOpenHoles(t *testing.T) {
	cpio := []byte("070701000000010000000000000000000000000000000100000000000000000000000000000000000000000000000000000000B00000000TRAILER!!!\x00\x00\x00\x00")
	text := bytes.Repeat([]byte("console=ttyS0 root=/dev/mmcblk0p2\n"), 400)
	const size = 9 << 20
	name := sparseFile(t, size, map[int64][]byte{3 << 20: cpio, 5<<20 + 4095: text, size - 20<<10: text})
	h := holesOf(t, name)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	open := func(r io.ReaderAt) *Image {
		img, err := Open(context.Background(), Source{Name: "sparse.img", Reader: r, Size: size}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	got, want := open(h), open(format.Memory(whole))
	if got.Digest != want.Digest || !reflect.DeepEqual(got.Ranges, want.Ranges) || !reflect.DeepEqual(got.Skipped, want.Skipped) || len(got.Files) != len(want.Files) {
		t.Errorf("with holes: %v %v\nwithout: %v %v", got.Ranges, got.Skipped, want.Ranges, want.Skipped)
	}
}
