package firmware

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// listing is a tree of empty files.
type listing []format.Entry

func (l listing) Entries() []format.Entry  { return l }
func (l listing) Batches() []format.Batch  { return format.OneByOne(l) }
func (l listing) Read(int) ([]byte, error) { return nil, nil }

// treeOf is a container that holds empty files, whatever its bytes are.
func treeOf(names ...string) *format.Format {
	var l listing
	for i, name := range names {
		l = append(l, format.Entry{Name: name, Inode: i, Offset: -1})
	}
	return &format.Format{
		Name: "tree", Magics: []format.Magic{{Bytes: "tree"}}, Anywhere: true,
		Probe: func(format.Input) format.Likeness { return format.Sure },
		Open: func(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
			return &format.Opened{Length: in.Size, Tree: l}, nil
		},
	}
}

// TestNames opens trees of a few bytes whose paths would take much memory, for a
// reader that did not ask for it.
func TestNames(t *testing.T) {
	const room = 50_000
	var long, deep []string
	for i := range 100 {
		long = append(long, fmt.Sprintf("%s-%d", strings.Repeat("x", 1000), i))
		deep = append(deep, fmt.Sprintf("%d/%sfile", i, strings.Repeat("folder/", 100)))
	}
	for name, names := range map[string][]string{"long": long, "deep": deep} {
		t.Run(name, func(t *testing.T) {
			b := format.NewBudget(1<<20, 1<<30, 1<<20, 100)
			if err := b.Names(format.MaxNames - room); err != nil {
				t.Fatal(err)
			}
			img := openWithin(t, b, "tree "+strings.Repeat("text ", 1000), []*format.Format{treeOf(names...)})
			kept := 0
			for _, f := range img.Containers[0].files {
				kept += len(f.Path)
			}
			if kept == 0 || kept > 2*room {
				t.Errorf("paths of %d bytes are kept, allowed were %d", kept, room)
			}
			if len(img.Files) == len(names) || len(img.Skipped) != 1 || !strings.Contains(img.Skipped[0].Reason, "entries are left out") {
				t.Errorf("%d files, skipped %v", len(img.Files), img.Skipped)
			}
			if img.Ranges[0].Class != Unexplained {
				t.Errorf("ranges %v", img.Ranges)
			}
		})
	}
}
