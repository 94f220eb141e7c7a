package router

import (
	"context"
	"encoding/binary"
	"io/fs"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// NPKFiles is what the files of an old package of MikroTik unpack to: entries one
// after another, each with a header of 30 bytes, its name and its content. The
// layout is that of the scripts of the mikrotik-npk project and of binwalk.
var NPKFiles = &format.Format{
	Name:  "npk-files",
	Probe: probeNPKFiles,
	Open:  openNPKFiles,
}

// The places in a header: the mode, as stat gives it, nothing, the time of the
// last change, the version of the package and the time when it was built, and how
// long the content and the name are.
const (
	npkEntryTime, npkEntryZero, npkEntrySize, npkEntryName = 8, 20, 24, 28

	npkEntryHead = 30
	maxNPKName   = 1024
)

// npkEntry is one entry: its name stands behind the header, then the content.
type npkEntry struct {
	mode       uint32
	time, size uint32
	name       int64 // bytes of it
	at, end    int64 // of the content
}

func readNPKEntry(in format.Input, at int64) (e npkEntry, ok bool) {
	b := in.Peek(at, npkEntryHead)
	if len(b) < npkEntryHead || b[2]|b[3]|b[4]|b[5]|b[6]|b[7] != 0 || binary.LittleEndian.Uint32(b[npkEntryZero:]) != 0 {
		return e, false
	}
	u := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	e = npkEntry{mode: u(0), time: u(npkEntryTime), size: u(npkEntrySize), name: int64(binary.LittleEndian.Uint16(b[npkEntryName:]))}
	e.at = at + npkEntryHead + e.name
	e.end = e.at + int64(e.size)
	switch format.UnixMode(e.mode).Type() {
	case 0, fs.ModeDir, fs.ModeSymlink:
	default:
		return e, false
	}
	return e, e.mode > 0o7777 && e.name > 0 && e.name <= maxNPKName
}

// probeNPKFiles wants two entries, or one and the end.
func probeNPKFiles(in format.Input) format.Likeness {
	e, ok := readNPKEntry(in, 0)
	if !ok || e.end > in.Size {
		return format.No
	}
	if _, ok := readNPKEntry(in, e.end); !ok && e.end != in.Size {
		return format.No
	}
	return format.Likely
}

func openNPKFiles(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	t := &npkTree{in: in}
	o := &format.Opened{Tree: t, Modes: true}
	for o.Length < in.Size {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, ok := readNPKEntry(in, o.Length)
		if !ok {
			o.Damage = []format.Damage{{Offset: o.Length, Length: in.Size - o.Length, Reason: "no header of an entry"}}
			o.Length = in.Size
			break
		}
		if err := t.add(e, b); err != nil {
			return nil, err
		}
		o.Length = min(e.end, in.Size)
	}
	if len(t.entries) == 0 {
		return nil, format.Errorf(0, "no entries")
	}
	return o, nil
}

// npkTree is the archive. Every content is one plain run.
type npkTree struct {
	in      format.Input
	entries []format.Entry
}

// add makes an entry. Only an exhausted budget is an error.
func (t *npkTree) add(h npkEntry, b *format.Budget) error {
	e := format.Entry{
		Name: string(t.in.Peek(h.at-h.name, int(h.name))), Mode: format.UnixMode(h.mode),
		ModTime: time.Unix(int64(h.time), 0).UTC(), Size: int64(h.size), Inode: len(t.entries), Offset: -1,
	}
	switch {
	case h.end > t.in.Size:
		e.Err = format.Errorf(h.at, "%d bytes, the archive ends before", h.size)
	case e.Mode.IsRegular():
		e.Offset = h.at
	case e.Mode&fs.ModeSymlink != 0 && h.size <= maxNPKName:
		e.Link = string(t.in.Peek(h.at, int(h.size)))
	case e.Mode&fs.ModeSymlink != 0:
		e.Err = format.Errorf(h.at, "symlink of %d bytes: %w", h.size, format.ErrLimit)
	default:
		e.Size = 0
	}
	if err := b.Entry(e.Name); err != nil {
		return err
	}
	t.entries = append(t.entries, e)
	return b.Names(len(e.Link))
}

// Entries lists the files in the order of the archive.
func (t *npkTree) Entries() []format.Entry { return t.entries }

// Batches has one batch for each file.
func (t *npkTree) Batches() []format.Batch { return format.OneByOne(t) }

// Read gives a content.
func (t *npkTree) Read(i int) ([]byte, error) {
	e := &t.entries[i]
	if e.Err != nil || e.Offset < 0 {
		return nil, format.Errorf(0, "no content")
	}
	return t.in.Bytes(e.Offset, e.Size)
}
