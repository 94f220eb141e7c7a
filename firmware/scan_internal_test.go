package firmware

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// noise are bytes of all values, in chance order.
func noise(n int) []byte {
	b := make([]byte, n)
	c := rand.NewChaCha8([32]byte{1})
	_, _ = c.Read(b)
	return b
}

// onDisk hides that bytes are in memory.
type onDisk struct{ format.Memory }

// TestMagics finds every magic at places around the borders of what is looked at
// at a time.
func TestMagics(t *testing.T) {
	var kinds []*format.Format
	for i, magic := range []string{"ab", "\x00\x00\x00\x00xyz", "\xff\xff\xff", "\x00\x01CD001\x01"} {
		kinds = append(kinds, &format.Format{
			Name: fmt.Sprint(i), Magics: []format.Magic{{Offset: 3 * i, Bytes: magic}}, Anywhere: true,
			Probe: func(format.Input) format.Likeness { return format.Likely },
		})
	}
	m := newMatcher(kinds)
	for i, f := range kinds {
		magic := f.Magics[0]
		for at := window - 20; at < window+20; at++ {
			data := bytes.Repeat([]byte{'.'}, window+100)
			copy(data[at+magic.Offset:], magic.Bytes)
			for _, in := range []format.Input{format.InMemory(data), {ReaderAt: onDisk{data}, Size: int64(len(data))}} {
				found, err := m.scan(in).next(0)
				if err != nil || len(found) != 1 || found[0].off != int64(at) || found[0].format != f {
					t.Fatalf("magic %d at %d: %v, %v", i, at, found, err)
				}
			}
		}
	}
}

// TestRuns compares runs with the plain way to find them.
func TestRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for try := range 300 {
		var data []byte
		for len(data) < 300 || (try == 0 && len(data) < 3*window) {
			c := byte(r.IntN(3))
			data = append(data, bytes.Repeat([]byte{c}, 1+r.IntN(1+r.IntN(1+try)*7))...)
		}
		from := int64(r.IntN(20))
		var want, got []string
		start := from
		for i := from + 1; i <= int64(len(data)); i++ {
			if i == int64(len(data)) || data[i] != data[i-1] {
				if i-start >= 2*word {
					want = append(want, fmt.Sprint(start, i))
				}
				start = i
			}
		}
		for _, in := range []format.Input{format.InMemory(data), {ReaderAt: onDisk{data}, Size: int64(len(data))}} {
			got = nil
			err := runs(in, from, int64(len(data)), func(a, b int64) {
				if b-a >= 2*word {
					got = append(got, fmt.Sprint(a, b))
				}
			})
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%d bytes from %d: %v, got %v, want %v", len(data), from, err, got, want)
			}
		}
	}
}

// repeated is a content of 64 MiB, made of a smaller one.
func repeated(piece []byte) []byte {
	const size = 64 << 20
	return bytes.Repeat(piece, size/len(piece)+1)[:size]
}

// blobs are contents of which nobody knows what they are.
func blobs(b *testing.B) map[string][]byte {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go tool")
	}
	// Not this program itself: it holds every magic.
	program, err := os.ReadFile(filepath.Join(string(bytes.TrimSpace(root)), "bin", "go"))
	if err != nil {
		b.Skip(err)
	}
	var text []byte
	names, _ := filepath.Glob("*.go")
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			b.Skip(err)
		}
		text = append(text, source...)
	}
	return map[string][]byte{
		"noise": noise(64 << 20), "zeros": repeated([]byte{0}), "ones": repeated([]byte{0xff}),
		"text": repeated(text), "code": repeated(program),
	}
}

// BenchmarkScan looks for all magics, and opens what the bytes are.
func BenchmarkScan(b *testing.B) {
	m := newMatcher(formats())
	for name, data := range blobs(b) {
		b.Run("magics/"+name, func(b *testing.B) {
			formattest.Speed(b, int64(len(data)))
			for b.Loop() {
				s := m.scan(format.InMemory(data))
				for at := int64(0); ; {
					found, err := s.next(at)
					if err != nil {
						b.Fatal(err)
					}
					if len(found) == 0 {
						break
					}
					at = found[0].off + 1
				}
			}
		})
		b.Run("open/"+name, func(b *testing.B) {
			formattest.Speed(b, int64(len(data)))
			for b.Loop() {
				if _, err := Open(context.Background(), Bytes("blob", data), Options{Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestMatcher compares the scan with the plain way to find magics, in bytes that
// have many.
func TestMatcher(t *testing.T) {
	var kinds []*format.Format
	for _, f := range formats() {
		kinds = append(kinds, &format.Format{
			Name: f.Name, Magics: f.Magics, Anywhere: f.Anywhere,
			Probe: func(format.Input) format.Likeness { return format.Likely },
		})
	}
	m := newMatcher(kinds)
	r := rand.New(rand.NewPCG(1, 2))
	for try := range 200 {
		data := noise(try*7 + 20 + r.IntN(40))
		if try%3 > 0 { // runs of one byte
			data = bytes.Repeat([]byte{byte(-(try % 2))}, len(data))
		}
		for range r.IntN(30) {
			f := m.formats[r.IntN(len(m.formats))]
			if len(f.Magics) > 0 {
				copy(data[r.IntN(len(data)):], f.Magics[r.IntN(len(f.Magics))].Bytes)
			}
		}
		want, got := plainly(m, data), map[string]bool{}
		s := m.scan(format.InMemory(data))
		if err := s.load(0); err != nil {
			t.Fatal(err)
		}
		for i := s.hit(0); i >= 0; i = s.hit(i + 1) {
			for _, c := range s.here(int64(i), i, 0) {
				got[fmt.Sprint(c.off, c.format.Name)] = true
			}
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%d bytes: found %v, want %v", len(data), got, want)
		}
	}
}

// plainly compares every magic at every byte.
func plainly(m *matcher, data []byte) map[string]bool {
	found := map[string]bool{}
	for _, f := range m.formats {
		for _, g := range f.Magics {
			for i := range data {
				if f.Anywhere && i >= g.Offset && bytes.HasPrefix(data[i:], []byte(g.Bytes)) {
					found[fmt.Sprint(i-g.Offset, f.Name)] = true
				}
			}
		}
	}
	return found
}
