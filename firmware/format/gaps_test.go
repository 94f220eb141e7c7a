package format_test

import (
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

func TestWithGaps(t *testing.T) {
	parts := []format.Part{{Name: "b", Offset: 50, Length: 10}, {Name: "a", Offset: 20, Length: 10}, {Name: "overlaps", Offset: 25, Length: 10}}
	type gap struct{ from, to int64 }
	var got []gap
	for _, p := range format.WithGaps(100, parts, format.Span{Offset: 0, Length: 16}, format.Span{Offset: 90, Length: 20}) {
		if p.Name == "" {
			got = append(got, gap{p.Offset, p.Offset + p.Length})
		}
	}
	if want := []gap{{16, 20}, {35, 50}, {60, 90}}; !slices.Equal(got, want) {
		t.Errorf("gaps %v, want %v", got, want)
	}
}
