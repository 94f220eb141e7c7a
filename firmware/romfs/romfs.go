// Package romfs reads romfs file systems.
//
// The layout is that of the Linux kernel's Documentation/filesystems/romfs.rst:
// a header with the sum of the first 512 bytes, then a header for each file, in
// chains, one for each directory, with contents as they are. Every header has a
// sum of its words, which must be right. A file with a content counts though it is
// called as its folder is. There are no times and no owners; of
// the modes only who may execute a file is stored, the rest is what the kernel
// gives.
package romfs

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is romfs.
var Format = &format.Format{
	Name:     "romfs",
	Magics:   []format.Magic{{Bytes: magic}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	magic      = "-rom1fs-"
	headerSize = 16
	align      = 16
	summed     = 512  // bytes that the sum of the file system covers
	padded     = 1024 // the whole is filled up to a multiple
	maxName    = 4096 // bytes of a name and its padding
	maxLink    = 4096 // bytes of a symlink's target
	maxDepth   = 512
	maxPath    = 4096
)

// The kinds of file, in the lowest bits of the place of the next header.
const (
	kindHardLink = iota
	kindDir
	kindRegular
	kindSymlink
	kindBlock
	kindChar
	kindSocket
	kindFIFO

	kindMask = 7
	kindExec = 8
	nextMask = ^uint32(15)
)

var modes = [...]fs.FileMode{
	kindDir: fs.ModeDir | 0o644, kindRegular: 0o644, kindSymlink: fs.ModeSymlink | 0o777,
	kindBlock: fs.ModeDevice | 0o600, kindChar: fs.ModeDevice | fs.ModeCharDevice | 0o600,
	kindSocket: fs.ModeSocket | 0o644, kindFIFO: fs.ModeNamedPipe | 0o644,
}

// sum adds up the words of b, as far as it has whole ones.
func sum(b []byte) (total uint32) {
	for ; len(b) >= 4; b = b[4:] {
		total += binary.BigEndian.Uint32(b)
	}
	return total
}

// size checks the header and gives the size of the file system.
func size(in format.Input) (int64, error) {
	b := in.Head(summed)
	if len(b) < 2*headerSize || string(b[:len(magic)]) != magic {
		return 0, format.Errorf(0, "no romfs header")
	}
	n := int64(binary.BigEndian.Uint32(b[8:]))
	covered := min(n, summed)
	switch {
	case n < 2*headerSize:
		return 0, format.Errorf(8, "file system of %d bytes", n)
	case int64(len(b)) < covered:
		return 0, format.Errorf(int64(len(b)), "the first %d bytes are not whole", covered)
	case sum(b[:covered]) != 0:
		return 0, format.Errorf(12, "checksum differs: the words of the first %d bytes sum to %08x", covered, sum(b[:covered]))
	}
	return n, nil
}

// probe is sure of a right sum.
func probe(in format.Input) format.Likeness {
	if _, err := size(in); err != nil {
		return format.No
	}
	return format.Sure
}

type reader struct {
	ctx    context.Context
	in     format.Input
	budget *format.Budget

	entries []format.Entry
	at      []int64       // of the header of each entry
	first   map[int64]int // header to entry; -1 for directories
	own     []format.Span // headers and contents
	damage  []format.Damage
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	n, err := size(in)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, in: in.Section(0, n), budget: b, first: map[int64]int{}}
	if n > in.Size {
		r.hurt(in.Size, fmt.Sprintf("file system of %d bytes, but %d are here", n, in.Size))
	}
	volume, start, err := r.name(headerSize)
	if err != nil {
		return nil, err
	}
	if err := r.walk(start); err != nil {
		return nil, err
	}
	r.link()
	o := &format.Opened{Length: length(in, r.in.Size), Modes: true, Tree: r, Damage: r.damage, Attributes: map[string]string{}}
	o.Unread = []format.Span{{Offset: headerSize, Length: start - headerSize}} // the volume's name, as long as its maker likes
	o.Unused = format.Gaps(o.Length, append(r.own, format.Span{Length: start}, format.Span{Offset: r.in.Size, Length: o.Length - r.in.Size}))
	if volume != "" {
		o.Attributes["name"] = volume
	}
	return o, nil
}

// length adds the zeros that fill the last block of the file system.
func length(in format.Input, n int64) int64 {
	fill := in.Peek(n, int(-n&(padded-1)))
	if len(bytes.Trim(fill, "\x00")) > 0 {
		return n
	}
	return n + int64(len(fill))
}

func (r *reader) hurt(at int64, reason string) {
	r.damage = append(r.damage, format.Damage{Offset: at, Reason: reason})
}

// refer notes the bytes that a header stands for.
func (r *reader) refer(h *header) {
	n := h.content - h.at
	if h.holds() || (h.kind == kindSymlink && h.size <= maxLink && h.name != "." && h.name != "..") {
		n += int64(h.size)
	}
	r.own = append(r.own, format.Span{Offset: h.at, Length: n})
}

// holds tells whether a header has a content, whatever its name says.
func (h *header) holds() bool { return h.kind == kindRegular && h.size > 0 }

// name reads a name and gives the place after its padding.
func (r *reader) name(at int64) (string, int64, error) {
	raw := r.in.Peek(at, maxName)
	end := bytes.IndexByte(raw, 0)
	if end < 0 {
		return "", 0, format.Errorf(at, "name without an end")
	}
	return string(raw[:end]), at + int64(end/align+1)*align, nil
}

// header is the header of a file.
type header struct {
	at, next   int64
	kind       uint32
	exec       bool
	info, size uint32
	name       string
	content    int64 // its place
}

func (r *reader) header(at int64) (h header, err error) {
	raw, err := r.in.Bytes(at, headerSize)
	if err != nil {
		return h, err
	}
	be := binary.BigEndian
	next := be.Uint32(raw)
	h = header{at: at, next: int64(next & nextMask), kind: next & kindMask, exec: next&kindExec != 0, info: be.Uint32(raw[4:]), size: be.Uint32(raw[8:])}
	if h.name, h.content, err = r.name(at + headerSize); err != nil {
		return h, err
	}
	all, err := r.in.Bytes(at, h.content-at)
	if err != nil {
		return h, err
	}
	if s := sum(all); s != 0 {
		return h, format.Errorf(at, "checksum differs: the words of the header of %q sum to %08x", h.name, s)
	}
	return h, nil
}

type pending struct {
	at    int64 // of the first header
	name  string
	depth int
}

// walk reads the directories from the root on, each once.
func (r *reader) walk(start int64) error {
	stack := []pending{{at: start}}
	for len(stack) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		down, err := r.list(dir)
		if err != nil {
			if dir.name == "" && len(r.first) == 0 {
				return err
			}
			r.hurt(dir.at, "directory "+dir.name+": "+err.Error())
		}
		for i := len(down) - 1; i >= 0; i-- {
			stack = append(stack, down[i])
		}
	}
	return nil
}

// list follows the chain of a directory. A header that was seen before ends it.
func (r *reader) list(dir pending) (down []pending, err error) {
	for at := dir.at; at != 0; {
		if _, ok := r.first[at]; ok {
			return down, format.Errorf(at, "header is in the tree twice")
		}
		h, err := r.header(at)
		if err != nil {
			return down, err
		}
		r.first[at] = -1
		r.refer(&h)
		if at = h.next; (h.name == "." || h.name == "..") && !h.holds() {
			continue
		}
		full := dir.name + h.name
		if err := r.budget.Entry(full); err != nil {
			return down, err
		}
		r.add(&h, full)
		switch {
		case h.kind != kindDir || h.info == 0:
		case dir.depth >= maxDepth || len(full) > maxPath:
			r.hurt(h.at, full[:min(len(full), 80)]+": directories too deep")
		default:
			down = append(down, pending{int64(h.info), full + "/", dir.depth + 1})
		}
	}
	return down, nil
}

// add makes the entry of a header. Hard links are joined later.
func (r *reader) add(h *header, full string) {
	e := format.Entry{Name: full, Inode: len(r.entries), Offset: -1}
	if h.kind != kindHardLink {
		r.describe(&e, h)
		if h.kind != kindDir {
			r.first[h.at] = e.Inode
		}
	}
	r.entries, r.at = append(r.entries, e), append(r.at, h.at)
}

// describe fills an entry with what a header says.
func (r *reader) describe(e *format.Entry, h *header) {
	e.Mode, e.Size = modes[h.kind], int64(h.size)
	if h.exec && h.kind != kindSymlink {
		e.Mode |= 0o111
	}
	switch h.kind {
	case kindBlock, kindChar:
		e.Rdev = uint64(h.info>>16)<<32 | uint64(h.info&0xffff)
	case kindRegular:
		e.Offset = h.content
		if h.content+e.Size > r.in.Size {
			e.Offset, e.Err = -1, format.Errorf(h.content, "content of %d bytes, the file system ends at 0x%x", e.Size, r.in.Size)
		}
	case kindSymlink:
		if e.Size > maxLink {
			e.Err = format.Errorf(h.at, "symlink of %d bytes: %w", e.Size, format.ErrLimit)
			return
		}
		if e.Err = r.budget.Names(int(e.Size)); e.Err != nil {
			return
		}
		target, err := r.in.Bytes(h.content, e.Size)
		e.Link, e.Err = string(target), err
	}
}

// link joins hard links to the file that they name.
func (r *reader) link() {
	for i := range r.entries {
		e := &r.entries[i]
		h, err := r.header(r.at[i])
		if err != nil || h.kind != kindHardLink {
			continue
		}
		to, ok := r.first[int64(h.info)]
		if !ok || to < 0 || r.entries[to].Mode.IsDir() {
			e.Err = format.Errorf(h.at, "hard link to 0x%x, where no file is", h.info)
			continue
		}
		name := e.Name
		*e = r.entries[to]
		e.Name = name
	}
}

// Entries lists the files in the order of the chains.
func (r *reader) Entries() []format.Entry { return r.entries }

// Batches has one batch for each file.
func (r *reader) Batches() []format.Batch { return format.OneByOne(r) }

// Read gives a content as it lies in the file system.
func (r *reader) Read(i int) ([]byte, error) {
	e := &r.entries[r.entries[i].Inode]
	if e.Offset < 0 {
		return nil, format.Errorf(r.at[i], "no regular file")
	}
	return r.in.Bytes(e.Offset, e.Size)
}
