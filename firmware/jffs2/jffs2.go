// Package jffs2 reads JFFS2, the journalling flash file system: what
// mkfs.jffs2 and sumtool write, and what a device left on its flash.
//
// The layout is that of include/uapi/linux/jffs2.h of the Linux kernel and of
// "JFFS: The Journalling Flash File System" (D. Woodhouse, 2001); LZMA as OpenWrt
// and U-Boot have it: a raw stream with lc, lp and pb of zero and a dictionary of
// 8 KiB.
//
// A file system is a log of nodes without a superblock. Every node has a checksum
// of its header, of its own fields and of its data, and all of them are checked:
// of the nodes that hold, the newest version counts. Read are both byte orders;
// names, deleted names, inodes, hard links, symlinks, devices and extended
// attributes; data that is plain, zero, or packed with rtime, zlib, lzo or lzma;
// nodes that were made obsolete in place; erased space and damage between nodes.
// An inode that has no name any more, and a folder that lost its own, stand below
// "lost+found": they were delivered too. So does what was replaced by newer nodes and
// not erased yet, as "inode-N@0xPLACE": bytes that were written at once are one file.
//
// A file system ends where, after a node, there is neither a node nor erased
// space; or where a second one begins: its names or inodes have the versions of
// the first with other contents. A second that is the same as the first is read with
// it, and the attribute "copies" says so.
//
// Not read: the three Rubin compressions, which no kernel enables (such a file has
// an error), and dumps with spare bytes between the pages.
package jffs2

import (
	"context"
	"encoding/binary"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the JFFS2 file system.
var Format = &format.Format{
	Name:     "jffs2",
	Magics:   magics(),
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// magics are the beginnings of all nodes in both byte orders.
func magics() []format.Magic {
	var all []format.Magic
	for _, kind := range []uint16{
		kindName, kindInode, kindClean, kindPadding, kindSummary, kindXattr, kindXref,
		kindName &^ accurate, kindInode &^ accurate,
	} {
		little := []byte{magic & 0xff, magic >> 8, byte(kind), byte(kind >> 8)}
		big := []byte{magic >> 8, magic & 0xff, byte(kind >> 8), byte(kind)}
		all = append(all, format.Magic{Bytes: string(little)}, format.Magic{Bytes: string(big)})
	}
	return all
}

// order tells the byte order of the node that the input begins with.
func order(in format.Input) binary.ByteOrder {
	if head := in.Head(2); len(head) == 2 && head[0] == magic>>8 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// probe is sure of a header with its checksum. A program may hold a cleanmarker
// to write it: alone it is none.
func probe(in format.Input) format.Likeness {
	f := newFlash(in, order(in))
	h, ok := f.header(0)
	if !ok {
		return format.No
	}
	if next := padded(int64(h.length)); h.kind == kindClean && next < in.Size {
		if _, ok := f.header(next); !ok && !f.erased(next) {
			return format.No
		}
	}
	return format.Sure
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	v, err := first(ctx, in)
	if err != nil {
		return nil, err
	}
	length := v.close()
	t := &tree{ctx: ctx, budget: b, volume: v, byInode: map[uint32]int{}}
	if err := t.build(); err != nil {
		return nil, err
	}
	return &format.Opened{Length: length, Attributes: v.attributes(t), Damage: v.hurts.list(), Modes: true, Tree: t, Unused: t.unused(length), Unread: v.unread}, nil
}

func (v *volume) attributes(t *tree) map[string]string {
	a := map[string]string{"byte-order": "little"}
	if v.order == binary.BigEndian {
		a["byte-order"] = "big"
	}
	if size, _ := v.block(); size > 0 {
		a["erase-block"] = strconv.FormatInt(size, 10)
	}
	if c := t.compressions(); c != "" {
		a["compression"] = c
	}
	if v.copies > 0 {
		a["copies"] = strconv.Itoa(v.copies)
	}
	if t.unlinked > 0 {
		a["unlinked"] = strconv.Itoa(t.unlinked)
	}
	if t.olders > 0 {
		a["older"] = strconv.Itoa(t.olders)
	}
	return a
}
