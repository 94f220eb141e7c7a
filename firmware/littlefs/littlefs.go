// Package littlefs reads littlefs file systems, of versions 1 and 2.
//
// The layout of version 2 is that of SPEC.md and DESIGN.md in littlefs: pairs of
// blocks hold logs of what was done to a directory, in commits with a CRC; the
// contents of larger files are lists of blocks in which each block points back
// to those before it. Version 1 has a whole directory in each pair instead of a
// log.
//
// Of a pair, the later block whose first commit is right counts. What comes behind
// the last right commit was never finished, and does not count either. A file in
// the middle of a move is where it was moved to. Contents have no checksum, but
// every pointer back must be right, and no block may belong to two files.
//
// User attributes are extended attributes; the attribute that esp_littlefs and
// the Arduino libraries keep the time of the last change in is that time. There
// are no modes and no owners. Directories that were removed, but are still in
// the list of all pairs, are not read.
package littlefs

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is littlefs.
var Format = &format.Format{
	Name:     "littlefs",
	Magics:   []format.Magic{{Offset: magicV2, Bytes: magic}, {Offset: magicV1, Bytes: magic}},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		if _, err := findSuperblock(in); err != nil {
			return format.No
		}
		return format.Sure
	},
	Open: open,
}

const (
	magic   = "littlefs"
	magicV2 = 8
	magicV1 = 40

	minBlock  = 104 // so that the pointers of the largest file fit
	maxBlock  = 16 << 20
	maxBlocks = 1 << 26
	maxDepth  = 512
	maxPath   = 4096

	none = 0xffffffff // a pointer to nothing
)

var le = binary.LittleEndian

// superblock is what the first pair says of the file system.
type superblock struct {
	version               uint32
	blockSize, blockCount uint32
	root                  pair // of version 1
}

func (s *superblock) size() int64 { return int64(s.blockSize) * int64(s.blockCount) }

// check refuses what no superblock can say.
func (s *superblock) check() error {
	major := s.version >> 16
	switch {
	case major != 1 && major != 2:
		return format.Errorf(0, "version %d.%d", major, s.version&0xffff)
	case s.blockSize < minBlock || s.blockSize > maxBlock || s.blockCount < 2 || s.blockCount > maxBlocks:
		return format.Errorf(0, "%d blocks of %d bytes", s.blockCount, s.blockSize)
	}
	return nil
}

// findSuperblock reads the superblock at the start, of which the size of blocks
// is not known yet: the log tells it before it ends.
func findSuperblock(in format.Input) (s superblock, err error) {
	switch {
	case string(in.Peek(magicV2, len(magic))) == magic:
		s, err = superblockV2(in)
	case string(in.Peek(magicV1, len(magic))) == magic:
		s, err = superblockV1(in)
	default:
		err = format.Errorf(magicV2, "no superblock")
	}
	if err != nil {
		return s, err
	}
	return s, s.check()
}

// pair are two blocks that stand for one another.
type pair [2]uint32

func (p pair) String() string { return fmt.Sprintf("{0x%x, 0x%x}", p[0], p[1]) }

// same compares without the order.
func (p pair) same(q pair) bool { return p == q || p == pair{q[1], q[0]} }

func (p pair) null() bool { return p[0] == none || p[1] == none }

func pairOf(b []byte) pair { return pair{le.Uint32(b), le.Uint32(b[4:])} }

// file is an entry of a directory.
type file struct {
	kind  byte
	name  string
	attrs map[byte][]byte

	structure  byte
	inline     []byte
	inlineAt   int64
	dir        pair
	head, size uint32
}

// The kinds of file, and their structures.
const (
	kindFile       = 0x01
	kindDir        = 0x02
	kindSuperblock = 0xff

	structDir    = 0x00
	structInline = 0x01
	structCTZ    = 0x02
	structNone   = 0xff
)

// directory is what a pair holds.
type directory struct {
	pair  pair
	at    int64   // of the block that counts
	files []*file // nil where there is none yet
	tail  pair
	hard  bool // the tail goes on with the same directory
	delta [3]uint32
	found bool // through the list of all pairs
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	s, err := findSuperblock(in)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, in: in, sb: s, budget: b, owned: map[uint32]bool{}, byBlock: map[uint32]*directory{}, failed: map[pair]error{}}
	if s.size() > in.Size {
		r.hurt(in.Size, 0, "file system of %d bytes, but %d are here", s.size(), in.Size)
	}
	r.in = in.Section(0, s.size())
	if err := r.load(); err != nil {
		return nil, err
	}
	o := &format.Opened{Length: r.in.Size, Tree: r, Damage: r.damage, Attributes: map[string]string{
		"version":     fmt.Sprintf("%d.%d", s.version>>16, s.version&0xffff),
		"block-size":  fmt.Sprint(s.blockSize),
		"block-count": fmt.Sprint(s.blockCount),
	}}
	if r.moved {
		o.Attributes["unfinished"] = "move"
	}
	return o, nil
}
