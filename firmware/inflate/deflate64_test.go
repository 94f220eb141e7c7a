package inflate_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/inflate"
)

// pack64 packs with 7-Zip, and takes the packed bytes out of the archive.
func pack64(t testing.TB, data []byte, level string) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, dir, reference.Need(t, "7z"), "a", "-bd", "-tzip", "-mm=Deflate64", level, "a.zip", "f")
	b, err := os.ReadFile(filepath.Join(dir, "a.zip"))
	if err != nil {
		t.Fatal(err)
	}
	if b[8] != 9 {
		return nil // 7-Zip stored it
	}
	le := binary.LittleEndian
	from := 30 + int(le.Uint16(b[26:])) + int(le.Uint16(b[28:]))
	return b[from : from+int(le.Uint32(b[18:]))]
}

func TestRaw64(t *testing.T) {
	all := contents(t)
	noise := make([]byte, 60_000)
	_, _ = rand.NewChaCha8([32]byte{4}).Read(noise)
	all["far"] = slices.Concat(noise, noise, noise[:50_000], noise) // matches from further back than 32 KiB
	for name, data := range all {
		for _, level := range []string{"-mx=1", "-mx=5"} {
			packed := pack64(t, data, level)
			if packed == nil {
				continue
			}
			var d inflate.Decoder
			out := make([]byte, len(data))
			n, used, err := d.Raw64(out, packed)
			if err != nil || used != len(packed) || !bytes.Equal(out[:n], data) {
				t.Errorf("%s: %d of %d bytes from %d of %d, %v", name, n, len(data), used, len(packed), err)
			}
			if len(data) > 0 {
				if _, _, err := d.Raw64(out[:len(data)-1], packed); err == nil {
					t.Errorf("%s: fits into less", name)
				}
				if _, _, err := d.Raw64(out, packed[:len(packed)-2]); err == nil {
					t.Errorf("%s: whole without its end", name)
				}
			}
			// The same decoder reads what is not wide.
			if n, _, err := d.Raw(out, pack(t, data, 9)[2:]); err != nil || !bytes.Equal(out[:n], data) {
				t.Errorf("%s after that: %v", name, err)
			}
		}
	}
	if len(pack64(t, all["far"], "-mx=9")) > 75_000 {
		t.Error("the test has no far matches")
	}
}

func FuzzRaw64(f *testing.F) {
	if reference.Has("7z") {
		for _, data := range [][]byte{make([]byte, 100_000), bytes.Repeat([]byte("text text text "), 200)} {
			f.Add(pack64(f, data, "-mx=9"))
		}
	}
	f.Add([]byte{3, 0})
	out := make([]byte, 1<<20)
	var d inflate.Decoder
	f.Fuzz(func(t *testing.T, packed []byte) {
		if n, used, err := d.Raw64(out, packed); err == nil && (used > len(packed) || n > len(out)) {
			t.Fatalf("%d bytes from %d of %d", n, used, len(packed))
		}
	})
}
