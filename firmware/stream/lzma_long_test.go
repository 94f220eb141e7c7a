package stream_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/stream"
)

// longText is 40 MiB of which much stands twice, at distances up to a dictionary.
func longText() []byte {
	r := rand.New(rand.NewSource(1))
	out := make([]byte, 0, 40<<20)
	for len(out) < 40<<20 {
		piece := make([]byte, 1+r.Intn(300))
		if len(out) > 1<<20 && r.Intn(8) > 0 {
			from := len(out) - 1 - r.Intn(min(len(out)-1, 1<<20))
			out = append(out, out[from:min(len(out), from+20*len(piece))]...)
			continue
		}
		r.Read(piece)
		out = append(out, piece...)
	}
	return out[:40<<20]
}

// A stream of LZMA that is longer than what is held in memory is unpacked through a
// window that moves on: with its length, with a mark at the end, and with both; for
// each number of bits of the place that the decoder looks at.
func TestLongLZMA(t *testing.T) {
	if testing.Short() {
		t.Skip("packs 40 MiB four times")
	}
	plain := longText()
	for name, c := range map[string]lzma.WriterConfig{
		"length":     {SizeInHeader: true, Size: int64(len(plain))},
		"mark":       {EOSMarker: true},
		"both":       {SizeInHeader: true, Size: int64(len(plain)), EOSMarker: true, Properties: &lzma.Properties{LC: 0, LP: 4, PB: 4}},
		"dictionary": {EOSMarker: true, DictCap: 1 << 20, Properties: &lzma.Properties{LC: 1, LP: 0, PB: 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Matcher = lzma.HashTable4
			var b bytes.Buffer
			w, err := c.NewWriter(&b)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(plain); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			packed := b.Bytes()
			o := openLong(t, append(bytes.Clone(packed), "behind it"...), nil)
			if got := unpacked(t, o); !bytes.Equal(got, plain) || len(o.Damage) > 0 || o.Spool == nil {
				t.Errorf("%d bytes, %v", len(got), o.Damage)
			}
			if o.Length != int64(len(packed)) {
				t.Errorf("it ends at %d, not at %d", o.Length, len(packed))
			}
			half := unpacked(t, openLong(t, packed[:len(packed)/2], errCut))
			if len(half) < 512<<10 || !bytes.HasPrefix(plain, half) {
				t.Errorf("of half a stream %d bytes, or others", len(half))
			}
			binary.LittleEndian.PutUint32(packed[1:], 64<<10) // less than it looks back
			if got := unpacked(t, openLong(t, packed, nil)); !bytes.Equal(got, plain) {
				t.Errorf("%d bytes of a stream whose header tells too small a dictionary", len(got))
			}
		})
	}
}

var errCut = errors.New("it was cut")

// openLong opens a stream with a scratch file, and wants damage if it was cut.
func openLong(t *testing.T, packed []byte, want error) *format.Opened {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "scratch"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	b := format.NewBudget(10, 1<<30, 1<<28, 0)
	b.Scratch = format.NewScratch(f, 1<<30)
	o, err := stream.AnyLZMA.Open(t.Context(), format.InMemory(packed), b)
	if err != nil {
		t.Fatal(err)
	}
	if (want != nil) != (len(o.Damage) > 0) {
		t.Errorf("damage: %v, want %v", o.Damage, want)
	}
	return o
}

func unpacked(t *testing.T, o *format.Opened) []byte {
	t.Helper()
	in, _ := o.Unpacked()
	got, err := io.ReadAll(io.NewSectionReader(in.ReaderAt, 0, in.Size))
	if err != nil {
		t.Fatal(err)
	}
	return got
}
