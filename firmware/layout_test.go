package firmware_test

import (
	"bytes"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// Neighbours have no part in the entropy of a run.
func TestEntropyOf(t *testing.T) {
	const chunk = 300 << 10
	data := append(chance(chunk), bytes.Repeat([]byte{0xff}, 64<<10)...)
	data = append(data, chance(chunk)...)
	r := firmware.Bytes("x", data).Reader
	for _, c := range []struct {
		offset, length int64
		least, most    float64
	}{{0, chunk, 7.99, 8}, {chunk, 64 << 10, 0, 0}, {chunk + 64<<10, chunk, 7.99, 8}, {0, 0, 0, 0}} {
		e, err := firmware.EntropyOf(r, c.offset, c.length)
		if err != nil || e < c.least || e > c.most {
			t.Errorf("%d bytes at %d: %.3f, %v", c.length, c.offset, e, err)
		}
	}
	if _, err := firmware.EntropyOf(r, int64(len(data)), 10); err == nil {
		t.Error("bytes behind the end have an entropy")
	}
}
