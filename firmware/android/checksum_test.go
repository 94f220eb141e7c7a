package android

import (
	"bytes"
	"hash/crc32"
	"testing"
)

func TestRepeated(t *testing.T) {
	for _, piece := range []string{"\x00\x00\x00\x00", "abcd", "\xff\xff\xff\xff"} {
		for _, n := range []int{0, 4, 8, 12, 512, 4096, 4100, 1 << 20} {
			want := crc32.ChecksumIEEE(bytes.Repeat([]byte(piece), n/4))
			if got := repeated([]byte(piece), int64(n)); got != want {
				t.Errorf("%q up to %d bytes: %08x, want %08x", piece, n, got, want)
			}
			first := []byte("what stands before")
			want = crc32.Update(crc32.ChecksumIEEE(first), crc32.IEEETable, bytes.Repeat([]byte(piece), n/4))
			if got := join(crc32.ChecksumIEEE(first), repeated([]byte(piece), int64(n)), int64(n)); got != want {
				t.Errorf("%q up to %d bytes behind a text: %08x, want %08x", piece, n, got, want)
			}
		}
	}
}
