package firmware

import "testing"

// TestShare has limits of unpacked bytes for images of some sizes.
func TestShare(t *testing.T) {
	l := Limits{}.filled()
	for size, want := range map[int64]int64{0: FreeBytes, 36 << 10: FreeBytes + 36<<20, 12 << 20: 16 << 30, 1 << 40: 16 << 30} {
		if got := l.total(Source{Size: size}); got != want {
			t.Errorf("%d bytes: %d, want %d", size, got, want)
		}
	}
	if got := (Limits{TotalBytes: 1 << 20}).filled().total(Source{Size: 10}); got != 1<<20 {
		t.Errorf("below what is free: %d", got)
	}
}
