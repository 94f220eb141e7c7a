package ext

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Directory blocks (directory.rst).
const (
	recordHead  = 8 // before the name
	minRecord   = 12
	tailSize    = 12
	tailType    = 0xde
	bigBlock    = 64 << 10
	rootCountAt = 0x20 // of the hash tree in its first block
	nodeCountAt = 0x08 // of the hash tree in its other blocks
	indexEntry  = 8
	parentSize  = 4 // before the records of a directory in an inode
)

// listing goes through the names of one directory. What is wrong with a block is
// damage, and the other blocks hold. Only an error of each ends it.
type listing struct {
	*reader
	dir  *inode
	path string
	each func(at int64, name string, number uint32) error
}

func (l *listing) damaged(at int64, f string, args ...any) {
	l.hurt(at, "directory "+shown(l.path)+": "+f, args...)
}

func (l *listing) names() error {
	if l.dir.Flags&flagInline != 0 {
		return l.inline()
	}
	size := int64(min(l.dir.size(&l.sb), 1<<62))
	if err := l.budget.File(size); err != nil {
		l.damaged(l.dir.at, "%v", err)
		return nil
	}
	blocks := l.sb.blocksOf(size)
	runs, err := l.runs(l.dir, blocks)
	if err != nil {
		l.damaged(l.dir.at, "%v", err)
	}
	for _, run := range runs {
		blocks -= run.count
		for i := range run.count {
			if err := l.block(run.logical+i, (run.physical+i)*l.sb.blockSize); err != nil {
				return err
			}
		}
	}
	if err == nil && blocks > 0 {
		l.damaged(l.dir.at, "%d of its blocks are not there", blocks)
	}
	return nil
}

// inline reads a directory that its inode holds: records in the place of the
// block pointers, after the parent's number, and in an attribute.
func (l *listing) inline() error {
	if err := l.split(l.dir.Block[parentSize:], l.dir.at+blockAt+parentSize); err != nil {
		return err
	}
	rest, err := l.inlineRest(l.dir)
	if err != nil {
		l.damaged(l.dir.at, "%v", err)
	}
	return l.split(rest, l.dir.at+oldInodeSize)
}

func (l *listing) block(logical, at int64) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	block, err := l.in.Bytes(at, l.sb.blockSize)
	if err != nil {
		l.damaged(at, "%v", err)
		return nil
	}
	if l.sb.checksums() && !l.sumRight(block, logical == 0) {
		l.damaged(at, "the checksum of a block differs")
	}
	return l.split(block, at)
}

// split splits a block into its records.
func (l *listing) split(block []byte, at int64) error {
	for pos := 0; pos < len(block); {
		place, e := at+int64(pos), block[pos:]
		if len(e) < recordHead {
			l.damaged(place, "ends in an entry")
			return nil
		}
		number, length, named := binary.LittleEndian.Uint32(e), l.recordLength(e), int(e[6])
		if length < minRecord || length%4 != 0 || length > len(e) || recordHead+named > length {
			l.damaged(place, "an entry of %d bytes, its name of %d", length, named)
			return nil
		}
		pos += length
		name := string(e[recordHead : recordHead+named])
		if number == 0 {
			named = 0
		}
		switch used := recordHead + (named+3)&^3; {
		case used >= length:
		case l.means(e, name, number, length, len(block)):
			l.hashRoom(place+int64(used), e[used:length], name == "..")
		default:
			l.room(e[used:length], place+int64(used))
		}
		switch {
		case number == 0 || name == "." || name == "..":
			continue
		case name == "" || strings.ContainsAny(name, "/\x00"):
			l.damaged(place, "%q is no name", name)
			continue
		}
		if err := l.each(place, name, number); err != nil {
			return err
		}
	}
	return nil
}

// means reports whether what stands behind the name of a record is no room: a hash
// tree behind the parent in its first block, and in its others behind a record that
// fills the block; or a checksum.
func (l *listing) means(e []byte, name string, number uint32, length, block int) bool {
	if l.dir.Flags&flagIndex != 0 && (name == ".." || number == 0 && length == block) {
		return true
	}
	return number == 0 && length == tailSize && e[7] == tailType
}

// hashRoom notes the room between the entries of a hash tree and its checksum. In the
// root of one stands what tree it is before them.
func (l *listing) hashRoom(at int64, b []byte, root bool) {
	const about, entry = 8, 8 // the first entry begins with how many there may be, and are
	if root {
		b, at = b[min(about, len(b)):], at+about
	}
	if len(b) < entry {
		return
	}
	most, used := int(binary.LittleEndian.Uint16(b))*entry, int(binary.LittleEndian.Uint16(b[2:]))*entry
	if used <= most && most <= len(b) {
		l.room(b[used:most], at+int64(used))
	}
}

// recordLength is how far the next record is. Two values stand for the 64 KiB
// that 16 bits cannot hold.
func (r *reader) recordLength(e []byte) int {
	n := int(binary.LittleEndian.Uint16(e[4:]))
	if r.sb.blockSize == bigBlock && (n == 0 || n == 0xffff) {
		return bigBlock
	}
	return n
}

// sumRight verifies the checksum of a block of a directory.
func (l *listing) sumRight(block []byte, first bool) bool {
	if l.dir.Flags&flagIndex != 0 {
		switch {
		case first:
			return indexSum(l.dir.seed, block, rootCountAt)
		case binary.LittleEndian.Uint32(block) == 0 && l.recordLength(block) == len(block) && block[6] == 0:
			return indexSum(l.dir.seed, block, nodeCountAt)
		}
	}
	names, tail := block[:len(block)-tailSize], block[len(block)-tailSize:]
	return bytes.Equal(tail[:recordHead], []byte{0, 0, 0, 0, tailSize, 0, 0, tailType}) &&
		crc32c(l.dir.seed, names) == binary.LittleEndian.Uint32(tail[recordHead:])
}

// indexSum verifies the checksum of a block of a hash tree: of the entries that
// are in use and of the tail after all for which there is room.
func indexSum(seed uint32, block []byte, countAt int) bool {
	room, used := int(binary.LittleEndian.Uint16(block[countAt:])), int(binary.LittleEndian.Uint16(block[countAt+2:]))
	tail := countAt + room*indexEntry
	if used > room || tail+8 > len(block) {
		return false
	}
	sum := crc32c(seed, block[:countAt+used*indexEntry])
	sum = crc32c32(crc32c(sum, block[tail:tail+4]), 0)
	return sum == binary.LittleEndian.Uint32(block[tail+4:])
}

var _ format.Tree = (*reader)(nil)
