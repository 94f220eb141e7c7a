// Package ubifs reads UBIFS, the file system on a volume of UBI, or on its own as
// mkfs.ubifs writes it.
//
// The layout is that of the Linux kernel's fs/ubifs/ubifs-media.h and of its
// Documentation/filesystems/ubifs-authentication.rst, which describes the index,
// the journal and the log. Everything is a node with a checksum and a sequence
// number. A superblock and the newest of the master nodes lead to the index, a
// tree over the keys of inodes, directory entries, extended attributes and data
// blocks. What was written since the last commit is in the journal: the log names
// the eraseblocks ("buds") whose nodes take the place of what the index says. The
// journal is replayed in memory, so that the newest state shows.
//
// Where the index is damaged, the nodes of the keys that it lost are looked for
// in all eraseblocks, and the newest of each counts. Such a tree may hold what
// was deleted before, and says so. A block that neither the index nor the search
// has is an error and no hole.
//
// Blocks that newer ones replaced, that were cut off or whose file was deleted, and
// that are not erased yet, stand below "lost+found" as "inode-N@0xPLACE": those that
// were written one behind another are one file.
//
// Blocks are plain or compressed with lzo, zlib or zstd. Names and contents that
// are encrypted (fscrypt) are listed and not read. The hashes of an authenticated
// file system are not verified: that takes its key. The space accounting (LPT)
// is looked at only for what is none, the list of orphans not at all: both, and the
// room in nodes, are given back as unread.
package ubifs

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is UBIFS.
var Format = &format.Format{
	Name:     "ubifs",
	Magics:   []format.Magic{{Bytes: magic}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// Limits of this reader, beside those of the image.
const (
	minLEB    = 15 << 10
	maxLEB    = 16 << 20
	maxLevels = 512     // of the index
	maxDepth  = 512     // directories inside one another
	maxPath   = 4096    // bytes of a path, as PATH_MAX
	maxXattrs = 4096    // attributes of one inode
	maxXattr  = 1 << 20 // bytes of all attributes of one inode
	maxHurts  = 256     // places of damage that are named
)

const (
	blockSize  = 4096
	masterLEB  = 1 // and the one after it
	logLEB     = 3
	rootInode  = 1
	formatMost = 5 // version of the format
)

// superblock is the superblock node, without the common header.
type superblock struct {
	_                      [2]uint8
	KeyHash, KeyFormat     uint8
	Flags                  uint32
	MinIO, LEBSize         uint32
	LEBs, MaxLEBs          uint32
	MaxBudBytes            uint64
	LogLEBs, LPTLEBs       uint32
	OrphanLEBs, Heads      uint32
	Fanout, SaveCount      uint32
	Version                uint32
	Compression            uint16
	_                      uint16
	ReserveUID, ReserveGID uint32
	ReserveSize            uint64
	TimeGranularity        uint32
	UUID                   [16]byte
	ReadCompat             uint32
}

// Superblock flags.
const (
	flagEncryption     = 0x10
	flagAuthentication = 0x20
)

// readSuperblock reads and checks the superblock at the start of the input.
func readSuperblock(in format.Input) (sb superblock, err error) {
	n, err := parse(in.Head(superblockSize), 0)
	if err != nil {
		return sb, err
	}
	if n.kind() != superblockNode {
		return sb, format.Errorf(0, "no superblock node")
	}
	n.decode(&sb)
	areas := int64(logLEB) + int64(sb.LogLEBs) + int64(sb.LPTLEBs) + int64(sb.OrphanLEBs)
	switch {
	case sb.Version > formatMost && sb.ReadCompat > 0:
		err = format.Errorf(80, "version %d of the format, at most %d is read", sb.Version, formatMost)
	case sb.KeyFormat != 0:
		err = format.Errorf(27, "unknown format of keys %d", sb.KeyFormat)
	case sb.LEBSize < minLEB || sb.LEBSize > maxLEB || sb.LEBSize%8 != 0:
		err = format.Errorf(36, "eraseblocks of %d bytes", sb.LEBSize)
	case bits.OnesCount32(sb.MinIO) != 1 || sb.MinIO > sb.LEBSize:
		err = format.Errorf(32, "smallest write of %d bytes", sb.MinIO)
	case areas >= int64(sb.LEBs) || sb.LogLEBs == 0:
		err = format.Errorf(40, "%d eraseblocks, %d of them for other things than files", sb.LEBs, areas)
	}
	return sb, err
}

// at is the place of an eraseblock.
func (sb *superblock) at(leb uint32) int64 { return int64(leb) * int64(sb.LEBSize) }

// main is where the main area begins, which holds all but the tables.
func (sb *superblock) main() int64 {
	return sb.at(logLEB) + sb.at(sb.LogLEBs) + sb.at(sb.LPTLEBs) + sb.at(sb.OrphanLEBs)
}

// master is the master node, as far as it is used.
type master struct {
	HighestInode, Commit          uint64
	Flags, LogLEB                 uint32
	RootLEB, RootOffset, RootSize uint32
}

const flagDirty = 1 // of the master: the file system was not unmounted

// probe is sure of a superblock: it has 4096 bytes and a checksum. A master node
// may stand at the start of a file system whose superblock is damaged.
func probe(in format.Input) format.Likeness {
	n, err := parse(in.Head(superblockSize), 0)
	switch {
	case err != nil:
		return format.No
	case n.kind() == superblockNode:
		return format.Sure
	case n.kind() == masterNode:
		return format.Likely
	}
	return format.No
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	if n, err := parse(in.Head(superblockSize), 0); err == nil && n.kind() == masterNode {
		return openHeadless(ctx, in, b)
	}
	sb, err := readSuperblock(in)
	if err != nil {
		return nil, err
	}
	length := min(sb.at(sb.LEBs), in.Size)
	r := newReader(ctx, in.Section(0, length), b)
	r.sb = sb
	m, err := r.readMaster()
	if err != nil {
		return nil, err
	}
	if err := r.load(m); err != nil {
		return nil, err
	}
	o, err := r.opened(length)
	if err != nil {
		return nil, err
	}
	o.Attributes = map[string]string{
		"compression":    compressionName(sb.Compression),
		"leb-size":       strconv.FormatUint(uint64(sb.LEBSize), 10),
		"min-io-size":    strconv.FormatUint(uint64(sb.MinIO), 10),
		"format-version": strconv.FormatUint(uint64(sb.Version), 10),
		"uuid":           hex.EncodeToString(sb.UUID[:]),
		"commit":         strconv.FormatUint(m.Commit, 10),
		"unmounted":      strconv.FormatBool(m.Flags&flagDirty == 0),
	}
	if r.olders > 0 {
		o.Attributes["older"] = strconv.Itoa(r.olders)
	}
	if sb.Flags&flagEncryption != 0 {
		o.Attributes["encryption"] = "fscrypt"
	}
	if sb.Flags&flagAuthentication != 0 {
		o.Attributes["authentication"] = "not verified"
	}
	return o, nil
}

// openHeadless reads a file system that has lost its superblock: all that is
// known of it are its nodes.
func openHeadless(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	r := newReader(ctx, in, b)
	r.lose(span{last: lastKey}, format.Errorf(0, "no superblock"))
	if err := r.search(0); err != nil {
		return nil, err
	}
	if err := r.plant(); err != nil {
		return nil, err
	}
	return r.opened(r.seen)
}

// readMaster finds the newest master node in its two eraseblocks.
func (r *reader) readMaster() (m master, err error) {
	var newest node
	for leb := range uint32(2) {
		from := r.sb.at(masterLEB + leb)
		err := r.scan(from, from+r.sb.at(1), func(n node) {
			if n.kind() == masterNode && (newest.raw == nil || n.sequence() > newest.sequence()) {
				newest = n.clone()
			}
		}, nil)
		if err != nil {
			return m, err
		}
	}
	if newest.raw == nil {
		return m, format.Errorf(r.sb.at(masterLEB), "no valid master node")
	}
	newest.decode(&m)
	return m, nil
}

func (r *reader) opened(length int64) (*format.Opened, error) {
	unused, err := r.unused(length)
	if err != nil {
		return nil, err
	}
	return &format.Opened{Length: length, Modes: true, Tree: r, Damage: r.damage, Unused: unused, Unread: r.unread}, nil
}

// reader is an opened file system.
type reader struct {
	ctx    context.Context
	in     format.Input
	budget *format.Budget
	sb     superblock
	state
	seen   int64 // end of the last node that a scan found
	damage []format.Damage

	commitSequence uint64         // of the last commit; what the journal has is newer
	torn           bool           // the journal is not whole
	live           map[int64]bool // where the nodes are of what there is, and of names that were removed

	sizes   map[uint32]uint64 // of inodes: bytes
	indexed map[int64]bool    // where the nodes of the index are
	unread  []format.Span
	olders  int // files of older contents

	entries []format.Entry
	files   []*inode // of entries that are regular files with a content of their own, else nil
	workers workers
}

func newReader(ctx context.Context, in format.Input, b *format.Budget) *reader {
	return &reader{ctx: ctx, in: in, budget: b, state: newState(), live: map[int64]bool{}, sizes: map[uint32]uint64{}}
}

func (r *reader) hurt(at int64, reason string) {
	if len(r.damage) == maxHurts {
		reason = "there is more damage, which is not listed"
	}
	if len(r.damage) > maxHurts {
		return
	}
	r.damage = append(r.damage, format.Damage{Offset: at, Reason: reason})
}

// load reads the state of the last commit and replays the journal.
func (r *reader) load(m master) error {
	if err := r.readIndex(m); err != nil {
		return err
	}
	if len(r.lost) > 0 {
		if err := r.search(r.sb.main()); err != nil {
			return err
		}
	}
	if err := r.replay(m); err != nil {
		return err
	}
	return r.plant()
}

// decode fills a fixed-size value from what follows the common header.
func (n node) decode(v any) {
	_, _ = binary.Decode(n.raw[headerSize:], binary.LittleEndian, v) // the length was checked by the kind
}
