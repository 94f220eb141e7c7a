package inflate_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	other "github.com/klauspost/compress/zlib"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/inflate"
)

func contents(t testing.TB) map[string][]byte {
	noise := make([]byte, 200_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	skewed := slices.Clone(noise) // long codes
	for i := range skewed {
		skewed[i] = byte(r.ExpFloat64() * 9)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"kernel": firmwaretest.Kernel("5.10.1", 300_000), "zeros": make([]byte, 500_000), "noise": noise, "skewed": skewed,
		"text": []byte(strings.Repeat("a line of text, and another\n", 3000)), "byte": {7}, "nothing": {}, "program": program[:min(len(program), 3<<20)],
	}
}

func pack(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZlib(t *testing.T) {
	var d inflate.Decoder
	for name, data := range contents(t) {
		for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, 1, 6, 9} {
			packed := pack(t, data, level)
			for _, tail := range []string{"", "0123456789"} {
				got := make([]byte, len(data)+50)
				n, used, err := d.Zlib(got, append(slices.Clone(packed), tail...))
				if err != nil || !bytes.Equal(got[:n], data) || used != len(packed) {
					t.Errorf("%s level %d: %v, %d bytes of %d, %d used of %d", name, level, err, n, len(data), used, len(packed))
				}
			}
			exact := make([]byte, len(data))
			if n, _, err := d.Zlib(exact, packed); err != nil || n != len(data) || !bytes.Equal(exact, data) {
				t.Errorf("%s level %d, no room to spare: %v", name, level, err)
			}
			if len(data) > 0 {
				if _, _, err := d.Zlib(exact[:len(data)-1], packed); err != inflate.ErrTooLong {
					t.Errorf("%s level %d, no room: %v", name, level, err)
				}
			}
		}
	}
}

// TestDamaged wants every changed byte and every cut to be noticed.
func TestDamaged(t *testing.T) {
	var d inflate.Decoder
	for _, level := range []int{0, 1, 9} {
		data := firmwaretest.Kernel("1", 3000)
		packed := pack(t, data, level)
		out := make([]byte, 4000)
		for i := range packed {
			bad := slices.Clone(packed)
			bad[i] ^= 1 << (i % 8)
			if n, _, err := d.Zlib(out, bad); err == nil && !bytes.Equal(out[:n], data) {
				t.Errorf("level %d, byte %d of %d: no error", level, i, len(packed))
			}
			if _, _, err := d.Zlib(out, packed[:i]); err == nil {
				t.Errorf("level %d, cut at %d: no error", level, i)
			}
		}
	}
}

// FuzzRaw compares with the standard library: both take the same streams, and
// find the same bytes.
func FuzzRaw(f *testing.F) {
	for _, data := range [][]byte{firmwaretest.Kernel("1", 2000), make([]byte, 5000), []byte("text text text text")} {
		for _, level := range []int{0, 1, 9, flate.HuffmanOnly} {
			f.Add(pack(f, data, level)[2:])
		}
	}
	out := make([]byte, 1<<20)
	var d inflate.Decoder
	f.Fuzz(func(t *testing.T, packed []byte) {
		n, used, err := d.Raw(out, packed)
		if err == inflate.ErrTooLong {
			return
		}
		r := bytes.NewReader(packed)
		want, wantErr := io.ReadAll(flate.NewReader(r))
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, the standard library has %v", err, wantErr)
		}
		if err == nil && (!bytes.Equal(out[:n], want) || used != len(packed)-r.Len()) {
			t.Fatalf("%d bytes from %d, the standard library has %d from %d", n, used, len(want), len(packed)-r.Len())
		}
	})
}

func BenchmarkZlib(b *testing.B) {
	data := contents(b)["program"]
	packed := pack(b, data, 9)
	out := make([]byte, len(data))
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		var d inflate.Decoder
		for b.Loop() {
			if _, _, err := d.Zlib(out, packed); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("klauspost", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r, err := other.NewReader(bytes.NewReader(packed))
			if err == nil {
				_, err = io.ReadFull(r, out)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
