package ext

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Places in a group descriptor.
const (
	blockBitmapAt     = 0x00
	inodeBitmapAt     = 0x04
	inodeTableAt      = 0x08
	groupChecksumAt   = 0x1e
	blockBitmapHighAt = 0x20
	inodeBitmapHighAt = 0x24
	inodeTableHighAt  = 0x28
)

// table gives the place of the inode table of a group. The descriptor is read
// and checked once.
func (r *reader) table(group uint32) (int64, error) {
	if at, ok := r.tables[group]; ok {
		return at, nil
	}
	place := r.sb.descriptor(uint64(group))
	raw, err := r.in.Bytes(place, r.sb.descSize)
	if err != nil {
		return 0, err
	}
	if !r.groupSum(group, raw) {
		r.hurt(place, "the checksum of a group descriptor differs")
	}
	block := uint64(binary.LittleEndian.Uint32(raw[inodeTableAt:]))
	if r.sb.descSize > descriptorSize {
		block |= uint64(binary.LittleEndian.Uint32(raw[inodeTableHighAt:])) << 32
	}
	if block >= r.sb.blocks || block == 0 {
		return 0, format.Errorf(place, "inode table at block %d of %d", block, r.sb.blocks)
	}
	r.tables[group] = int64(block) * r.sb.blockSize
	return r.tables[group], nil
}

// groupSum verifies the checksum of a group descriptor, if it has one.
func (r *reader) groupSum(group uint32, raw []byte) bool {
	want := binary.LittleEndian.Uint16(raw[groupChecksumAt:])
	before, after := raw[:groupChecksumAt], raw[groupChecksumAt+2:]
	switch {
	case r.sb.checksums():
		sum := crc32c(crc32c32(r.seed, group), before)
		return uint16(crc32c(crc32c(sum, []byte{0, 0}), after)) == want
	case r.sb.ROCompat&descriptorChecksums != 0:
		sum := crc16(crc16(^uint16(0), r.sb.UUID[:]), binary.LittleEndian.AppendUint32(nil, group))
		return crc16(crc16(sum, before), after) == want
	}
	return true
}

// descriptor is the place of the descriptor of a group: in the table after the
// superblock, or, with meta_bg, at the start of the groups that it describes.
func (sb *superblock) descriptor(group uint64) int64 {
	inBlock := uint64(sb.blockSize / sb.descSize)
	block, off := group/inBlock, int64(group%inBlock)*sb.descSize
	super := uint64(superblockAt / sb.blockSize) // the block of the superblock
	if sb.Incompat&metaGroups == 0 || block < uint64(sb.FirstMetaGroup) {
		return int64(super+1+block)*sb.blockSize + off
	}
	first := block * inBlock // of the groups in this block
	at := uint64(sb.FirstBlock) + first*uint64(sb.BlocksPerGroup)
	if first == 0 {
		at = super
	}
	if sb.hasSuper(first) {
		at++
	}
	return int64(at)*sb.blockSize + off
}

// hasSuper reports whether a group begins with a copy of the superblock.
func (sb *superblock) hasSuper(group uint64) bool {
	switch {
	case group == 0:
		return true
	case sb.Compat&sparseSuper2 != 0:
		return group == uint64(sb.BackupGroups[0]) || group == uint64(sb.BackupGroups[1])
	case sb.ROCompat&sparseSuper == 0 || group == 1:
		return true
	}
	return powerOf(3, group) || powerOf(5, group) || powerOf(7, group)
}

func powerOf(base, n uint64) bool {
	p := base
	for p < n {
		p *= base
	}
	return p == n
}
