package firmware

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// flaky is a file that cannot be read at one place.
type flaky struct {
	format.Memory
	bad int64
}

var errBad = errors.New("bad sector")

func (f flaky) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.bad && f.bad < off+int64(len(p)) {
		return copy(p[:f.bad-off], f.Memory[off:]), errBad
	}
	return f.Memory.ReadAt(p, off)
}

// TestCache reads the same through the cache as without it, from many goroutines.
func TestCache(t *testing.T) {
	const size = cacheBlock*(cacheSlots+3) + 17
	file := flaky{noise(size), size - 100}
	c := &cache{file: file}
	var wg sync.WaitGroup
	for seed := range uint64(4) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, 1))
			for range 3000 {
				off := r.Int64N(size + 10)
				if r.IntN(4) == 0 {
					off = size - r.Int64N(300)
				}
				n := r.IntN(2 * cacheMost)
				got, want := make([]byte, n), make([]byte, n)
				gotN, gotErr := c.ReadAt(got, off)
				wantN, wantErr := file.ReadAt(want, off)
				if gotN != wantN || !bytes.Equal(got, want) || (gotErr == nil || gotErr == io.EOF) != (wantErr == nil || wantErr == io.EOF) {
					t.Errorf("%d bytes at %d: %d, %v; without the cache %d, %v", n, off, gotN, gotErr, wantN, wantErr)
					return
				}
				if gotErr == nil && gotN < n {
					t.Errorf("%d of %d bytes at %d and no error", gotN, n, off)
				}
			}
		})
	}
	wg.Wait()
}
