package firmware

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPacked(t *testing.T) {
	closed := func(off, n int64) Range { return Range{off, n, Unexplained, "w"} }
	for name, c := range map[string]struct {
		in           []Range
		size, length int64
		want         []Range
	}{
		"nothing":            {[]Range{{0, 100, Opened, ""}}, 100, 10, nil},
		"for itself":         {[]Range{{0, 90000, Opened, ""}, closed(90000, 10000)}, 100000, 20000, []Range{closed(10000, 10000)}},
		"in the middle":      {[]Range{closed(40000, 10000)}, 90000, 30000, []Range{closed(10000, 10000)}},
		"a short run":        {[]Range{closed(500, 100)}, 1000, 100, []Range{closed(50, 10)}},
		"more than there is": {[]Range{closed(0, 50000)}, 100000, 20000, []Range{closed(0, 10000)}},
		"all":                {[]Range{closed(0, 50000)}, 50000, 20000, []Range{closed(0, 20000)}},
		"huge":               {[]Range{closed(1<<61, 1<<61)}, 1 << 62, 1 << 40, []Range{closed(1<<39, 1<<39)}},
	} {
		if got := packed(c.in, c.size, c.length); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// What has no known place is taken from the end of what counts as opened.
func TestHomeless(t *testing.T) {
	h := homeless{n: 5000, what: "w"}
	got := h.settle([]Range{{0, 7000, Opened, "a"}, {7000, 1000, Padding, ""}, {8000, 2000, Opened, "a"}}, 20000)
	want := []Range{{0, 4000, Opened, "a"}, {4000, 3000, Unexplained, "w"}, {7000, 1000, Padding, ""}, {8000, 2000, Unexplained, "w"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// However many runs there are, few are told apart, and all are counted.
func TestManyRuns(t *testing.T) {
	var many []Range
	for i := range int64(3 * maxClosed) {
		many = append(many, Range{i * 100, 50, Unexplained, "w"})
	}
	many = append(many, Range{1 << 30, minRaw, Unexplained, "w"})
	var h homeless
	if got := h.few(many); len(got) != 1 || got[0].Length != minRaw || h.n != 3*maxClosed*50 {
		t.Errorf("%d runs, %d bytes without a place", len(got), h.n)
	}
	var text []byte
	noise, block := make([]byte, minOpaque), bytes.Repeat([]byte("a line\n"), minOpaque)[:minOpaque]
	_, _ = rand.NewChaCha8([32]byte{3}).Read(noise)
	for range 3 * maxPieces {
		text = append(append(text, block...), noise...)
	}
	got := chanceIn(text)
	if last := got[len(got)-1]; len(got) != maxPieces || last.Offset+last.Length != int64(len(text)) {
		t.Errorf("%d pieces, the last %v", len(got), last)
	}
}
