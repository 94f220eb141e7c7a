//go:build amd64 && linux && !purego

package lzma

import (
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"syscall"
	"testing"

	ulikunitz "github.com/ulikunitz/xz/lzma"
)

// FuzzSymbols holds the assembly to the Go code: whatever the input, both give the
// same bytes, errors and state, and the assembly touches nothing beside its slices.
func FuzzSymbols(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 5000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var data []byte
	for i := range 20_000 { // near and far, short and long matches, and literals
		data = append(data, byte(i>>8), byte(i), 0, 0, byte(i*i>>9))
		if i%50 == 0 {
			data = append(data, data[r.IntN(len(data)):][:i%40]...)
		}
	}
	for _, p := range []Props{{3, 0, 2}, {0, 4, 4}, {4, 0, 0}, {8, 0, 4}} {
		var packed sink
		w, err := ulikunitz.WriterConfig{Properties: &ulikunitz.Properties{LC: p.LC, LP: p.LP, PB: p.PB}, EOSMarker: true}.NewWriter(&packed)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			f.Fatal(err)
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		props := byte(p.LC + 9*p.LP + 45*p.PB)
		f.Add(props, []byte(packed[13:]), uint32(len(data)), uint16(0))
		f.Add(props, []byte(packed[13:]), uint32(len(data)-7), uint16(100))
		f.Add(props, append([]byte(packed[13:1000]), noise...), uint32(200_000), uint16(3000))
		f.Add(props, append([]byte{0}, noise...), uint32(100_000), uint16(7))
	}
	f.Fuzz(func(t *testing.T, props byte, src []byte, size uint32, step uint16) {
		const most = 1 << 20
		p, err := ParseProps(props)
		if err != nil || p.LC+p.LP > 8 || len(src) > most {
			return
		}
		size %= most
		src = fenced(t, src)
		decode := func(assembly bool) (out []byte, d *Decoder, err error) {
			defer func(was bool) { inAssembly = was }(inAssembly)
			inAssembly, d = assembly, new(Decoder)
			if err := d.Reset(p, src, nil); err != nil {
				t.Fatal(err)
			}
			out = fenced(t, make([]byte, size))[:0]
			for err == nil && len(out) < int(size) {
				upTo := int(size)
				if step > 0 {
					upTo = min(upTo, len(out)+int(step))
				}
				out, err = d.Decode(out, upTo)
			}
			return out, d, err
		}
		want, d1, err1 := decode(false)
		got, d2, err2 := decode(true)
		if err1 != err2 || string(got) != string(want) {
			t.Fatalf("%d bytes and %v, want %d and %v", len(got), err2, len(want), err1)
		}
		same := slices.Equal(d1.literals, d2.literals)
		d1.literals, d2.literals = nil, nil // [reflect] looks at each
		if !same || !reflect.DeepEqual(d1, d2) {
			t.Fatal("not the same state")
		}
	})
}

// sink collects what is written.
type sink []byte

func (s *sink) Write(p []byte) (int, error) { *s = append(*s, p...); return len(p), nil }

var _ io.Writer = (*sink)(nil)

// fenced gives the same bytes with pages behind and before them that nobody may
// touch, so that the last of them is the last of its page.
func fenced(t *testing.T, b []byte) []byte {
	page := syscall.Getpagesize()
	size := (len(b) + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip("no memory can be mapped: ", err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(m) })
	for _, fence := range [][]byte{m[:page], m[page+size:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	from := page + size - len(b)
	copy(m[from:], b)
	return m[from : page+size : page+size]
}
