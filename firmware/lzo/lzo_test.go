package lzo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"testing"

	anchore "github.com/anchore/go-lzo"

	"github.com/assay-iot/assay/firmware/lzo"
)

// blocks are what lzop packs, block by block (its format: a header up to where the
// name ends, then sizes and a checksum, a size of zero at the end).
func blocks(tb testing.TB, plain []byte, level string) (packed [][]byte, sizes []int) {
	tool, err := exec.LookPath("lzop")
	if err != nil {
		tb.Skip("lzop is not installed")
	}
	cmd := exec.Command(tool, level, "-c")
	cmd.Stdin = bytes.NewReader(plain)
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	for at := 34 + int(out[33]) + 4; ; {
		size := int(binary.BigEndian.Uint32(out[at:]))
		if size == 0 {
			return packed, sizes
		}
		n := int(binary.BigEndian.Uint32(out[at+4:]))
		at += 12 // one checksum of what is unpacked
		if n < size {
			packed, sizes = append(packed, out[at:at+n]), append(sizes, size)
		}
		at += n
	}
}

// plain is something to pack: text, numbers, zeros, and noise.
func plain(tb testing.TB) []byte {
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		tb.Fatal(err)
	}
	b = b[:min(len(b), 3<<20)]
	r := rand.New(rand.NewSource(1))
	for i := range 300 {
		b = append(b, bytes.Repeat([]byte(fmt.Sprint(i, "abcdefgh")[:1+i%9]), 1+r.Intn(2000))...)
	}
	return b
}

// TestAgainstLzop unpacks what lzop packs on each of its levels.
func TestAgainstLzop(t *testing.T) {
	want := plain(t)
	for _, level := range []string{"-1", "-3", "-7", "-9"} {
		packed, sizes := blocks(t, want, level)
		if len(packed) < 10 {
			t.Errorf("%s: %d blocks", level, len(packed))
		}
		for i, b := range packed {
			got, other := make([]byte, sizes[i]), make([]byte, sizes[i])
			n, err := lzo.Decode(got, b)
			if m, _ := anchore.Decompress(b, other); err != nil || n != sizes[i] || m != n || !bytes.Equal(got, other) {
				t.Fatalf("%s: block %d: %d bytes of %d, %v", level, i, n, sizes[i], err)
			}
			if !bytes.Contains(want, got) {
				t.Fatalf("%s: block %d is not what was packed", level, i)
			}
		}
	}
}

func TestBad(t *testing.T) {
	good := []byte("\x15abcd\x11\x00\x00")
	for name, c := range map[string]struct {
		src  string
		room int
		n    int
		err  error
	}{
		"good":           {string(good), 4, 4, nil},
		"empty":          {"", 4, 0, lzo.ErrShort},
		"only a mark":    {"\x11\x00\x00", 4, 0, nil},
		"no mark":        {"\x15abcd", 4, 4, lzo.ErrShort},
		"half a mark":    {"\x15abcd\x11\x00", 4, 4, lzo.ErrShort},
		"too little":     {"\x20ab", 4, 0, lzo.ErrShort},
		"too much":       {string(good), 3, 0, lzo.ErrLong},
		"behind it":      {string(good) + "x", 4, 4, lzo.ErrAfter},
		"another mark":   {"\x15abcd\x12\x00\x00", 4, 4, lzo.ErrData},
		"before it":      {"\x15abcd\x60\x01\x11\x00\x00", 99, 4, lzo.ErrData},
		"endless number": {"\x15abcd\x20" + string(make([]byte, 5<<20)), 99, 4, lzo.ErrData},
		"cut number":     {"\x15abcd\x20\x00\x00", 99, 4, lzo.ErrShort},
		"itself":         {"\x15abcd\x80\x00\x11\x00\x00", 99, 9, nil},
	} {
		if n, err := lzo.Decode(make([]byte, c.room), []byte(c.src)); n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: %d, %v; want %d, %v", name, n, err, c.n, c.err)
		}
	}
}

// FuzzDecode compares with another decoder: what one takes the other takes, with
// the same bytes.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x15abcd\x80\x00\x11\x00\x00"), uint16(9))
	f.Add([]byte("\x00\x00\x05"+string(make([]byte, 300))+"\x31\x04\x00\x2c\x02\x01\x11\x00\x00"), uint16(900))
	f.Fuzz(func(t *testing.T, src []byte, room uint16) {
		got, want := make([]byte, room), make([]byte, room)
		n, err := lzo.Decode(got, src)
		m, other := anchore.Decompress(src, want)
		if (err == nil) != (other == nil) || err == nil && (n != m || !bytes.Equal(got[:n], want[:n])) {
			t.Fatalf("%d %v, the other %d %v", n, err, m, other)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	packed, sizes := blocks(b, plain(b), "-9")
	for name, decode := range map[string]func(dst, src []byte) (int, error){
		"own":     lzo.Decode,
		"anchore": func(dst, src []byte) (int, error) { return anchore.Decompress(src, dst) },
	} {
		b.Run(name, func(b *testing.B) {
			total := 0
			for _, n := range sizes {
				total += n
			}
			out := make([]byte, 1<<20)
			b.SetBytes(int64(total))
			for b.Loop() {
				for i := range packed {
					if _, err := decode(out[:sizes[i]], packed[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
