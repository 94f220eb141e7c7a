package ext

import (
	"encoding/binary"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// crc32c continues a checksum as ext4 keeps it: without the inversions at either
// end.
func crc32c(sum uint32, b []byte) uint32 { return ^crc32.Update(^sum, castagnoli, b) }

func crc32c32(sum uint32, v uint32) uint32 {
	return crc32c(sum, binary.LittleEndian.AppendUint32(nil, v))
}

func crc32c64(sum uint32, v uint64) uint32 {
	return crc32c(sum, binary.LittleEndian.AppendUint64(nil, v))
}

// crc16 continues the checksum of the descriptors of uninit_bg: that of the
// polynomial 0x8005, reflected.
func crc16(sum uint16, b []byte) uint16 {
	for _, c := range b {
		sum ^= uint16(c)
		for range 8 {
			sum = sum>>1 ^ sum&1*0xa001
		}
	}
	return sum
}

// checksumSeed is what all checksums but the superblock's begin with.
func (sb *superblock) seed() uint32 {
	if sb.Incompat&checksumSeed != 0 {
		return sb.ChecksumSeed
	}
	return crc32c(^uint32(0), sb.UUID[:])
}
