package erofs

import (
	"encoding/binary"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	slotSize     = 32 // inodes are numbered by slots of this size
	compactSize  = 32
	extendedSize = 64

	formatExtended = 1 << 0
	layoutShift    = 1
	layoutMask     = 7
	formatKnown    = formatExtended | layoutMask<<layoutShift

	modeFmt     = 0o170000
	modeDir     = 0o040000
	modeRegular = 0o100000
	modeLink    = 0o120000
)

// layout says where the content of an inode is.
type layout uint8

const (
	flatPlain layout = iota
	clustersFull
	flatInline
	clustersCompact
	chunks
	layouts
)

// inode is what an inode says.
type inode struct {
	nid    uint64
	at     int64 // its place
	end    int64 // the end of the inode and its own attributes
	layout layout
	mode   uint32
	size   int64
	start  uint32        // of the content: a block, or the form of its chunks
	xattrs int64         // bytes of own attributes, before end
	used   []format.Span // of a directory: what is read of its content
	entry  format.Entry
}

func (r *reader) readInode(nid uint64) (*inode, error) {
	base := int64(r.sb.MetaBlock) << r.sb.BlockBits
	if nid >= uint64(r.in.Size)/slotSize {
		return nil, format.Errorf(base, "inode %d lies outside the file system", nid)
	}
	n := &inode{nid: nid, at: base + int64(nid)*slotSize}
	raw, err := r.in.Bytes(n.at, compactSize)
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	form := le.Uint16(raw)
	n.layout = layout(form >> layoutShift & layoutMask)
	if form&^formatKnown != 0 || n.layout >= layouts {
		return nil, format.Errorf(n.at, "inode %d of unknown form 0x%x", nid, form)
	}
	n.end = n.at + compactSize
	if form&formatExtended != 0 {
		n.end = n.at + extendedSize
		if raw, err = r.in.Bytes(n.at, extendedSize); err != nil {
			return nil, err
		}
		n.extended(raw)
	} else {
		n.compact(raw, &r.sb)
	}
	if count := int64(le.Uint16(raw[2:])); count > 0 {
		n.xattrs = xattrHeader + (count-1)*4
		n.end += n.xattrs
	}
	n.mode, n.start = uint32(le.Uint16(raw[4:])), le.Uint32(raw[16:])
	return n, r.describe(n)
}

func (n *inode) compact(raw []byte, sb *superblock) {
	le := binary.LittleEndian
	n.size = int64(le.Uint32(raw[8:]))
	n.entry.UID, n.entry.GID = uint32(le.Uint16(raw[24:])), uint32(le.Uint16(raw[26:]))
	n.entry.ModTime = time.Unix(int64(sb.BuildTime)+int64(le.Uint32(raw[12:])), int64(sb.BuildNsec)).UTC()
}

func (n *inode) extended(raw []byte) {
	le := binary.LittleEndian
	n.size = int64(le.Uint64(raw[8:]))
	n.entry.UID, n.entry.GID = le.Uint32(raw[24:]), le.Uint32(raw[28:])
	n.entry.ModTime = time.Unix(int64(le.Uint64(raw[32:])), int64(le.Uint32(raw[40:]))).UTC()
}

// describe fills the entry. A link that cannot be read is an entry with an error.
func (r *reader) describe(n *inode) error {
	if n.size < 0 {
		return format.Errorf(n.at+8, "inode %d of %d bytes", n.nid, uint64(n.size))
	}
	e := &n.entry
	e.Mode, e.Size, e.Offset = format.UnixMode(n.mode), n.size, -1
	switch n.mode & modeFmt {
	case modeRegular:
		e.Offset = r.plainOffset(n)
	case modeLink:
		e.Link, e.Err = r.target(n)
	case modeDir:
	case 0o020000, 0o060000:
		e.Rdev = uint64(n.start>>8&0xfff)<<32 | uint64(n.start&0xff|n.start>>12&0xfff00)
	case 0o010000, 0o140000:
	default:
		return format.Errorf(n.at+4, "inode %d of unknown kind 0%o", n.nid, n.mode)
	}
	return nil
}

// plainOffset is where a content begins that is one plain run; -1 for others.
func (r *reader) plainOffset(n *inode) int64 {
	if n.size == 0 || n.compressed() || (n.layout == chunks && n.size>>r.chunkBits(n) > fewChunks) {
		return -1
	}
	es, err := r.extents(n)
	if err != nil || len(es) != 1 || es[0].how != plain {
		return -1
	}
	return es[0].from
}

func (n *inode) compressed() bool { return n.layout == clustersFull || n.layout == clustersCompact }

// target reads the target of a symlink, which stays in memory.
func (r *reader) target(n *inode) (string, error) {
	target, err := r.small(n, maxLink)
	if err == nil {
		err = r.budget.Names(len(target))
	}
	if err != nil {
		return "", err
	}
	return string(target), nil
}
