package firmware

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// slowlyBegun asks every magic of every format.
func slowlyBegun(formats []*format.Format, in format.Input) (found []*format.Format) {
	for _, f := range formats {
		has := len(f.Magics) == 0
		for _, g := range f.Magics {
			has = has || string(in.Peek(int64(g.Offset), len(g.Bytes))) == g.Bytes
		}
		if has && f.Start == nil {
			found = append(found, f)
		}
	}
	return found
}

func TestHeads(t *testing.T) {
	all := formats()
	h := newHeads(all)
	r := rand.New(rand.NewPCG(7, 8))
	check := func(data []byte) {
		t.Helper()
		for _, in := range []format.Input{format.InMemory(data), {ReaderAt: struct{ format.Memory }{data}, Size: int64(len(data))}} {
			if got, want := h.begun(in), slowlyBegun(all, in); !slices.Equal(got, want) {
				t.Fatalf("%d bytes: %d formats, not %d", len(data), len(got), len(want))
			}
		}
	}
	check(nil)
	for _, f := range all {
		for _, g := range f.Magics {
			end := g.Offset + len(g.Bytes)
			data := make([]byte, end+r.IntN(8))
			copy(data[g.Offset:], g.Bytes)
			check(data)
			check(data[:end-1]) // cut
			other := all[r.IntN(len(all))]
			for _, g := range other.Magics {
				if g.Offset+len(g.Bytes) <= len(data) {
					copy(data[g.Offset:], g.Bytes)
				}
			}
			check(data) // two at once
		}
	}
}
