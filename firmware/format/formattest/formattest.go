// Package formattest puts one reader through what a hostile image can do to it.
package formattest

import (
	"context"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// The limits of a try are far below those of an image, so that a reader which
// does not ask for what it takes is noticed.
const (
	files, totalBytes, fileBytes, ratio = 1 << 14, 64 << 20, 16 << 20, 256
	tooLong                             = 20 * time.Second
)

// Fuzz feeds a reader, seeded with whole containers and their first halves.
func Fuzz(f *testing.F, format *format.Format, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
		f.Add(s[:len(s)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) { Try(t, format, data) })
}

// Mutate feeds a reader with every container cut short and with flipped bits, a
// few hundred of each, at places that are spread over it.
func Mutate(t *testing.T, format *format.Format, seeds ...[]byte) {
	for _, s := range seeds {
		if !Try(t, format, s) {
			t.Fatal("the whole container does not open")
		}
		names(t, format, s)
		step := max(1, len(s)/120)
		for i := 0; i < len(s); i += step {
			Try(t, format, s[:i])
			bad := append([]byte(nil), s...)
			bad[i] ^= 1 << (i % 8)
			Try(t, format, bad)
			bad[(i*7)%len(s)] ^= 0xff
			Try(t, format, bad)
		}
	}
}

// names opens a container again with room for half of its names: a reader asks
// for them before it keeps them.
func names(t *testing.T, f *format.Format, data []byte) {
	t.Helper()
	total := func(room int) (n int) {
		b := format.NewBudget(files, totalBytes, fileBytes, ratio)
		if err := b.Names(format.MaxNames - room); err != nil {
			t.Fatal(err)
		}
		o, err := f.Open(context.Background(), format.InMemory(data), b)
		if err != nil || o.Tree == nil {
			return 0
		}
		for _, e := range o.Tree.Entries() {
			n += len(e.Name) + len(e.Link)
		}
		return n
	}
	room := total(format.MaxNames) / 2
	if n := total(room); n > room {
		t.Fatalf("%s keeps names of %d bytes, allowed were %d", f.Name, n, room)
	}
}

// Try opens one container and reads all of it. It fails the test if the reader
// breaks its contract, and reports whether the container opened.
func Try(t testing.TB, f *format.Format, data []byte) bool {
	t.Helper()
	start := time.Now()
	defer func() {
		if d := time.Since(start); d > tooLong {
			t.Errorf("%s took %v for %d bytes", f.Name, d, len(data))
		}
	}()
	in := format.InMemory(data)
	if len(data) == 0 || f.Probe(in) == format.No {
		return false
	}
	if f.Peek != nil {
		f.Peek(in)
	}
	b := format.NewBudget(files, totalBytes, fileBytes, ratio)
	o, err := f.Open(context.Background(), in, b)
	if err != nil {
		return false
	}
	if o.Length <= 0 || o.Length > in.Size {
		t.Fatalf("%s claims %d of %d bytes", f.Name, o.Length, in.Size)
	}
	if o.Tree != nil {
		tree(t, f, o.Tree, b)
		left(t, f, o)
	}
	for _, p := range o.Parts {
		gathered(t, f, p.Bytes)
	}
	for _, c := range o.Claims {
		if c.Compare != nil {
			_, _ = c.Compare(context.Background(), in)
		}
	}
	return len(o.Damage) == 0
}

func tree(t testing.TB, f *format.Format, tree format.Tree, b *format.Budget) {
	t.Helper()
	entries := tree.Entries()
	for i, e := range entries {
		if e.Inode < 0 || e.Inode >= len(entries) || entries[e.Inode].Inode != e.Inode {
			t.Fatalf("%s: entry %d shares a content with entry %d, which has none", f.Name, i, e.Inode)
		}
		if e.Mode.IsRegular() && e.Inode == i && e.Err == nil && b.File(e.Size) != nil {
			return // package firmware would not read it either
		}
	}
	seen := map[int]bool{}
	for _, batch := range tree.Batches() {
		batch.Run(alone, func(i int, content []byte, err error) {
			if seen[i] {
				t.Fatalf("%s: entry %d is visited twice", f.Name, i)
			}
			seen[i] = true
			if err == nil && int64(len(content)) != entries[i].Size {
				t.Fatalf("%s: entry %d has %d bytes, not %d", f.Name, i, len(content), entries[i].Size)
			}
		})
	}
}

// left looks at what a tree leaves: bytes of no entry, and a doubtful member.
func left(t testing.TB, f *format.Format, o *format.Opened) {
	if r, ok := o.Tree.(format.Remainder); ok {
		for _, s := range r.Rest() {
			if s.Place.Offset < 0 || s.Place.Length < 0 {
				t.Fatalf("%s: what is left is of %+v", f.Name, s.Place)
			}
		}
	}
	if d := o.Doubt; d != nil && (d.Offset < 0 || d.Length < 0 || d.Entry >= len(o.Tree.Entries())) {
		t.Fatalf("%s: a doubtful member %+v of %d entries", f.Name, *d, len(o.Tree.Entries()))
	}
}

func alone(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}
