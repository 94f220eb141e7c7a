// Package cpio reads cpio archives: the "newc" and "crc" kinds, of which an
// initramfs may hold several one after another, the older "odc", and the oldest,
// whose headers are binary, in both byte orders.
//
// The layout is that of the Linux kernel's
// Documentation/driver-api/early-userspace/buffer-format.rst and of cpio(5).
package cpio

import (
	"bytes"
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the cpio archive.
var Format = &format.Format{
	Name:     "cpio",
	Magics:   []format.Magic{{Bytes: "070701"}, {Bytes: "070702"}, {Bytes: "070707"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	maxName = 4096
	maxLink = 65535
	trailer = "TRAILER!!!"
)

// header is the header of one entry, of any kind.
type header struct {
	kind                                   string // the magic
	ino, mode, uid, gid, links, time, size uint64
	dev, rdev                              uint64
	nameSize, check                        uint64
	name                                   string
	content                                int64 // its place
	end                                    int64 // of the content and its padding
}

// layout says how the numbers of a header are written.
type layout struct {
	base   int
	widths []int
	align  int64
}

var (
	hex   = layout{16, []int{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8}, 4}
	octal = layout{8, []int{6, 6, 6, 6, 6, 6, 6, 11, 6, 11}, 1}
)

func (l layout) size() int {
	n := 6
	for _, w := range l.widths {
		n += w
	}
	return n
}

func (l layout) numbers(raw []byte) ([]uint64, bool) {
	out := make([]uint64, len(l.widths))
	for i, w := range l.widths {
		v, err := strconv.ParseUint(string(raw[:w]), l.base, 64)
		if err != nil {
			return nil, false
		}
		out[i], raw = v, raw[w:]
	}
	return out, true
}

// read reads the header at off.
func read(in format.Input, off int64) (h header, err error) {
	magic := string(in.Peek(off, 6))
	l := hex
	switch magic {
	case "070701", "070702":
	case "070707":
		l = octal
	default:
		return h, format.Errorf(off, "no cpio header")
	}
	raw := in.Peek(off, l.size())
	if len(raw) < l.size() {
		return h, format.Errorf(off, "the archive ends in a header")
	}
	n, ok := l.numbers(raw[6:])
	if !ok {
		return h, format.Errorf(off, "header with a bad number")
	}
	h.kind = magic
	if l.base == 16 {
		h.ino, h.mode, h.uid, h.gid, h.links, h.time, h.size = n[0], n[1], n[2], n[3], n[4], n[5], n[6]
		h.dev, h.rdev, h.nameSize, h.check = n[7]<<32|n[8], n[9]<<32|n[10], n[11], n[12]
	} else {
		h.dev, h.ino, h.mode, h.uid, h.gid, h.links = n[0], n[1], n[2], n[3], n[4], n[5]
		h.rdev, h.time, h.nameSize, h.size = n[6]>>8<<32|n[6]&0xff, n[7], n[8], n[9]
	}
	return h, h.place(in, off, int64(l.size()), l.align)
}

// place reads the name, behind a header of so many bytes, and finds the content.
func (h *header) place(in format.Input, off, head, align int64) error {
	up := func(n int64) int64 { return (n + align - 1) &^ (align - 1) }
	if h.nameSize < 1 || h.nameSize > maxName {
		return format.Errorf(off, "name of %d bytes", h.nameSize)
	}
	name := in.Peek(off+head, int(h.nameSize))
	if len(name) < int(h.nameSize) || name[len(name)-1] != 0 {
		return format.Errorf(off, "name without an end")
	}
	h.name = string(bytes.TrimRight(name, "\x00"))
	h.content = off + up(head+int64(h.nameSize))
	h.end = h.content + up(int64(h.size))
	return nil
}

func (h *header) regular() bool { return h.mode&0o170000 == 0o100000 }

// probe is sure of a header whose hundred digits are digits and whose name ends
// where it says.
func probe(in format.Input) format.Likeness {
	h, err := read(in, 0)
	switch {
	case err != nil, h.name == "", h.size > uint64(in.Size):
		return format.No
	case h.name != trailer && h.mode&0o170000 == 0:
		return format.No
	}
	return format.Sure
}

// smallestHeader is that of old archives in binary: where fewer bytes are left no header
// is missing.
const smallestHeader = 26

type archive struct {
	in      format.Input
	read    func(in format.Input, off int64) (header, error)
	entries []format.Entry
	headers []header
	unused  []format.Span // contents of what has none
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	kind := map[string]string{"070701": "newc", "070702": "crc", "070707": "odc"}[string(in.Head(6))]
	return (&archive{in: in, read: read}).open(ctx, kind, b)
}

func (a *archive) open(ctx context.Context, kind string, b *format.Budget) (*format.Opened, error) {
	in := a.in
	o := &format.Opened{Tree: a, Modes: true, Attributes: map[string]string{"kind": kind}}
	archives := 0
	for off := int64(0); ; {
		first := len(a.entries)
		end, err := a.one(ctx, off, b)
		a.link(first, err != nil)
		if err != nil {
			if len(a.entries) == 0 {
				return nil, err
			}
			o.Length = min(max(end, 1), in.Size)
			o.Damage = []format.Damage{{Offset: o.Length, Length: in.Size - o.Length, Reason: err.Error()}}
			if h := &a.headers[len(a.headers)-1]; h.size > 0 && in.Size-o.Length >= smallestHeader {
				o.Doubt = &format.Doubt{Span: format.Span{Offset: h.content, Length: int64(h.size)}, Entry: len(a.headers) - 1, Cut: true}
			}
			break
		}
		archives++
		o.Length = min(end, in.Size)
		if off = a.another(end); off < 0 {
			break
		}
	}
	if archives > 1 {
		o.Attributes["archives"] = strconv.Itoa(archives)
	}
	o.Unused = a.unused
	if len(a.entries) == 0 {
		return nil, format.Errorf(0, "an archive without entries")
	}
	return o, nil
}

// one reads one archive to its trailer. The end of the last whole entry comes
// with an error.
func (a *archive) one(ctx context.Context, off int64, b *format.Budget) (int64, error) {
	for {
		if err := ctx.Err(); err != nil {
			return off, err
		}
		h, err := a.read(a.in, off)
		if err != nil {
			return off, err
		}
		if h.name == trailer {
			a.ignore(&h)
			return h.end, nil
		}
		if h.size > uint64(a.in.Size) || h.content+int64(h.size) > a.in.Size {
			return off, format.Errorf(off, "%q has %d bytes, the archive ends before", h.name, h.size)
		}
		if err := a.add(&h, b); err != nil {
			return off, err
		}
		off = h.end
	}
}

// add makes an entry. Only an exhausted budget is an error.
func (a *archive) add(h *header, b *format.Budget) error {
	e := format.Entry{
		Name: h.name, Mode: format.UnixMode(uint32(h.mode)), UID: uint32(h.uid), GID: uint32(h.gid),
		Size: int64(h.size), ModTime: time.Unix(int64(h.time), 0).UTC(), Rdev: h.rdev,
		Inode: len(a.entries), Offset: h.content,
	}
	switch h.mode & 0o170000 {
	case 0o120000:
		if h.size > maxLink {
			e.Err = format.Errorf(h.content, "symlink of %d bytes", h.size)
			break
		}
		e.Link = string(a.in.Peek(h.content, int(h.size)))
	case 0o060000, 0o020000:
	default:
		e.Rdev = 0
	}
	if !h.regular() {
		e.Offset = -1
	}
	if !h.regular() && e.Link == "" {
		a.ignore(h)
	}
	if err := cmp.Or(b.Entry(e.Name), b.Names(len(e.Link))); err != nil {
		return err
	}
	a.entries = append(a.entries, e)
	a.headers = append(a.headers, *h)
	return nil
}

// ignore notes a content that is none of a file: that of a folder, or of the trailer.
func (a *archive) ignore(h *header) {
	if n := min(int64(h.size), a.in.Size-h.content); n > 0 {
		a.unused = append(a.unused, format.Span{Offset: h.content, Length: n})
	}
}

// another finds an archive that follows after nothing but zeros, or gives -1.
func (a *archive) another(off int64) int64 {
	const step = 4 << 10
	for off < a.in.Size {
		chunk := a.in.Peek(off, step)
		rest := bytes.TrimLeft(chunk, "\x00")
		if off += int64(len(chunk) - len(rest)); len(rest) > 0 {
			break
		}
	}
	if _, err := a.read(a.in, off); err != nil {
		return -1
	}
	return off
}

// link joins the names of one inode in one archive, which begins with an entry: the
// next one counts from the start again. The newer kinds keep the content with the last
// of them only, the older ones with each. Entries with contents that differ are files
// of their own, whatever their inode says, and nobody knows whose a name without a
// content is. In an archive that is cut the names of a content that did not come are
// no empty files.
func (a *archive) link(first int, cut bool) {
	type key struct{ dev, ino uint64 }
	names := map[key][]int{}
	for i := first; i < len(a.headers); i++ {
		if h := &a.headers[i]; h.regular() && h.links > 1 {
			names[key{h.dev, h.ino}] = append(names[key{h.dev, h.ino}], i)
		}
	}
	for _, group := range names {
		owner, one := a.owner(group)
		switch h := &a.headers[group[0]]; {
		case !one:
			a.unknown(group, "names of one inode have contents that differ")
		case owner < 0 && cut && h.links > uint64(len(group)):
			a.unknown(group, "the content stands with another name, and the archive ends before")
		case owner >= 0:
			for _, i := range group {
				e := &a.entries[i]
				e.Inode, e.Size, e.Offset = owner, a.entries[owner].Size, a.entries[owner].Offset
			}
		}
	}
}

// unknown says why nobody knows the contents of names that have none of their own.
func (a *archive) unknown(group []int, why string) {
	for _, i := range group {
		if h := &a.headers[i]; h.size == 0 {
			a.entries[i].Err = format.Errorf(h.content, "%s", why)
		}
	}
}

// owner finds the one content of a group of names: -1 if there is none.
func (a *archive) owner(group []int) (owner int, one bool) {
	owner = -1
	for _, i := range group {
		switch {
		case a.headers[i].size == 0:
		case owner < 0:
			owner = i
		case !a.same(owner, i):
			return 0, false
		}
	}
	return owner, true
}

// same compares two contents piece by piece.
func (a *archive) same(i, j int) bool {
	const step = 64 << 10
	x, y := &a.headers[i], &a.headers[j]
	if x.size != y.size {
		return false
	}
	for off := int64(0); off < int64(x.size); off += step {
		n := int(min(step, int64(x.size)-off))
		if !bytes.Equal(a.in.Peek(x.content+off, n), a.in.Peek(y.content+off, n)) {
			return false
		}
	}
	return true
}

// Entries lists the files in the order of the archive.
func (a *archive) Entries() []format.Entry { return a.entries }

// Batches has one batch for each file.
func (a *archive) Batches() []format.Batch { return format.OneByOne(a) }

// Read gives a content; that of the "crc" kind must have the sum that the header
// says.
func (a *archive) Read(i int) ([]byte, error) {
	h := &a.headers[a.entries[i].Inode]
	content, err := a.in.Bytes(h.content, int64(h.size))
	if err != nil || h.kind != "070702" {
		return content, err
	}
	sum := uint32(0)
	for _, c := range content {
		sum += uint32(c)
	}
	if sum != uint32(h.check) {
		return nil, format.Errorf(h.content, "checksum differs: %08x, the header says %08x", sum, h.check)
	}
	return content, nil
}
