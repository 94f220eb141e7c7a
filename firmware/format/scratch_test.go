package format_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand"
	"os"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

func scratch(t *testing.T, most int64) *format.Scratch {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return format.NewScratch(f, most)
}

// Two spools that are written in turns, with long runs of zeros, are read as they
// were written, at any place.
func TestSpool(t *testing.T) {
	s := scratch(t, 64<<20)
	rnd := rand.New(rand.NewSource(1))
	var want [2][]byte
	spools := [2]*format.Spool{s.New(), s.New()}
	for range 40 {
		for i, p := range spools {
			b := make([]byte, rnd.Intn(400<<10))
			if rnd.Intn(3) > 0 {
				rnd.Read(b)
			}
			want[i] = append(want[i], b...)
			if n, err := p.Write(b); n != len(b) || err != nil {
				t.Fatal(n, err)
			}
		}
	}
	for i, p := range spools {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(p, 0, p.Size()))
		if err != nil || !bytes.Equal(got, want[i]) {
			t.Errorf("spool %d: %d bytes of %d, %v", i, len(got), len(want[i]), err)
		}
		for range 200 {
			off := rnd.Int63n(p.Size())
			b := make([]byte, rnd.Intn(3<<20))
			n, err := p.ReadAt(b, off)
			if !bytes.Equal(b[:n], want[i][off:off+int64(n)]) || n < len(b) && err != io.EOF {
				t.Fatalf("%d of %d bytes at %d, %v", n, len(b), off, err)
			}
		}
	}
}

// Zeros take no place, anything else does.
func TestScratchLimit(t *testing.T) {
	s := scratch(t, 2<<20)
	p := s.New()
	if _, err := p.Write(make([]byte, 100<<20)); err != nil {
		t.Fatal(err)
	}
	_, err := p.Write(bytes.Repeat([]byte{1}, 3<<20))
	if !errors.Is(err, format.ErrSpent) {
		t.Errorf("error %v", err)
	}
}

// Holes are as zeros that were written, and the whole chunks of them are known.
func TestSpoolHoles(t *testing.T) {
	p := scratch(t, 8<<20).New()
	var want []byte
	for _, n := range []int{3, 1 << 20, 100 << 10, 5<<20 + 7, 1, 2 << 20, 1<<20 - 1} {
		if _, err := p.Write([]byte("data")); err != nil {
			t.Fatal(err)
		}
		if err := p.Hole(int64(n)); err != nil {
			t.Fatal(err)
		}
		want = append(append(want, "data"...), make([]byte, n)...)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(io.NewSectionReader(p, 0, p.Size()))
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes of %d, %v", len(got), len(want), err)
	}
	most := int64(0)
	for off := int64(0); off < p.Size(); off += 4 << 10 {
		n := p.Zeros(off)
		most = max(most, n)
		if len(bytes.Trim(want[off:off+n], "\x00")) > 0 || off+n > p.Size() {
			t.Fatalf("%d zeros at %d", n, off)
		}
	}
	if most < 3<<20 {
		t.Errorf("the longest run has %d bytes", most)
	}
	if n := p.Zeros(p.Size()) + p.Zeros(-1); n != 0 {
		t.Errorf("%d zeros outside", n)
	}
}

// What a stream may have in memory gets less as more are there, and there is always
// room for a small one.
func TestRoom(t *testing.T) {
	b := format.NewBudget(0, 1<<40, 256<<20, 0)
	if n := b.Room(); n != b.FileBytes {
		t.Errorf("without a scratch file: %d", n)
	}
	b.Scratch = scratch(t, 1<<20)
	for _, want := range []int64{16 << 20, 8 << 20, 64 << 10, 64 << 10} {
		if n := b.Room(); n != want {
			t.Errorf("%d bytes, want %d", n, want)
		}
		if err := b.Live(16 << 20); err != nil {
			t.Fatal(err)
		}
	}
}
