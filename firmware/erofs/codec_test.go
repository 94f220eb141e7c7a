package erofs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz/lzma"
)

// text is compressible, with runs, far matches and some noise.
func text() []byte {
	var b bytes.Buffer
	for i := range 900 {
		fmt.Fprintf(&b, "%d line %x\n", i, i*i*2654435761)
		if i%90 == 0 {
			b.Write(make([]byte, 500))
			b.WriteString(b.String()[:min(b.Len(), 300)])
		}
	}
	return b.Bytes()
}

// pack compresses with each algorithm, by other writers.
func pack(t testing.TB, how method, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	switch how {
	case lz4Cluster:
		dst := make([]byte, lz4.CompressBlockBound(len(content)))
		n, err := lz4.CompressBlock(content, dst, nil)
		if err != nil {
			t.Fatal(err)
		}
		return dst[:n]
	case lzmaCluster:
		w, err := lzma.WriterConfig{SizeInHeader: true, Size: int64(len(content)), Properties: &lzma.Properties{LC: 3, LP: 1, PB: 2}}.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		b := out.Bytes()
		b[13] = ^b[0]
		return b[13:]
	case deflateCluster:
		w, _ := flate.NewWriter(&out, 9)
		_, _ = w.Write(content)
		_ = w.Close()
		return out.Bytes()
	}
	w, _ := zstd.NewWriter(nil)
	return w.EncodeAll(content, nil)
}

func TestCodecs(t *testing.T) {
	content := text()
	for how := lz4Cluster; how <= zstdCluster; how++ {
		t.Run(algorithms[how], func(t *testing.T) {
			var c codecs
			src := pack(t, how, content)
			padded := append(make([]byte, 100), src...)
			dst := make([]byte, len(content))
			for range 2 { // the second time with a decoder that was used
				clear(dst)
				if err := c.unpack(how, dst, padded, true, false); err != nil || !bytes.Equal(dst, content) {
					t.Fatalf("whole: %v", err)
				}
				for _, n := range []int{1, 2, 100, 4096, len(content) / 2, len(content) - 1, len(content)} {
					clear(dst)
					if err := c.unpack(how, dst[:n], padded, true, true); err != nil || !bytes.Equal(dst[:n], content[:n]) {
						t.Errorf("%d bytes: %v", n, err)
					}
				}
			}
			for what, err := range map[string]error{
				"a byte less":         c.unpack(how, make([]byte, len(content)-1), padded, true, false),
				"a byte more":         c.unpack(how, make([]byte, len(content)+1), padded, true, false),
				"more than a part is": c.unpack(how, make([]byte, len(content)+100), padded, true, true),
				"zeros":               c.unpack(how, dst, make([]byte, 100), true, false),
				"cut":                 c.unpack(how, dst, src[:len(src)-1], true, false),
				"half":                c.unpack(how, dst, src[:len(src)/2], true, true),
				"something behind":    c.unpack(how, dst, append(padded, 1, 2), true, false),
			} {
				if err == nil {
					t.Errorf("%s: no error", what)
				}
			}
		})
	}
}

// TestLZ4Behind unpacks a block with zeros behind, as old images have it.
func TestLZ4Behind(t *testing.T) {
	content := text()
	src := append(pack(t, lz4Cluster, content), make([]byte, 200)...)
	dst := make([]byte, len(content))
	var c codecs
	if err := c.unpack(lz4Cluster, dst, src, false, false); err != nil || !bytes.Equal(dst, content) {
		t.Error(err)
	}
}

func FuzzCodecs(f *testing.F) {
	content := text()[:3000]
	for how := lz4Cluster; how <= zstdCluster; how++ {
		f.Add(uint8(how), uint16(len(content)), pack(f, how, content))
	}
	f.Fuzz(func(t *testing.T, how uint8, size uint16, src []byte) {
		var c codecs
		dst := make([]byte, size)
		m := method(how % uint8(len(algorithms)))
		if c.unpack(m, dst, src, true, false) != nil || size == 0 {
			return
		}
		again := make([]byte, size)
		if err := c.unpack(m, again, src, true, true); err != nil || !bytes.Equal(dst, again) {
			t.Errorf("%s: as a part: %v", algorithms[m], err)
		}
		if m == lzmaCluster {
			alike(t, bytes.TrimLeft(src, "\x00"), dst)
		}
	})
}

// alike asks another reader of LZMA.
func alike(t *testing.T, src, want []byte) {
	head := make([]byte, 13, 14+len(src))
	head[0] = ^src[0]
	binary.LittleEndian.PutUint32(head[1:], 1<<16)
	binary.LittleEndian.PutUint64(head[5:], uint64(len(want)))
	r, err := lzma.NewReader(bytes.NewReader(append(append(head, 0), src[1:]...)))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if n, _ := r.Read(got); !bytes.Equal(got[:n], want[:n]) {
		t.Error("another reader sees something else")
	}
}

func BenchmarkMicroLZMA(b *testing.B) {
	content := bytes.Repeat(text(), 4)
	src := pack(b, lzmaCluster, content)
	d := newMicroLZMA()
	dst := make([]byte, len(content))
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if err := d(dst, src, false); err != nil {
			b.Fatal(err)
		}
	}
}
