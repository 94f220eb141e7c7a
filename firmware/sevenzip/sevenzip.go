// Package sevenzip reads 7z archives.
//
// The layout is that of 7zFormat.txt in the LZMA SDK by Igor Pavlov, and of p7zip for the
// modes of Unix in attributes. A header at the end, most often packed itself, lists folders:
// each is one packed run that unpacks, through a chain of coders, to the contents of one
// or many files. A folder is unpacked whole and held, in memory or in the scratch file.
//
// Read are stored runs, LZMA, LZMA2, Deflate, Deflate64 and bzip2, with Delta and the filters for
// branches of x86, ARM, ARM64, Thumb, PowerPC, SPARC and IA-64. Named and not unpacked are
// AES, PPMd, BCJ2 and what else nobody knows; an archive whose header is
// encrypted has no names. Archives in several volumes are not read. Checksums of files,
// folders and headers are compared. Owners are unknown, and modes are there only where
// every file has those of Unix.
package sevenzip

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the 7z archive.
var Format = &format.Format{
	Name:     "7z",
	Magics:   []format.Magic{{Bytes: magic}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	magic      = "7z\xbc\xaf\x27\x1c"
	startSize  = 32
	maxHeader  = 64 << 20 // bytes of a header, unpacked
	maxNested  = 4        // headers that are packed in one another
	maxLink    = 65535
	maxCoders  = 8
	unixMode   = 0x8000 // attribute: the upper half is a mode
	isDir      = 0x10   // attribute
	maxRest    = 16 << 20
	keptFolder = 16 << 20 // bytes of a folder that stays in memory, where there is a scratch file
)

// start is what the first 32 bytes say of the header at the end.
type start struct {
	at, size uint64
	sum      uint32
}

func readStart(in format.Input) (s start, ok bool) {
	h := in.Head(startSize)
	if len(h) < startSize || string(h[:len(magic)]) != magic || crc32.ChecksumIEEE(h[12:]) != binary.LittleEndian.Uint32(h[8:]) {
		return s, false
	}
	s = start{binary.LittleEndian.Uint64(h[12:]), binary.LittleEndian.Uint64(h[20:]), binary.LittleEndian.Uint32(h[28:])}
	return s, s.at < 1<<61 && s.size < 1<<61
}

func probe(in format.Input) format.Likeness {
	if _, ok := readStart(in); ok {
		return format.Sure
	}
	return format.No
}

type archive struct {
	ctx     context.Context // of opening; what is read later has the limit of a folder's length
	in      format.Input
	b       *format.Budget
	streams []stream // of all folders, in order
	folders []folder
	entries []format.Entry
	of      []int // by entry: which of streams, -1 for none
	rest    []byte
	place   format.Span // of the header
	own     []format.Span

	mu    sync.Mutex
	spool map[int]*format.Spool
	last  int // the folder that is held
	held  []byte
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	s, ok := readStart(in)
	if !ok {
		return nil, format.Errorf(0, "no valid start header")
	}
	length := startSize + int64(s.at+s.size)
	if length > in.Size {
		return nil, format.Errorf(in.Size, "the archive has 0x%x bytes and its list stands at their end: it is cut", length)
	}
	a := &archive{
		ctx: ctx, in: in.Section(0, length), b: b, last: -1, spool: map[int]*format.Spool{},
		place: format.Span{Offset: startSize + int64(s.at), Length: int64(s.size)},
	}
	a.own = []format.Span{{Length: startSize}, a.place}
	o := &format.Opened{Length: length, Tree: a}
	if s.size == 0 {
		return o, nil
	}
	err := a.header(s)
	if errors.Is(err, errEncrypted) {
		o.Damage = []format.Damage{{Offset: startSize, Length: length - startSize, Reason: err.Error() + ", with the names of its files", Opaque: true}}
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	a.ctx = context.Background()
	o.Modes = len(a.entries) > 0
	for i := range a.entries {
		o.Modes = o.Modes && a.entries[i].Rdev == unixMode
		a.entries[i].Rdev = 0
	}
	o.Unused = format.Gaps(length, a.own)
	return o, nil
}

// header reads the list at the end.
func (a *archive) header(s start) error {
	if s.size > maxHeader {
		return format.Errorf(a.place.Offset, "a header of %d bytes, at most %d are read: %w", s.size, int64(maxHeader), format.ErrLimit)
	}
	h, err := a.in.Bytes(a.place.Offset, a.place.Length)
	if err != nil {
		return err
	}
	if crc32.ChecksumIEEE(h) != s.sum {
		return format.Errorf(a.place.Offset, "the header has another checksum than the start of the archive says")
	}
	for range maxNested {
		p := &parser{b: h, whole: len(h)}
		switch id := p.number(); id {
		case idHeader:
			if err := p.main(a); err != nil {
				return format.Errorf(a.place.Offset, "header: %w", err)
			}
			return a.list(p)
		case idEncoded:
			packed := &archive{ctx: a.ctx, in: a.in, b: a.b, last: -1, spool: map[int]*format.Spool{}}
			p.streamsInfo(packed)
			if p.err != nil || len(packed.folders) != 1 {
				return format.Errorf(a.place.Offset, "the packed header makes no sense")
			}
			f := &packed.folders[0]
			if f.size > maxHeader {
				return format.Errorf(a.place.Offset, "a header of %d bytes, at most %d are read: %w", f.size, int64(maxHeader), format.ErrLimit)
			}
			if err := a.b.Bytes(f.size); err != nil {
				return err
			}
			if h, err = packed.unpack(f); err != nil {
				return format.Errorf(a.place.Offset, "packed header: %w", err)
			}
			if f.summed && crc32.ChecksumIEEE(h) != f.sum {
				return format.Errorf(a.place.Offset, "packed header: wrong checksum")
			}
			a.own = append(a.own, f.packed)
		default:
			return format.Errorf(a.place.Offset, "a header of kind %d", id)
		}
	}
	return format.Errorf(a.place.Offset, "headers packed in one another")
}

// list makes the entries of what the header says.
func (a *archive) list(p *parser) error {
	for i := range a.streams { // a folder that holds no file is of no use
		if s := &a.streams[i]; i == 0 || a.streams[i-1].folder != s.folder {
			a.own = append(a.own, a.folders[s.folder].packed)
		}
	}
	next := 0
	for i := range p.files {
		f := &p.files[i]
		if err := a.b.Entry(f.name); err != nil {
			return err
		}
		e := format.Entry{Name: f.name, ModTime: f.time, Inode: i, Offset: -1}
		of := -1
		if f.stream {
			if next == len(a.streams) {
				return format.Errorf(a.place.Offset, "more files than contents")
			}
			of, next = next, next+1
			e.Size = a.streams[of].size
		}
		switch {
		case f.attributes&unixMode != 0:
			e.Mode, e.Rdev = format.UnixMode(f.attributes>>16), unixMode
		case !f.stream && !f.empty || f.attributes&isDir != 0:
			e.Mode = fs.ModeDir | 0o755
		default:
			e.Mode = 0o644
		}
		if of >= 0 {
			a.content(&e, &a.streams[of])
		}
		if !e.Mode.IsRegular() {
			e.Size = 0
		}
		a.entries, a.of = append(a.entries, e), append(a.of, of)
		if e.Mode&fs.ModeSymlink != 0 && of >= 0 {
			a.link(len(a.entries) - 1)
		}
	}
	if next < len(a.streams) {
		return format.Errorf(a.place.Offset, "more contents than files")
	}
	return nil
}

// content says of an entry whether its content can be read, and where it is stored.
func (a *archive) content(e *format.Entry, s *stream) {
	f := &a.folders[s.folder]
	if e.Err = f.err; e.Err != nil {
		return
	}
	if e.Err = a.b.Stream(f.size, f.packed.Length); e.Err != nil {
		return
	}
	if f.stored() && e.Mode.IsRegular() {
		e.Offset = f.packed.Offset + s.at
	}
}

// link reads the target of a symlink.
func (a *archive) link(i int) {
	e := &a.entries[i]
	s := &a.streams[a.of[i]]
	if e.Err != nil || s.size > maxLink {
		return
	}
	err := a.b.Names(int(s.size))
	if err == nil && a.last != s.folder && a.spool[s.folder] == nil {
		err = a.b.Bytes(a.folders[s.folder].size) // it is unpacked once more for its files
	}
	var target []byte
	if err == nil {
		target, err = a.read(s)
	}
	if e.Err = err; err == nil {
		e.Link = string(target)
	}
}

// Entries lists the files in the order of the header.
func (a *archive) Entries() []format.Entry { return a.entries }

// Stored is the packed run of the folder that holds a file.
func (a *archive) Stored(i int) (off, length int64) {
	if a.of[i] < 0 {
		return 0, 0
	}
	p := a.folders[a.streams[a.of[i]].folder].packed
	return p.Offset, p.Length
}

// Rest is what of the header says nothing to this reader.
func (a *archive) Rest() []format.Rest {
	if len(a.rest) == 0 {
		return nil
	}
	return []format.Rest{{Bytes: a.rest, Place: a.place}}
}
