package credentials

import (
	"testing"

	"github.com/assay-iot/assay"
)

// What has no lines tells its sightings apart by their offsets.
func TestSamePlace(t *testing.T) {
	for _, tc := range []struct {
		a, b assay.Location
		want bool
	}{
		{assay.Location{Path: "a", Line: 2, Offset: 4}, assay.Location{Path: "a", Line: 2, Offset: 9}, true},
		{assay.Location{Path: "a", Line: 2}, assay.Location{Path: "a", Line: 3}, false},
		{assay.Location{Path: "a", Offset: 4}, assay.Location{Path: "a", Offset: 9}, false},
		{assay.Location{Path: "a", Offset: 4}, assay.Location{Path: "a", Offset: 4}, true},
		{assay.Location{Path: "a", Offset: 4}, assay.Location{Path: "b", Offset: 4}, false},
	} {
		if got := samePlace(tc.a, tc.b); got != tc.want {
			t.Errorf("%+v, %+v: got %v", tc.a, tc.b, got)
		}
	}
}
