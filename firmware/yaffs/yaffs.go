// Package yaffs reads YAFFS2 and YAFFS1, the log-structured file systems for NAND
// flash, as image builders write them and as they are read from a device with its
// spare bytes.
//
// The layout is that of "How Yaffs Works" (C. Manning, 2010), of its description in
// the wiki of The Sleuth Kit, and of the structures in yaffs_guts.h and
// yaffs_packedtags2.h. Neither Debian nor the kernel has a tool for it: the tests
// write images by hand from the same descriptions, so that nothing but these
// stands behind them.
//
// A file system is a row of chunks, each with tags that say which part of which
// object it holds. The tags lie in the spare bytes of the chunk's page, anywhere in
// them, with or without the parity that guards them; or, in devices without spare
// bytes, at the end of the page ("inband"). Nothing says how large the pages are:
// the geometry is the one in which the tags make sense. Read are pages of 512 to
// 8192 bytes in both byte orders; files, folders, symlinks, hard links, devices and
// extended attributes; deleted, replaced and shortened objects. Checkpoints and
// summaries, which say again what the chunks say, and the spare bytes beside the
// tags, which are the flash's driver's, are not taken apart. Objects without a name stand below "lost+found".
//
// YAFFS1 is the same for pages of 512 bytes, with tags of 64 bits that have a
// checksum, a mark at a chunk that is void, and no sequence numbers.
//
// The contents have no checksums: what the driver of the flash keeps in
// the spare bytes for them is its own affair. A damaged content is not noticed. Spare
// bytes of YAFFS1 that are no parity of their page are given back as unread.
//
// Not read: tags of YAFFS1 that a driver gathered in the last bytes of the spare
// ones, and dumps from which the spare bytes are missing.
package yaffs

import (
	"context"
	"encoding/binary"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is a YAFFS2 file system that begins with the header of an object in the
// root: the number of its parent, and a sum that is not used any more.
var Format = &format.Format{
	Name:     "yaffs2",
	Magics:   []format.Magic{{Offset: 4, Bytes: littleParent}, {Offset: 6, Bytes: bigParent}},
	Anywhere: true,
	Probe:    second.probeHeader,
	Open:     second.open,
}

// Dump is a YAFFS2 file system as a device wrote it: such a header is in it
// somewhere.
var Dump = &format.Format{
	Name:     "yaffs2",
	Magics:   []format.Magic{{Bytes: littleParent}, {Bytes: bigParent}},
	Anywhere: true,
	Start:    second.start,
	Probe:    second.probe,
	Open:     second.open,
}

// First and FirstDump are the same for YAFFS1.
var (
	First = &format.Format{
		Name: "yaffs1", Magics: Format.Magics, Anywhere: true,
		Probe: first.probeHeader, Open: first.open,
	}
	FirstDump = &format.Format{
		Name: "yaffs1", Magics: Dump.Magics, Anywhere: true,
		Start: first.start, Probe: first.probe, Open: first.open,
	}
)

// version is one of both, as that which finds the geometry of it in an input.
type version func(in format.Input) (geometry, bool)

var first, second version = detectFirst, detect

// Of the big-endian number of the parent half must do: words of zero are everywhere.
const (
	littleParent = "\x01\x00\x00\x00\xff\xff"
	bigParent    = "\x00\x01\xff\xff"
)

// maxBack is how many chunks before the first header in the root belong to the
// file system at most.
const maxBack = 4096

// start goes back from a header to the first chunk of its file system.
func (v version) start(in format.Input, at int64) int64 {
	at -= 4
	if string(in.Peek(at+4, len(littleParent))) != littleParent {
		at -= 2
	}
	if at < 0 || !likeHeader(in.Peek(at, headerSize)) {
		return -1
	}
	g, ok := v(in.Section(at, in.Size-at))
	if !ok {
		return -1
	}
	if _, t := g.look(in, at); t.builtRoot() {
		return at
	}
	first := at
	for k := int64(1); k <= maxBack && at-k*g.stride() >= 0; k++ {
		switch state, _ := g.look(in, at-k*g.stride()); state {
		case used:
			first = at - k*g.stride()
		case foreign:
			return first
		}
	}
	return first
}

func (v version) probeHeader(in format.Input) format.Likeness {
	if !likeHeader(in.Head(headerSize)) {
		return format.No // as almost all programs that hold these bytes
	}
	return v.probe(in)
}

func (v version) probe(in format.Input) format.Likeness {
	if _, ok := v(in); !ok {
		return format.No
	}
	return format.Sure
}

func (v version) open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	g, ok := v(in)
	if !ok {
		return nil, format.Errorf(0, "no chunks with tags")
	}
	return open(ctx, in, g, b)
}

func open(ctx context.Context, in format.Input, g geometry, b *format.Budget) (*format.Opened, error) {
	v := &volume{ctx: ctx, in: in, geometry: g, budget: b, root: -1}
	if err := v.scan(); err != nil {
		return nil, err
	}
	if err := v.build(); err != nil {
		return nil, err
	}
	a := v.attributes()
	if n := v.ownRecords(); n > 0 {
		a["checkpoint"] = strconv.Itoa(n) + " pages"
	}
	return &format.Opened{Length: v.end, Attributes: a, Damage: v.damage, Modes: true, Tree: v, Unused: v.unused(), Unread: v.unread}, nil
}

func (v *volume) attributes() map[string]string {
	a := map[string]string{
		"byte-order": "little", "page-size": strconv.Itoa(v.page), "spare-size": strconv.Itoa(v.spare),
	}
	if v.order == binary.BigEndian {
		a["byte-order"] = "big"
	}
	if v.inband {
		a["page-size"], a["spare-size"], a["tags"] = strconv.Itoa(v.page+tagsSize), "0", "inband"
	}
	if v.deleted > 0 {
		a["deleted"] = strconv.Itoa(v.deleted)
	}
	return a
}
