package facts

import (
	"slices"
	"testing"

	"github.com/assay-iot/assay"
)

func TestSeenOnce(t *testing.T) {
	type seen struct{ what, path string }
	got := seenOnce([]seen{
		{"a", "image!rootfs.img"}, {"a", "image!rootfs.img!ext!etc/key"}, // the same bytes twice
		{"b", "image!program"}, {"a", "image!program!gzip!x"}, // its own, beside what it holds
		{"c", "image!one"}, {"c", "image!two"}, // two files
		{"d", "image!tar!etc/server.key!"}, // by itself
	}, func(s seen) (string, assay.Location) { return s.what, assay.Location{Path: s.path} })
	want := []seen{{"a", "image!rootfs.img!ext!etc/key"}, {"b", "image!program"}, {"a", "image!program!gzip!x"}, {"c", "image!one"}, {"c", "image!two"}, {"d", "image!tar!etc/server.key!"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
