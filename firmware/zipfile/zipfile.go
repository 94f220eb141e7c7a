// Package zipfile reads zip archives.
//
// Modes are there only if the packer was on Unix and took them from files; see modes.go.
// Bytes between the members are given back as unused.
package zipfile

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/klauspost/compress/flate"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the zip archive.
var Format = &format.Format{
	Name:     "zip",
	Magics:   []format.Magic{{Bytes: localMagic}, {Bytes: nothing}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	headerSize = 30
	endMagic   = "PK\x05\x06"
	// nothing is an end record of one directory without entries, at the first byte.
	nothing = endMagic + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	endSize = 22
	maxLink = 65535
	window  = 1 << 20
)

func probe(in format.Input) format.Likeness {
	h := in.Head(headerSize)
	if len(h) >= endSize && string(h[:len(nothing)]) == nothing {
		return format.Likely
	}
	if len(h) < headerSize {
		return format.No
	}
	version, method := binary.LittleEndian.Uint16(h[4:]), binary.LittleEndian.Uint16(h[8:])
	name := binary.LittleEndian.Uint16(h[26:])
	if version&0xff > 63 || method > 99 || name == 0 || name > 4096 {
		return format.No
	}
	return format.Likely
}

type archive struct {
	files   []*zip.File
	entries []format.Entry
	damage  []format.Damage
	in      format.Input
	pairs   []format.Span // of a block of signatures, that are not known
	front   int64         // bytes of the file in front of the archive, where offsets count them
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	directory, end, front, err := find(ctx, in)
	if err != nil {
		if ctx.Err() == nil {
			return salvage(ctx, in, b)
		}
		return nil, err
	}
	r, err := zip.NewReader(&behind{io.NewSectionReader(in.ReaderAt, 0, end), front}, front+end)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	a, err := read(r, in, b, front)
	if err != nil {
		return nil, err
	}
	for _, f := range a.files {
		a.compare(f)
	}
	a.overlaps()
	if len(a.entries) == 0 && end != endSize+int64(len(r.Comment)) {
		return nil, format.Errorf(0, "an archive without entries")
	}
	whole := in.Section(0, end)
	o := &format.Opened{Length: end, Tree: a, Modes: a.modes(), Damage: a.damage, Unused: a.unused(whole, directory), Unread: a.unread(whole, directory, end, r.Comment)}
	if format.IsCommit(r.Comment) {
		o.Attributes = map[string]string{"commit": r.Comment}
	}
	return o, nil
}

// read lists the members of a directory.
func read(r *zip.Reader, in format.Input, b *format.Budget, front int64) (*archive, error) {
	r.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	a := &archive{files: r.File, in: in, front: front}
	for _, f := range r.File {
		if err := b.Entry(f.Name); err != nil {
			return nil, err
		}
		a.add(f, b)
	}
	return a, nil
}

// find gives the place of the directory and the end of the archive: behind the
// first end record that points back to a directory in front of it.
func find(ctx context.Context, in format.Input) (directory, end, front int64, err error) {
	for from := int64(0); from < in.Size; from += window {
		if err := ctx.Err(); err != nil {
			return 0, 0, 0, err
		}
		chunk := in.Peek(from, window+len(endMagic)-1)
		for at := 0; ; at++ {
			i := bytes.Index(chunk[at:], []byte(endMagic))
			if i < 0 {
				break
			}
			at += i
			if directory, end, front, ok := endRecord(in, from+int64(at)); ok {
				return directory, end, front, nil
			}
		}
	}
	return 0, 0, 0, format.Errorf(in.Size, "zip without a directory: it is not whole")
}

// endRecord checks an end record; see APPNOTE.TXT 6.3.10, 4.3.16. The numbers of
// a large archive stand in another record just before it.
func endRecord(in format.Input, at int64) (directory, end, front int64, ok bool) {
	const none, zip64 = 0xffffffff, 20 + 56
	r := in.Peek(at, endSize)
	if len(r) < endSize {
		return 0, 0, 0, false
	}
	size, off := int64(binary.LittleEndian.Uint32(r[12:])), int64(binary.LittleEndian.Uint32(r[16:]))
	end = at + endSize + int64(binary.LittleEndian.Uint16(r[20:]))
	large := string(in.Peek(at-20, 4)) == "PK\x06\x07"
	switch {
	case size == none || off == none:
		ok = at >= zip64 && large
		if far := in.Peek(at-zip64, 56); ok && len(far) == 56 {
			off = int64(min(binary.LittleEndian.Uint64(far[48:]), uint64(at)))
		}
	case off+size == at, off+size+zip64 == at && large:
		ok = true
	default:
		front = off + size - at
		off -= front
		ok = front > 0 && countsFront(in, off, front)
	}
	return off, end, front, ok && end <= in.Size
}

// countsFront reports whether the first record of a directory means the start of the
// archive if so many bytes in front of it are counted, as in a program that unpacks
// itself (APPNOTE.TXT 6.3.10, 4.4.16 and 4.4.24).
func countsFront(in format.Input, directory, front int64) bool {
	record := in.Peek(directory, 46)
	return directory > 0 && len(record) == 46 && string(record[:4]) == "PK\x01\x02" &&
		int64(binary.LittleEndian.Uint32(record[42:])) >= front
}

// behind is an archive with so many zeros in front of it.
type behind struct {
	*io.SectionReader
	front int64
}

// ReadAt reads from both.
func (b *behind) ReadAt(p []byte, off int64) (int, error) {
	zeros := int(min(int64(len(p)), max(0, b.front-off)))
	clear(p[:zeros])
	if zeros == len(p) {
		return zeros, nil
	}
	n, err := b.SectionReader.ReadAt(p[zeros:], off+int64(zeros)-b.front)
	return zeros + n, err
}

// dataOffset is where the packed bytes of a member begin in the input.
func (a *archive) dataOffset(f *zip.File) (int64, error) {
	off, err := f.DataOffset()
	if err == nil && off < a.front {
		err = zip.ErrFormat
	}
	return off - a.front, err
}

func (a *archive) add(f *zip.File, b *format.Budget) {
	e := format.Entry{
		Name: f.Name, Mode: f.Mode(), Size: int64(f.UncompressedSize64), ModTime: f.Modified.UTC(),
		Inode: len(a.entries), Offset: -1,
	}
	e.UID, e.GID = owner(f.Extra)
	packed := int64(f.CompressedSize64)
	switch {
	case f.UncompressedSize64 > 1<<62 || f.CompressedSize64 > 1<<62:
		e.Err, e.Size = errors.New("size out of range"), 0
	case f.Flags&1 != 0:
		e.Err = errors.New("encrypted with a password")
	case !isRead(f.Method):
		e.Err = fmt.Errorf("compression method %d is not read", f.Method)
	case e.Mode.IsRegular():
		if e.Err = b.Spooled(e.Size, packed); e.Err == nil && f.Method == zip.Store {
			if off, err := a.dataOffset(f); err == nil && packed == e.Size {
				e.Offset = off
			}
		}
	}
	if e.Mode.IsDir() && f.UncompressedSize64 > 0 { // APPNOTE.TXT 6.3.10, 4.3.8
		a.inFolder(f, packed)
	}
	if !e.Mode.IsRegular() {
		e.Size = 0
	}
	a.entries = append(a.entries, e)
	if e.Mode&fs.ModeSymlink != 0 && e.Err == nil && f.UncompressedSize64 <= maxLink {
		link, err := a.content(len(a.entries)-1, maxLink)
		last := &a.entries[len(a.entries)-1]
		if last.Err = cmp.Or(err, b.Names(len(link))); last.Err == nil {
			last.Link = string(link)
		}
	}
}

// overlaps notes members that share bytes with one before them, as in an archive that is
// small and unpacks to much: they are not unpacked.
func (a *archive) overlaps() {
	type run struct {
		at, end int64
		member  int
	}
	var runs []run
	for i, f := range a.files {
		if at, err := a.dataOffset(f); err == nil && a.entries[i].Err == nil && f.CompressedSize64 > 0 {
			runs = append(runs, run{at, at + int64(min(f.CompressedSize64, 1<<62)), i})
		}
	}
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(a.at, b.at) })
	end, before := int64(0), 0
	for _, r := range runs {
		if r.at < end {
			a.entries[r.member].Err = fmt.Errorf("shares bytes with %q", a.files[before].Name)
			continue
		}
		end, before = r.end, r.member
	}
}

// inFolder notes the content of a folder, which has none: nobody looks at it.
func (a *archive) inFolder(f *zip.File, packed int64) {
	d := format.Damage{Reason: fmt.Sprintf("the folder %q has a content of %d bytes", f.Name, f.UncompressedSize64)}
	if off, err := a.dataOffset(f); err == nil {
		d.Offset, d.Length = off, min(packed, max(a.in.Size-off, 0))
	}
	if len(a.damage) < maxDamage {
		a.damage = append(a.damage, d)
	}
}

// Entries lists the files in the order of the archive's directory.
func (a *archive) Entries() []format.Entry { return a.entries }

// Batches has one batch for each file.
func (a *archive) Batches() []format.Batch { return format.OneByOne(a) }

// Stored is where a file's packed bytes are.
func (a *archive) Stored(i int) []format.Span {
	off, err := a.dataOffset(a.files[i])
	if err != nil {
		return nil
	}
	return []format.Span{{Offset: off, Length: int64(a.files[i].CompressedSize64)}}
}

// Read unpacks a file, which must have the length and the checksum that the
// directory says.
func (a *archive) Read(i int) ([]byte, error) { return a.content(i, a.entries[i].Size) }

func (a *archive) content(i int, most int64) ([]byte, error) {
	r, err := unpack(a.files[i])
	if err != nil {
		return nil, err
	}
	defer r.Close()
	size := int64(a.files[i].UncompressedSize64)
	if size > most {
		return nil, fmt.Errorf("unpacks to more than %d bytes", most)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(r, content); err != nil {
		return nil, err
	}
	return content, ended(r, size)
}

// Pour unpacks a file that is too long for memory.
func (a *archive) Pour(i int, to format.Sink) error {
	r, err := unpack(a.files[i])
	if err != nil {
		return err
	}
	defer r.Close()
	if err := format.Drain(to, r, a.entries[i].Size); err != nil {
		return err
	}
	return ended(r, a.entries[i].Size)
}

// ended wants the end of a content, where the reader compares the checksum.
func ended(r io.Reader, size int64) error {
	if n, err := r.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return fmt.Errorf("does not end after %d bytes: %w", size, err)
	}
	return nil
}
