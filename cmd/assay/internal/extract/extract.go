// Package extract writes the files of an image to disk so that nothing of it can
// do harm: only regular files, folders, hard links and such links as stay inside
// their container are made, with no more than the usual permissions. Device
// nodes, pipes and sockets are never made, and nothing that is there is
// overwritten.
//
// Each container's files go into a folder of its own, which is called like the
// container's path in the image: "uimage!xz!cpio/etc/passwd".
package extract

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay/firmware"
)

// Left is what was not extracted: a file, or entries of a container that have no
// place in the tree.
type Left struct {
	Path string // of the file or container
	Why  string
}

// Summary is what was made.
type Summary struct {
	Files, Links int
	Left         []Left // sorted by path
}

// Writer writes into a folder. Give its Visit to firmware.Open, then call Finish.
type Writer struct {
	root *os.Root

	mu   sync.Mutex
	done Summary
	err  error // of the disk: no file can be written any more
}

// Into makes a Writer for an empty folder, which must be there.
func Into(folder string) (*Writer, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &Writer{root: root}, nil
}

// Visit writes one file; see firmware.Options.
func (w *Writer) Visit(f *firmware.File, content []byte) {
	if f.HardLink != nil { // Finish links it
		return
	}
	err := w.write(f, bytes.NewReader(content))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(f, err, &w.done.Files)
}

// Finish makes the folders and links of an opened image and lists what was not
// extracted. An error means that the disk failed.
func (w *Writer) Finish(img *firmware.Image) (Summary, error) {
	defer w.root.Close()
	for _, f := range img.Files {
		switch {
		case f.Kind == firmware.Directory:
			w.note(f, w.folder(place(f)), nil)
		case f.HardLink != nil && f.HardLink.Err == nil:
			w.note(f, w.hardLink(f), &w.done.Files)
		case f.Err != nil:
			w.note(f, f.Err, nil)
		case f.Long && f.HardLink == nil && f.Kind != firmware.Raw:
			w.note(f, w.write(f, f), &w.done.Files)
		}
	}
	// Links come last, so that nothing is ever written through one.
	for _, f := range img.Files {
		switch f.Kind {
		case firmware.Symlink:
			w.note(f, w.symlink(f), &w.done.Links)
		case firmware.CharDevice, firmware.BlockDevice, firmware.FIFO, firmware.Socket:
			w.note(f, fmt.Errorf("a %s is not made", f.Kind), nil)
		}
	}
	for _, s := range img.Skipped {
		if s.Entries {
			w.done.Left = append(w.done.Left, Left{s.Path, s.Reason})
		}
	}
	for _, c := range img.Containers {
		for _, d := range c.Damage {
			w.done.Left = append(w.done.Left, Left{c.Path, d.Reason})
		}
	}
	slices.SortStableFunc(w.done.Left, func(a, b Left) int { return cmp.Compare(a.Path, b.Path) })
	return w.done, w.err
}

// note counts a file, or says why it is not there.
func (w *Writer) note(f *firmware.File, err error, count *int) {
	switch {
	case err == nil && count != nil:
		*count++
	case err != nil:
		w.done.Left = append(w.done.Left, Left{f.Path, reason(err)})
		if errors.Is(err, errDisk) && w.err == nil {
			w.err = err
		}
	}
}

func reason(err error) string {
	if errors.Is(err, fs.ErrExist) {
		return "another file has its place"
	}
	if p := (*fs.PathError)(nil); errors.As(err, &p) && !errors.Is(err, errDisk) {
		return p.Err.Error() // the path stands beside it
	}
	return err.Error()
}

// errDisk marks errors of the disk; those of a name concern one file only.
var errDisk = errors.New("write")

// place is where a file goes: the path of its container without the image's
// name, then its own name.
func place(f *firmware.File) string {
	_, inside, nested := strings.Cut(f.Container.Path, "!")
	if !nested {
		inside = f.Container.Type
	}
	return path.Join(inside, f.Name)
}

func (w *Writer) folder(name string) error {
	if name == "." {
		return nil
	}
	return w.root.MkdirAll(name, 0o755)
}

// write writes one file. Holes are left where the content has them.
func (w *Writer) write(f *firmware.File, content io.WriterTo) error {
	name := place(f)
	if err := w.folder(path.Dir(name)); err != nil {
		return err
	}
	// Readable to its owner, never setuid.
	out, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode.Perm()|0o600)
	if err != nil {
		return err
	}
	n, err := content.WriteTo(sparse{out})
	if err == nil {
		err = out.Truncate(n)
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("%w %s: %w", errDisk, name, err)
	}
	return nil
}

// sparse is a file that is written from its beginning to its end.
type sparse struct{ *os.File }

// Hole leaves n bytes out.
func (s sparse) Hole(n int64) error {
	_, err := s.Seek(n, io.SeekCurrent)
	return err
}

func (w *Writer) hardLink(f *firmware.File) error {
	name := place(f)
	if err := w.folder(path.Dir(name)); err != nil {
		return err
	}
	err := w.root.Link(place(f.HardLink), name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return w.copy(f, name) // a disk without hard links, or a process without the right
}

// copy writes what another name of a file holds.
func (w *Writer) copy(f *firmware.File, name string) error {
	content, err := w.root.Open(place(f.HardLink))
	if err != nil {
		return fmt.Errorf("%w %s: %w", errDisk, name, err)
	}
	defer content.Close()
	return w.write(f, bufio.NewReader(content))
}

// symlink makes a link that means on the disk what it means on the device: its
// root is the container's folder, and nothing leads above that.
func (w *Writer) symlink(f *firmware.File) error {
	name := place(f)
	if err := w.folder(path.Dir(name)); err != nil {
		return err
	}
	if strings.IndexByte(f.Link, 0) >= 0 || f.Link == "" {
		return fmt.Errorf("link to %q", f.Link)
	}
	return w.root.Symlink(Target(f.Name, f.Link), name)
}

// Target is the link to write for one called name that leads to link, both as
// the container has them: relative, and clamped to the container's root.
func Target(name, link string) string {
	dir := path.Dir("/" + name)
	to := link
	if !path.IsAbs(link) {
		to = path.Join(dir, link)
	}
	to = path.Clean("/" + to)
	return relative(dir, to)
}

// relative is the way from one clean absolute folder to a clean absolute path.
func relative(from, to string) string {
	a, b := elements(from), elements(to)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	way := path.Join(strings.Repeat("../", len(a)), path.Join(b...))
	return cmp.Or(way, ".")
}

func elements(p string) []string {
	return strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
}
