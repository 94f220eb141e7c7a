package littlefs

import (
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// tag is what stands in front of each thing in a log: a valid bit, 11 bits of
// type, 10 of the file's number, and 10 of the length.
type tag uint32

func (t tag) invalid() bool { return t>>31 != 0 }
func (t tag) kind() uint16  { return uint16(t>>20) & 0x7ff }
func (t tag) group() uint16 { return t.kind() & 0x700 }
func (t tag) chunk() byte   { return byte(t >> 20) }
func (t tag) id() int       { return int(t>>10) & 0x3ff }
func (t tag) gone() bool    { return t&0x3ff == 0x3ff }

// size is the length of what follows.
func (t tag) size() int {
	if t.gone() {
		return 0
	}
	return int(t & 0x3ff)
}

// The groups of types, and the types that matter themselves.
const (
	groupName   = 0x000
	groupStruct = 0x200
	groupAttr   = 0x300
	groupSplice = 0x400
	groupCRC    = 0x500
	groupTail   = 0x600
	groupState  = 0x700

	typeCreate    = 0x401
	typeDelete    = 0x4ff
	typeChecksum  = 0x57f // the last of those that end a commit
	typeMoveState = 0x7ff
	typeHardTail  = 0x601

	minFile = 4 // bytes of a block that each file in it takes: a name without letters
)

// update goes on with the CRC of littlefs, which is not inverted at the end.
func update(crc uint32, b []byte) uint32 { return ^crc32.Update(^crc, crc32.IEEETable, b) }

// logged is a tag and what follows it.
type logged struct {
	tag
	at   int // in the block
	data []byte
}

// readLog gives what the right commits of a block hold, and calls each with every
// tag of the first commit before it is known to be right; if that is false, the
// log is given up. The second result is false if there is no right commit.
func readLog(b []byte, each func(logged) bool) (all []logged, ok bool) {
	if len(b) < 4 {
		return nil, false
	}
	crc := update(0xffffffff, b[:4])
	last := tag(0xffffffff)
	right := 0
	for at := 4; at+4 <= len(b); {
		t := tag(binary.BigEndian.Uint32(b[at:])) ^ last
		end := at + 4 + t.size()
		if t.invalid() || end > len(b) {
			break
		}
		crc = update(crc, b[at:at+4])
		if t.group() == groupCRC && t.kind() <= typeChecksum {
			if t.size() < 4 || le.Uint32(b[at+4:]) != crc {
				break
			}
			right = len(all)
			ok = true
			crc, last = 0xffffffff, t^tag(t.chunk()&1)<<31
			at = end
			continue
		}
		l := logged{t, at, b[at+4 : end]}
		if !ok && !each(l) {
			return nil, false
		}
		crc = update(crc, l.data)
		all = append(all, l)
		last, at = t, end
	}
	return all[:right], ok
}

// superblockV2 reads the superblock of the first block whose log is right. The
// size of blocks is not known before: a first block that is damaged may still
// tell it, and if not, those are tried that flash memories have.
func superblockV2(in format.Input) (superblock, error) {
	s, err := superblockAt(in, 0)
	if err == nil {
		return s, nil
	}
	for size := int64(128); size <= 128<<10 && err != nil; size *= 2 {
		if t, wrong := superblockAt(in, size); wrong == nil && int64(t.blockSize) == size {
			s, err = t, nil
		}
	}
	return s, err
}

// superblockAt reads the superblock of a block. Its name and its structure stand
// in the first commit of the log.
func superblockAt(in format.Input, at int64) (s superblock, err error) {
	readLog(in.Peek(at, 256), func(l logged) bool {
		if l.kind() == groupStruct|structInline && l.id() == 0 && len(l.data) >= 24 {
			s = superblock{version: le.Uint32(l.data), blockSize: le.Uint32(l.data[4:]), blockCount: le.Uint32(l.data[8:])}
			return false
		}
		return l.id() == 0
	})
	if s.check() != nil {
		return s, format.Errorf(at+magicV2+int64(len(magic)), "the superblock does not tell the size of blocks")
	}
	if _, ok := readLog(in.Peek(at, int(s.blockSize)), keep); !ok {
		return s, format.Errorf(at, "no right commit in the first block")
	}
	return s, nil
}

func keep(logged) bool { return true }

// replay makes a directory of a log. A log that was compacted names the files in
// any order.
func replay(all []logged, at int64, limit int) (d directory, err error) {
	d = directory{at: at, tail: pair{none, none}}
	for _, l := range all {
		i := l.id()
		switch {
		case l.group() == groupTail || l.group() == groupState:
			d.global(l)
		case l.group() == groupCRC:
		case i >= limit:
			return d, format.Errorf(at+int64(l.at), "something of file %d, where there is room for %d", i, limit)
		case l.kind() == typeDelete:
			if i < len(d.files) {
				d.files = slices.Delete(d.files, i, i+1)
			}
		case l.kind() == typeCreate:
			d.grow(i)
			d.files = slices.Insert(d.files, i, nil)
		case l.group() != groupSplice:
			d.grow(i + 1)
			if d.files[i] == nil {
				d.files[i] = &file{structure: structNone}
			}
			d.files[i].take(l, at)
		}
	}
	return d, nil
}

// grow makes room for n files.
func (d *directory) grow(n int) {
	for len(d.files) < n {
		d.files = append(d.files, nil)
	}
}

// global takes what is not about a file.
func (d *directory) global(l logged) {
	switch {
	case l.group() == groupTail && len(l.data) >= 8:
		d.tail, d.hard = pairOf(l.data), l.kind() == typeHardTail
	case l.kind() == typeMoveState && len(l.data) >= 12:
		d.delta = [3]uint32{le.Uint32(l.data), le.Uint32(l.data[4:]), le.Uint32(l.data[8:])}
	}
}

// take takes what is about the file.
func (f *file) take(l logged, at int64) {
	switch l.group() {
	case groupName:
		f.kind, f.name = l.chunk(), string(l.data)
	case groupStruct:
		f.structure = l.chunk()
		switch {
		case l.gone():
			f.structure = structNone
		case f.structure == structInline:
			f.inline, f.inlineAt = l.data, at+int64(l.at)+4
		case len(l.data) < 8:
			f.structure = structNone
		case f.structure == structDir:
			f.dir = pairOf(l.data)
		case f.structure == structCTZ:
			f.head, f.size = le.Uint32(l.data), le.Uint32(l.data[4:])
		}
	case groupAttr:
		if l.gone() {
			delete(f.attrs, l.chunk())
			return
		}
		if f.attrs == nil {
			f.attrs = map[byte][]byte{}
		}
		f.attrs[l.chunk()] = l.data
	}
}
