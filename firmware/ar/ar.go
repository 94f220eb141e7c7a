// Package ar reads ar archives, with the long names of GNU and of BSD: Debian
// packages and static libraries.
//
// The layout is that of ar(5) and deb(5). A header is text in fixed columns, and
// nothing marks the end of an archive: it ends where no header follows. The owners
// and modes in it are those of the machine that built it. Thin archives, which
// hold no contents, are not read.
package ar

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the ar archive.
var Format = &format.Format{
	Name:     "ar",
	Magics:   []format.Magic{{Bytes: magic}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	magic      = "!<arch>\n"
	headerSize = 60
	headerEnd  = "`\n"
	maxName    = 4096

	table      = "//"      // the member that holds long names
	symbols    = "/"       // indexes of symbols, for linkers
	wide       = "/SYM64/" //
	bsdLong    = "#1/"     // the name stands before the content, so many bytes
	bsdSymbols = "__.SYMDEF"

	debian  = "debian-binary"
	control = "control.tar"
)

// header is one header.
type header struct {
	name           string
	time, uid, gid int64
	mode           int64
	content, size  int64
}

// readHeader reads the header at off.
func readHeader(in format.Input, off int64) (h header, err error) {
	raw := string(in.Peek(off, headerSize))
	if len(raw) < headerSize || raw[58:] != headerEnd {
		return h, format.Errorf(off, "no header of a member")
	}
	h.name, h.content = strings.TrimRight(raw[:16], " "), off+headerSize
	for _, f := range []struct {
		to       *int64
		from, up int
		base     int
	}{{&h.time, 16, 28, 10}, {&h.uid, 28, 34, 10}, {&h.gid, 34, 40, 10}, {&h.mode, 40, 48, 8}, {&h.size, 48, 58, 10}} {
		field := strings.TrimRight(raw[f.from:f.up], " ")
		if field == "" && f.from < 48 {
			continue // of an index
		}
		if *f.to, err = strconv.ParseInt(field, f.base, 64); err != nil || *f.to < 0 {
			return h, format.Errorf(off+int64(f.from), "bad number %q", field)
		}
	}
	return h, nil
}

// probe is sure of a header whose numbers are numbers.
func probe(in format.Input) format.Likeness {
	if string(in.Head(len(magic))) != magic {
		return format.No
	}
	if _, err := readHeader(in, int64(len(magic))); err != nil {
		return format.No
	}
	return format.Sure
}

type archive struct {
	in      format.Input
	names   []byte // long names of GNU
	namesAt int64
	named   []format.Span  // the names that members have
	indexes []format.Span  // of symbols
	heads   map[int64]bool // places of members, for indexes
	unused  []format.Span
	entries []format.Entry
	damage  []format.Damage
	doubt   *format.Doubt // where it may be cut
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	a := &archive{in: in, heads: map[int64]bool{}}
	off := int64(len(magic))
	for off < in.Size {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := readHeader(in, off)
		if err != nil {
			break
		}
		a.heads[off] = true
		a.add(&h)
		if err := b.Entry(h.name); err != nil {
			return nil, err
		}
		off = min(h.content+h.size, in.Size)
		if off < in.Size && off&1 == 1 { // a newline makes it even
			if string(in.Peek(off, 1)) != "\n" {
				a.unused = append(a.unused, format.Span{Offset: off, Length: 1})
			}
			off++
		}
	}
	if len(a.entries) == 0 {
		return nil, format.Errorf(int64(len(magic)), "an archive without members")
	}
	if off >= in.Size && !a.doubt.Cut {
		a.doubt = nil // all is there
	}
	o := &format.Opened{Length: off, Tree: a, Damage: a.damage, Unused: a.unreferred(), Doubt: a.doubt, Attributes: map[string]string{}}
	if kind := a.kind(); kind != "" {
		o.Attributes["package"] = kind
		if err := a.sign(ctx, o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (a *archive) hurt(at int64, reason string) {
	a.damage = append(a.damage, format.Damage{Offset: at, Reason: reason})
}

// kind says of what kind of package this is the archive.
func (a *archive) kind() string {
	if a.entries[0].Name != debian {
		return ""
	}
	for _, e := range a.entries {
		if strings.HasPrefix(e.Name, control) {
			return "deb"
		}
	}
	return ""
}

// add makes the entry of a member. Indexes of symbols, and the names of others,
// are no files.
func (a *archive) add(h *header) {
	start := h.content
	var cut error
	if left := a.in.Size - start; h.size > left {
		cut = format.Errorf(start, "%d bytes, the archive ends after %d", h.size, left)
		h.size = left
	}
	a.doubt = &format.Doubt{Span: format.Span{Offset: start, Length: h.size}, Entry: -1, Cut: cut != nil}
	switch h.name {
	case symbols, wide:
		a.indexes = append(a.indexes, format.Span{Offset: start, Length: h.size, Path: h.name})
		return
	case table:
		a.forgetNames()
		a.names, _ = a.in.Bytes(start, h.size)
		a.namesAt = start
		if cut != nil {
			a.hurt(start, cut.Error())
		}
		return
	}
	if err := a.long(h); err != nil {
		a.hurt(start-headerSize, err.Error())
		h.name = fmt.Sprintf("member-0x%x", start)
	}
	if strings.HasPrefix(h.name, bsdSymbols) {
		a.indexes = append(a.indexes, format.Span{Offset: h.content, Length: h.size, Path: bsdSymbols})
		return
	}
	a.doubt.Entry = len(a.entries)
	a.entries = append(a.entries, format.Entry{
		Name: h.name, Mode: format.UnixMode(uint32(h.mode & 0o7777)), UID: uint32(h.uid), GID: uint32(h.gid), Size: h.size,
		ModTime: time.Unix(h.time, 0).UTC(), Inode: len(a.entries), Offset: h.content, Err: cut,
	})
}

// long finds the name of a member that does not stand in the header.
func (a *archive) long(h *header) error {
	if digits, ok := strings.CutPrefix(h.name, bsdLong); ok {
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 0 || n > min(h.size, maxName) {
			return format.Errorf(h.content, "name of %q bytes in a member of %d", digits, h.size)
		}
		raw, err := a.in.Bytes(h.content, n)
		h.name = string(bytes.TrimRight(raw, "\x00"))
		h.content, h.size = h.content+n, h.size-n
		return err
	}
	if digits, ok := strings.CutPrefix(h.name, "/"); ok {
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 0 || n >= int64(len(a.names)) {
			return fmt.Errorf("name at %q of %d bytes of names", digits, len(a.names))
		}
		rest := a.names[n:]
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			rest = rest[:i]
		}
		h.name = string(rest[:min(len(rest), maxName)])
		a.named = append(a.named, format.Span{Offset: n, Length: int64(len(h.name)) + 1})
	}
	h.name = strings.TrimSuffix(h.name, "/")
	return nil
}

// Entries lists the members in the order of the archive.
func (a *archive) Entries() []format.Entry { return a.entries }

// Batches has one batch for each member.
func (a *archive) Batches() []format.Batch { return format.OneByOne(a) }

// Read gives a content.
func (a *archive) Read(i int) ([]byte, error) {
	if err := a.entries[i].Err; err != nil {
		return nil, err
	}
	return a.in.Bytes(a.entries[i].Offset, a.entries[i].Size)
}
