package fwtool

import (
	"io/fs"

	"github.com/assay-iot/assay/firmware/format"
)

// files are the data of the blocks, in the order of the image.
type files struct {
	in      format.Input
	entries []format.Entry
}

func newFiles(in format.Input, last []block) *files {
	f := &files{in: in}
	for i := len(last) - 1; i >= 0; i-- {
		k := last[i]
		name := "signature"
		if k.kind == info {
			name = "metadata.json"
		}
		f.entries = append(f.entries, format.Entry{
			Name: name, Mode: fs.FileMode(0o644), Size: k.length, Offset: k.start, Inode: len(f.entries),
		})
	}
	return f
}

// Entries lists the data.
func (f *files) Entries() []format.Entry { return f.entries }

// Batches has one batch for each.
func (f *files) Batches() []format.Batch { return format.OneByOne(f) }

// Read gives the data of a block.
func (f *files) Read(i int) ([]byte, error) {
	return f.in.Bytes(f.entries[i].Offset, f.entries[i].Size)
}
