// Package tarball reads tar archives: ustar, PAX, GNU, and the older kind
// without a magic number.
package tarball

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the tar archive.
var Format = &format.Format{
	Name:     "tar",
	Magics:   []format.Magic{{Offset: magicAt, Bytes: "ustar"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// Old is the tar archive of Unix version 7, which has no magic number: it is
// known by the checksum of its first header.
var Old = &format.Format{Name: "tar", Probe: probe, Open: open}

const (
	block   = 512
	magicAt = 257
	sumAt   = 148
	maxLink = 65535
)

// probe wants the checksum of the first header to hold.
func probe(in format.Input) format.Likeness {
	h := in.Head(block)
	if len(h) < block || h[0] == 0 {
		return format.No
	}
	sum := uint64(0)
	for i, c := range h {
		if i >= sumAt && i < sumAt+8 {
			c = ' '
		}
		sum += uint64(c)
	}
	field := strings.Trim(string(h[sumAt:sumAt+8]), " \x00")
	if v, err := strconv.ParseUint(field, 8, 64); err != nil || v != sum {
		return format.No
	}
	return format.Sure
}

// Kinds of entries of GNU tar beside those of POSIX; see "Basic Tar Format" in the
// manual of GNU tar 1.34.
const (
	typeDumpDir   = 'D' // a directory, its content is what it held
	typeContinued = 'M' // the rest of a file that begins in another volume
	typeVolume    = 'V' // its name is that of the volume

	modeDir = 0o40000 // as Unix writes it
)

type archive struct {
	in      format.Input
	entries []format.Entry
	starts  []int64 // of the headers, for sparse files
	names   map[string]int
	unused  []format.Span
	unread  []format.Span
	commit  string // of git, that the archive was made of
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	a := &archive{in: in, names: map[string]int{}}
	o := &format.Opened{Tree: a, Modes: true}
	src := io.NewSectionReader(in.ReaderAt, 0, in.Size)
	r := tar.NewReader(src)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := o.Length
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			at := position(src)
			o.Endless = at <= o.Length // no block of zeros
			o.Length = max(o.Length, at)
			break
		}
		if err == nil {
			err = cmp.Or(b.Entry(h.Name), b.Names(len(h.Linkname)))
		}
		if err != nil {
			if len(a.entries) == 0 {
				return nil, err
			}
			o.Damage = []format.Damage{{Offset: o.Length, Length: in.Size - o.Length, Reason: err.Error()}}
			o.Doubt = a.last(o.Length)
			break
		}
		at := position(src)
		link := h.Typeflag == tar.TypeLink || h.Typeflag == tar.TypeSymlink
		own := a.meta(start, at, link)
		if h.Typeflag == tar.TypeXGlobalHeader { // says something of all that follow
			o.Length = min(max(own, (at+block-1)&^(block-1)), in.Size)
			continue
		}
		end := at + stored(h)
		switch h.Typeflag {
		case typeDumpDir:
			h.Mode |= modeDir
			a.says(at, min(end, in.Size)) // a list of names
		case typeVolume:
			o.Length = min((end+block-1)&^(block-1), in.Size)
			a.says(start, o.Length)
			continue
		}
		if !link {
			a.linkField(own)
		}
		a.add(h, at, start)
		if sparse(h) {
			end = a.sparseEnd(h, own)
		}
		o.Length = min((end+block-1)&^(block-1), in.Size)
		a.nobodys(end, o.Length) // what fills the block
	}
	o.Unused, o.Unread = a.unused, a.unread
	if len(a.entries) == 0 {
		return nil, format.Errorf(0, "an archive without entries")
	}
	o.Attributes = map[string]string{}
	if board := a.sysupgrade(); board != "" {
		o.Attributes["sysupgrade"] = board
	}
	if a.commit != "" {
		o.Attributes["commit"] = a.commit
	}
	return o, nil
}

// last is the member in which an archive may be cut that ends at a place without its
// mark: not if all of the member is there, and then not even a header.
func (a *archive) last(end int64) *format.Doubt {
	i := len(a.entries) - 1
	e := &a.entries[i]
	if left := a.in.Size - end; e.Err == nil && left < block {
		return nil
	}
	if e.Offset < 0 || e.Size == 0 || e.Inode != i {
		return nil
	}
	return &format.Doubt{Span: format.Span{Offset: e.Offset, Length: e.Size}, Entry: i, Cut: true}
}

// sysupgrade is the board that an archive is an upgrade of OpenWrt for: all lies
// in a folder named after it, with a file CONTROL.
func (a *archive) sysupgrade() string {
	for i := range a.entries {
		dir, name := path.Split(a.entries[i].Name)
		board, ok := strings.CutPrefix(path.Clean(dir), "sysupgrade-")
		if ok && name == "CONTROL" && a.entries[i].Mode.IsRegular() {
			return board
		}
	}
	return ""
}

// position is how far a section was read.
func position(r *io.SectionReader) int64 {
	at, _ := r.Seek(0, io.SeekCurrent)
	return at
}

// sparse reports whether the content has holes, so that it is not one run.
func sparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, sparsePrefix) {
			return true
		}
	}
	return false
}

func (a *archive) add(h *tar.Header, at, start int64) {
	e := format.Entry{
		Name: h.Name, Mode: h.FileInfo().Mode(), UID: uint32(h.Uid), GID: uint32(h.Gid),
		Size: h.Size, ModTime: h.ModTime.UTC(), Inode: len(a.entries), Offset: at,
	}
	if !sparse(h) && stored(h) > a.in.Size-at {
		e.Err = format.Errorf(at, "file of %d bytes, the archive ends before", h.Size)
	}
	switch h.Typeflag {
	case tar.TypeSymlink:
		e.Link = h.Linkname[:min(len(h.Linkname), maxLink)]
	case tar.TypeLink:
		e.Mode = h.FileInfo().Mode().Perm()
		target, ok := a.names[path.Clean(h.Linkname)]
		if !ok || a.entries[target].Mode.IsDir() {
			e.Err = fmt.Errorf("hard link to %q, which is no file before it", h.Linkname)
			break
		}
		t := &a.entries[target]
		e.Size, e.Mode, e.UID, e.GID, e.Offset = t.Size, t.Mode, t.UID, t.GID, t.Offset
		e.Link, e.Rdev, e.Xattrs = t.Link, t.Rdev, maps.Clone(t.Xattrs)
		if e.Mode.IsRegular() {
			e.Inode = t.Inode
		}
	case typeContinued:
		e.Err = errors.New("the rest of a file that begins in another volume")
	case tar.TypeChar, tar.TypeBlock:
		e.Rdev = uint64(uint32(h.Devmajor))<<32 | uint64(uint32(h.Devminor))
	}
	if sparse(h) || !e.Mode.IsRegular() {
		e.Offset = -1
	}
	if !e.Mode.IsRegular() {
		e.Size = 0
	}
	for key, value := range h.PAXRecords {
		if name, ok := strings.CutPrefix(key, xattrPrefix); ok {
			if e.Xattrs == nil {
				e.Xattrs = map[string][]byte{}
			}
			e.Xattrs[name] = []byte(value)
		}
	}
	a.names[path.Clean(h.Name)] = len(a.entries)
	a.entries = append(a.entries, e)
	a.starts = append(a.starts, start)
}

// Entries lists the files in the order of the archive.
func (a *archive) Entries() []format.Entry { return a.entries }

// Batches has one batch for each file.
func (a *archive) Batches() []format.Batch { return format.OneByOne(a) }

// Read gives a content; a sparse one is put together by the tar reader.
func (a *archive) Read(i int) ([]byte, error) {
	i = a.entries[i].Inode
	e := &a.entries[i]
	if e.Offset >= 0 {
		return a.in.Bytes(e.Offset, e.Size)
	}
	r, err := a.sparse(i)
	if err != nil {
		return nil, err
	}
	content := make([]byte, e.Size)
	_, err = io.ReadFull(r, content)
	return content, err
}

// Pour gives the content of a sparse file.
func (a *archive) Pour(i int, to format.Sink) error {
	i = a.entries[i].Inode
	r, err := a.sparse(i)
	if err != nil {
		return err
	}
	return format.Drain(to, r, a.entries[i].Size)
}

// sparse is a reader that puts a sparse file together.
func (a *archive) sparse(i int) (io.Reader, error) {
	r := tar.NewReader(io.NewSectionReader(a.in.ReaderAt, a.starts[i], a.in.Size-a.starts[i]))
	h, err := r.Next()
	if err == nil && h.Size != a.entries[i].Size {
		err = format.Errorf(a.starts[i], "sparse file changed its size")
	}
	return r, err
}
