package firmware

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// TestRuns compares runs with what one sees byte by byte, with runs of every
// length around the step of eight bytes and across the window.
func TestRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	type run struct{ from, to int64 }
	for range 300 {
		var b []byte
		for len(b) < 2000 {
			b = append(b, slices.Repeat([]byte{byte(r.IntN(3))}, 1+r.IntN(40))...)
		}
		check := func(b []byte, from, end int64) {
			var got, want []run
			if err := runs(format.InMemory(b), from, end, func(a, z int64) { got = append(got, run{a, z}) }); err != nil {
				t.Fatal(err)
			}
			start := from
			for i := from + 1; i <= end; i++ {
				if i == end || b[i] != b[start] {
					want = append(want, run{start, i})
					start = i
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("runs %v, want %v", got, want)
			}
		}
		check(b, 0, int64(len(b)))
		check(b, int64(r.IntN(1000)), int64(1001+r.IntN(900)))
	}
	long := slices.Concat(make([]byte, window-3), []byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 2}, make([]byte, 20))
	var last run
	n := 0
	_ = runs(format.InMemory(long), 0, int64(len(long)), func(a, z int64) { last, n = run{a, z}, n+1 })
	if n != 4 || last != (run{window + 7, window + 27}) {
		t.Errorf("%d runs, the last %v", n, last)
	}
}
