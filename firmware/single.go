package firmware

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/stream"
)

// single is a file of a root file system that is one compressed stream around one
// other file, as a page of a manual, a configuration or a kernel module often is.
type single struct {
	entry     int
	container *Container
	file      *File
}

// maxSingle is how long a packed file may be that is unpacked to see whether it holds
// more than one file, and not taken for what its first bytes say.
const maxSingle = 4 << 20

// fate is what becomes of a file that may be a compressed stream.
type fate int

const (
	plain  fate = iota // it is none
	inside             // it is opened as an image of its own
	seen               // what it unpacked to was seen as one file
)

// unpack shows what a file of a root file system unpacks to as the file that it is: it
// has the name that it had before it was packed. It is not held in memory, and what
// holds more than one file, is damaged or followed by something is left to who opens
// images.
func (w *walker) unpack(f *File, content []byte) fate {
	if !w.root {
		return plain
	}
	in := format.InMemory(content)
	for _, s := range w.matcher.begun(in) {
		if s.Peek == nil || s.Probe(in) == format.No {
			continue
		}
		head := s.Peek(in)
		if isConfigHead(head) || isBareKernel(head) || in.Size > maxSingle && w.holds(head) {
			return inside
		}
		got, err := w.stream(s, in)
		if err != nil {
			continue
		}
		whole := len(got.Damage) == 0 && got.Length == in.Size
		if !whole && !s.Anywhere {
			continue // there is little that such a stream is recognised by
		}
		if !whole || got.Spool != nil || len(got.Unused) > 0 || total(got.Unread) >= minRaw || w.worth(format.InMemory(got.Stream), got.Stream) {
			return inside
		}
		return w.showFile(f, s, in.Size, got.Stream)
	}
	if isBrotliName(f.Name) {
		got, err := w.stream(stream.Brotli, in)
		if err == nil && len(got.Damage) == 0 && got.Spool == nil && !w.worth(format.InMemory(got.Stream), got.Stream) {
			return w.showFile(f, stream.Brotli, in.Size, got.Stream)
		}
	}
	return plain
}

// isBrotliName reports whether a file has an ending of Brotli: web servers keep the pages
// so, beside those that are not packed.
func isBrotliName(name string) bool {
	return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".brotli")
}

// isPage reports whether a file is documentation that is packed.
func (w *walker) isPage(name string, content []byte) bool {
	return isDocumentation(name) && len(w.matcher.starts(format.InMemory(content))) > 0
}

// total is the length of all spans. What a short header says, as a name, is seen in the
// packed file itself.
func total(spans []format.Span) (n int64) {
	for _, s := range spans {
		n += s.Length
	}
	return n
}

// stream opens a stream within the limits of the image.
func (w *walker) stream(s *format.Format, in format.Input) (got *format.Opened, err error) {
	ctx, cancel := context.WithTimeout(w.ctx, w.opts.Limits.Time)
	defer cancel()
	err = format.Guard(func() error {
		got, err = s.Open(ctx, in, w.budget)
		return err
	})
	return got, err
}

// showFile shows the one file that a stream holds.
func (w *walker) showFile(f *File, s *format.Format, length int64, content []byte) fate {
	k := &Container{
		Type: s.Name, Path: f.Path + "!" + s.Name, Parent: f.Container, Length: length,
		Attributes: map[string]string{}, files: map[string]*File{},
	}
	if f.Offset >= 0 {
		k.Offset = f.Offset - f.Container.Offset
	}
	name := strings.TrimSuffix(f.Name, path.Ext(f.Name))
	if path.Base(name) == "." || strings.HasSuffix(name, "/") || name == "" {
		name = f.Name
	}
	inner := &File{
		Path: k.Path + "!" + name, Name: name, Container: k, Kind: Regular, Mode: f.Mode, UID: f.UID, GID: f.GID,
		Size: int64(len(content)), ModTime: f.ModTime, Offset: -1,
	}
	most := w.opts.Limits.FileBytes
	inner.read = func() ([]byte, error) {
		packed, err := f.ReadFile()
		if err != nil {
			return nil, err
		}
		var got *format.Opened
		err = format.Guard(func() error {
			got, err = s.Open(context.Background(), format.InMemory(packed), format.NewBudget(1, most, most, 0))
			return err
		})
		if err != nil {
			return nil, err
		}
		return got.Stream, nil
	}
	if err := cmp.Or(w.budget.Files(1), w.budget.Names(len(inner.Path))); err != nil {
		w.skip(f.Path, 0, f.Size, err.Error())
		return seen
	}
	k.files[name] = inner
	w.seen(inner, content, nil)
	w.close(inner, w.opaque(content), 0)
	f.closed = packed(inner.closed, inner.Size, f.Size)
	w.inner.Lock()
	defer w.inner.Unlock()
	w.singles = append(w.singles, single{f.entry, k, inner})
	return seen
}

// addSingles adds what was unpacked while the files were read, in their order.
func (o *opener) addSingles(singles []single) {
	slices.SortFunc(singles, func(a, b single) int { return cmp.Compare(a.entry, b.entry) })
	for _, s := range singles {
		o.img.Containers = append(o.img.Containers, s.container)
		o.img.Files = append(o.img.Files, s.file)
	}
}
