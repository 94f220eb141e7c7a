package yaffs

import (
	"bytes"
	"io/fs"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// headerSize is the size of an object's header; the rest of its chunk holds
// extended attributes.
const headerSize = 512

// The types of objects.
const (
	typeFile = iota + 1
	typeSymlink
	typeFolder
	typeHardLink
	typeSpecial
)

// The places in a header.
const (
	atParent, atSum, atName, atMode, atUID, atGID, atTime     = 4, 8, 10, 268, 272, 276, 284
	atSize, atEquivalent, atAlias, atDevice                   = 292, 296, 300, 460
	atInbandShrink, atSizeHigh, atShrink                      = 492, 496, 508
	nameLength, aliasLength, unusedSum, none              int = 256, 160, 0xffff, 0xffffffff
)

// header is the header of an object.
type header struct {
	kind, parent   uint32
	name           string
	mode, uid, gid uint32
	time           time.Time
	size           int64
	equivalent     uint32 // of a hard link: the object that it is another name of
	alias          string // of a symlink: where it leads
	device         uint64
	shrink         bool // the file was cut to this size
}

// likeHeader tells whether bytes may be a header, in either byte order.
func likeHeader(b []byte) bool {
	return len(b) >= headerSize && b[atSum] == 0xff && b[atSum+1] == 0xff && (b[0] == 0 || b[3] == 0) &&
		b[1]|b[2] == 0 && bytes.IndexByte(b[atName:atName+nameLength], 0) >= 0
}

// isHeader tells whether bytes are a header: its type and that of its mode agree.
func (g geometry) isHeader(b []byte) bool {
	if !likeHeader(b) || g.order.Uint32(b[atParent:]) > maxObject {
		return false
	}
	kind, mode := g.order.Uint32(b), g.order.Uint32(b[atMode:])&0o170000
	switch kind {
	case typeFile:
		return mode == 0o100000
	case typeSymlink:
		return mode == 0o120000
	case typeFolder:
		return mode == 0o040000
	case typeSpecial:
		return mode == 0o020000 || mode == 0o060000 || mode == 0o010000 || mode == 0o140000
	}
	return kind == typeHardLink
}

// header reads a header.
func (g geometry) header(b []byte) header {
	u := func(at int) uint32 { return g.order.Uint32(b[at:]) }
	h := header{
		kind: u(0), parent: u(atParent), name: text(b[atName : atName+nameLength]),
		mode: u(atMode), uid: u(atUID), gid: u(atGID), time: time.Unix(int64(u(atTime)), 0).UTC(),
		equivalent: u(atEquivalent),
	}
	switch h.kind {
	case typeFile:
		h.size = int64(u(atSize))
		if high := u(atSizeHigh); high != uint32(none) {
			h.size |= int64(high) << 32
		}
		at := atShrink
		if g.inband {
			at = atInbandShrink
		}
		h.shrink = u(at) == 1 && !g.first
	case typeSymlink:
		h.alias = text(b[atAlias : atAlias+aliasLength])
	case typeSpecial:
		v := uint64(u(atDevice))
		h.device = v>>8&0xfff<<32 | v>>12&0xfff00 | v&0xff
	}
	return h
}

func text(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// entry is what a header says of a file.
func (h *header) entry() format.Entry {
	e := format.Entry{
		Mode: format.UnixMode(h.mode), UID: h.uid, GID: h.gid, ModTime: h.time, Size: h.size, Link: h.alias, Offset: -1,
	}
	if e.Mode&fs.ModeDevice != 0 {
		e.Rdev = h.device
	}
	return e
}

// xattrs reads what follows the header in its chunk: for each attribute the bytes
// that it takes, its name and its value. It gives how many bytes they take.
func (g geometry) xattrs(b []byte) (all map[string][]byte, length int64) {
	const least = 4 + 2
	for len(b) >= least {
		n := g.order.Uint32(b)
		if n < least || int64(n) > int64(len(b)) {
			break
		}
		name, value, ok := bytes.Cut(b[4:n], []byte{0})
		if !ok || len(name) == 0 {
			break
		}
		if all == nil {
			all = map[string][]byte{}
		}
		all[string(name)] = bytes.Clone(value)
		b, length = b[n:], length+int64(n)
	}
	return all, length
}
