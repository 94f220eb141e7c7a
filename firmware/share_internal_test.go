package firmware

import (
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
