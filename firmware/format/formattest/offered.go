package formattest

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// Offered opens a container and reports whether some bytes in it come to those who
// search: in the content of a file, in a part, in a run that is unused, or in what its
// reader has no use for, packed or not.
func Offered(t testing.TB, f *format.Format, data []byte, what string) bool {
	t.Helper()
	in := format.InMemory(data)
	o, err := f.Open(context.Background(), in, format.NewBudget(files, totalBytes, fileBytes, ratio))
	if err != nil {
		t.Fatal(err)
	}
	has := func(b []byte) bool { return bytes.Contains(b, []byte(what)) }
	var unread []byte
	for _, s := range o.Unread {
		unread = append(unread, in.Peek(s.Offset, int(s.Length))...)
	}
	return has(unread) ||
		slices.ContainsFunc(o.Unused, func(s format.Span) bool { return has(in.Peek(s.Offset, int(s.Length))) }) ||
		slices.ContainsFunc(o.Parts, func(p format.Part) bool {
			return p.Bytes.ReaderAt == nil && has(in.Peek(p.Offset, int(p.Length)))
		}) ||
		o.Tree != nil && slices.ContainsFunc(contents(o.Tree), has) || has(rest(o.Tree))
}

// rest is what a tree has unpacked and no file of it holds.
func rest(tree format.Tree) (all []byte) {
	if t, ok := tree.(format.Remainder); ok {
		for _, r := range t.Rest() {
			all = append(all, r.Bytes...)
		}
	}
	return all
}

// contents are those of all files of a tree that can be read.
func contents(tree format.Tree) (all [][]byte) {
	for _, batch := range tree.Batches() {
		batch.Run(alone, func(_ int, content []byte, err error) {
			if err == nil {
				all = append(all, slices.Clone(content))
			}
		})
	}
	return all
}
