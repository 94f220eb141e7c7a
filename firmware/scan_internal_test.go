package firmware

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
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

// BenchmarkScan looks for all magics in bytes that have none.
func BenchmarkScan(b *testing.B) {
	data := noise(64 << 20)
	b.Run("magics", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		m := newMatcher(formats())
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
	b.Run("open", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := Open(context.Background(), Bytes("blob", data), Options{Workers: 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
