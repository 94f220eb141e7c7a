package ext

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	superblockAt   = 1024
	superblockSize = 1024
	checksumAt     = 0x3fc // of the superblock, in itself

	magic           = 0xef53
	minBlock        = 1 << 10
	maxBlockLog     = 6 // 64 KiB
	maxClusterLog   = 29
	oldInodeSize    = 128 // of revision 0, and the least
	descriptorSize  = 32  // without 64bit
	descriptorSize4 = 64  // the least with 64bit
	maxDescriptor   = 1024
	linux           = 0 // as creator
	crc32cType      = 1
)

// Features that must be known to read a file system.
const (
	compression    = 0x1
	fileType       = 0x2
	needsRecovery  = 0x4
	journalDevice  = 0x8
	metaGroups     = 0x10
	extents        = 0x40
	wide           = 0x80 // 64bit
	multiMount     = 0x100
	flexGroups     = 0x200
	attributeInode = 0x400
	checksumSeed   = 0x2000
	largeDirectory = 0x4000
	inlineData     = 0x8000
	encryption     = 0x10000
	casefold       = 0x20000

	known = compression | fileType | needsRecovery | metaGroups | extents | wide | multiMount | flexGroups |
		attributeInode | checksumSeed | largeDirectory | inlineData | encryption | casefold
	old = fileType | needsRecovery | metaGroups | compression // that ext3 has too
)

// Features that need not be known, or only to write.
const (
	hasJournal   = 0x4   // compatible
	resizeInode  = 0x10  // compatible
	sparseSuper2 = 0x200 // compatible

	sparseSuper         = 0x1
	descriptorChecksums = 0x10 // uninit_bg
	bigAllocation       = 0x200
	metadataChecksums   = 0x400

	oldReadOnly = 0x7 // sparse_super, large_file, btree_dir: that ext3 has too
)

// superblock is the superblock, as it is on the disk, and what follows from it.
type superblock struct {
	raw
	blockSize int64
	inodeSize int64
	descSize  int64
	blocks    uint64
	groups    uint64
	sum       sum
}

type raw struct {
	Inodes, BlocksLow                   uint32
	_                                   [3]uint32
	FirstBlock, BlockLog, ClusterLog    uint32
	BlocksPerGroup, ClustersPerGroup    uint32
	InodesPerGroup                      uint32
	_                                   [12]byte
	Magic, State, Errors, MinorRevision uint16
	_                                   [8]byte
	Creator, Revision                   uint32
	_                                   [4]byte
	FirstInode                          uint32 // from here on zero in revision 0
	InodeSize, Group                    uint16
	Compat, Incompat, ROCompat          uint32
	UUID, Label                         [16]byte
	_                                   [0xce - 0x88]byte
	ReservedDescriptors                 uint16
	_                                   [0xe0 - 0xd0]byte
	JournalInode                        uint32
	_                                   [0xfe - 0xe4]byte
	DescSize                            uint16
	_                                   uint32
	FirstMetaGroup, Created             uint32
	_                                   [0x150 - 0x10c]byte
	BlocksHigh                          uint32
	_                                   [0x168 - 0x154]byte
	MountBlock                          uint64
	_                                   [0x175 - 0x170]byte
	ChecksumType                        uint8
	_                                   [0x240 - 0x176]byte
	Quotas                              [2]uint32 // inodes
	_                                   [0x24c - 0x248]byte
	BackupGroups                        [2]uint32
	_                                   [0x26c - 0x254]byte
	ProjectQuota                        uint32 // inode
	ChecksumSeed                        uint32
	_                                   [0x280 - 0x274]byte
	Orphans                             uint32 // inode
	_                                   [checksumAt - 0x284]byte
	Checksum                            uint32
}

// sum is what is known of a checksum.
type sum uint8

const (
	sumNone sum = iota
	sumRight
	sumWrong
)

// readSuperblock reads the superblock and checks that its numbers fit together.
func readSuperblock(in format.Input) (sb superblock, err error) {
	buf := in.Peek(superblockAt, superblockSize)
	if len(buf) < superblockSize {
		return sb, format.Errorf(superblockAt, "the input ends in the superblock")
	}
	if _, err := binary.Decode(buf, binary.LittleEndian, &sb.raw); err != nil {
		return sb, err
	}
	switch {
	case sb.Magic != magic:
		return sb, format.Errorf(superblockAt, "no ext superblock")
	case sb.Revision > 1:
		return sb, format.Errorf(superblockAt+0x4c, "revision %d", sb.Revision)
	case sb.BlockLog > maxBlockLog:
		return sb, format.Errorf(superblockAt+0x18, "block size of 2^%d bytes", 10+int64(sb.BlockLog))
	}
	sb.blockSize = minBlock << sb.BlockLog
	if sb.Revision == 0 {
		sb.InodeSize = oldInodeSize
	}
	if sb.ROCompat&metadataChecksums != 0 && sb.ChecksumType == crc32cType {
		sb.sum = sumWrong
		if crc32c(^uint32(0), buf[:checksumAt]) == sb.Checksum {
			sb.sum = sumRight
		}
	}
	if err := sb.inodesAndDescriptors(); err != nil {
		return sb, err
	}
	return sb, sb.geometry()
}

func (sb *superblock) inodesAndDescriptors() error {
	sb.inodeSize, sb.descSize = int64(sb.InodeSize), descriptorSize
	if sb.inodeSize < oldInodeSize || sb.inodeSize > sb.blockSize || bits.OnesCount16(sb.InodeSize) != 1 {
		return format.Errorf(superblockAt+0x58, "inodes of %d bytes", sb.inodeSize)
	}
	if sb.Incompat&wide == 0 {
		return nil
	}
	sb.descSize = int64(sb.DescSize)
	if sb.descSize < descriptorSize4 || sb.descSize > maxDescriptor || bits.OnesCount16(sb.DescSize) != 1 {
		return format.Errorf(superblockAt+0xfe, "group descriptors of %d bytes", sb.descSize)
	}
	return nil
}

func (sb *superblock) geometry() error {
	sb.blocks = uint64(sb.BlocksLow)
	if sb.Incompat&wide != 0 {
		sb.blocks |= uint64(sb.BlocksHigh) << 32
	}
	bitmap := uint64(8 * sb.blockSize) // blocks or inodes that a group's bitmap has a bit for
	inGroup := bitmap
	if sb.ROCompat&bigAllocation != 0 {
		if sb.ClusterLog < sb.BlockLog || sb.ClusterLog > maxClusterLog {
			return format.Errorf(superblockAt+0x1c, "clusters of 2^%d bytes", 10+int64(sb.ClusterLog))
		}
		inGroup <<= sb.ClusterLog - sb.BlockLog
	}
	switch {
	case sb.FirstBlock > 1 || sb.blocks <= uint64(sb.FirstBlock) || sb.blocks > uint64(math.MaxInt64/sb.blockSize):
		return format.Errorf(superblockAt+4, "%d blocks, the first is %d", sb.blocks, sb.FirstBlock)
	case sb.BlocksPerGroup == 0 || uint64(sb.BlocksPerGroup) > inGroup:
		return format.Errorf(superblockAt+0x20, "groups of %d blocks", sb.BlocksPerGroup)
	case sb.InodesPerGroup == 0 || uint64(sb.InodesPerGroup) > bitmap:
		return format.Errorf(superblockAt+0x28, "groups of %d inodes", sb.InodesPerGroup)
	case sb.Inodes == 0:
		return format.Errorf(superblockAt, "no inodes")
	}
	sb.groups = (sb.blocks-uint64(sb.FirstBlock)-1)/uint64(sb.BlocksPerGroup) + 1
	if sb.groups > math.MaxUint32 {
		return format.Errorf(superblockAt+4, "%d groups of blocks", sb.groups)
	}
	return nil
}

// readable refuses file systems whose layout is not known.
func (sb *superblock) readable() error {
	switch {
	case sb.Incompat&journalDevice != 0:
		return format.Errorf(superblockAt+0x60, "a journal without its file system")
	case sb.Incompat&^known != 0:
		return format.Errorf(superblockAt+0x60, "unknown features 0x%x", sb.Incompat&^known)
	}
	return nil
}

func (sb *superblock) bytes() int64 { return int64(sb.blocks) * sb.blockSize }

func (sb *superblock) checksums() bool { return sb.ROCompat&metadataChecksums != 0 }

// version is the oldest of the three that has all the features.
func (sb *superblock) version() string {
	switch {
	case sb.Incompat&^old != 0 || sb.ROCompat&^oldReadOnly != 0:
		return "ext4"
	case sb.Compat&hasJournal != 0:
		return "ext3"
	}
	return "ext2"
}

func (sb *superblock) state() string {
	const clean, errors = 1, 2
	switch {
	case sb.State&errors != 0:
		return "with errors"
	case sb.State&clean == 0:
		return "not clean"
	}
	return "clean"
}
