// Package factstest observes small images in the tests of facts that have a room of
// their own.
package factstest

import (
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// Seen gives what a fact says of a folder of files, by their paths in it.
func Seen[T any](t testing.TB, fact facts.Source[T], files map[string]string) T {
	t.Helper()
	folder := fstest.MapFS{}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	o, err := facts.Observe(t.Context(), firmware.Source{Name: "x", Folder: folder}, firmware.Options{}, fact)
	if err != nil {
		t.Fatal(err)
	}
	return Of(t, fact, o)
}

// Of gives what a fact says of an image that was observed for it.
func Of[T any](t testing.TB, fact facts.Source[T], o *facts.Observation) T {
	t.Helper()
	v, err := fact.Of(o.For("test", []facts.Node{fact}))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
