package littlefs

import "github.com/assay-iot/assay/firmware/format"

// Version 1 has a header in each block of a pair: revision, length, and the pair
// of the next directory; then the entries, then the CRC.
const (
	headerV1 = 16
	entryV1  = 4 // type, and the lengths of structure, attributes and name

	fileV1, dirV1, superblockKindV1 = 0x11, 0x22, 0x2e

	moving = 0x80 // of the type, and of the length if the tail goes on with the directory
)

// superblockV1 reads the entry at the start of the first directory.
func superblockV1(in format.Input) (s superblock, err error) {
	b := in.Head(headerV1 + entryV1 + 20 + len(magic))
	if len(b) < headerV1+entryV1+20+len(magic) || b[headerV1] != superblockKindV1 {
		return s, format.Errorf(headerV1, "no superblock")
	}
	e := b[headerV1+entryV1:]
	s = superblock{root: pairOf(e), blockSize: le.Uint32(e[8:]), blockCount: le.Uint32(e[12:]), version: le.Uint32(e[16:])}
	if s.version>>16 != 1 {
		return s, format.Errorf(headerV1+entryV1+16, "version %d.%d in the layout of version 1", s.version>>16, s.version&0xffff)
	}
	if err := s.check(); err != nil {
		return s, err
	}
	_, err = readV1(in.Head(int(s.blockSize)), 0)
	return s, err
}

// readV1 reads a directory.
func readV1(b []byte, at int64) (d directory, err error) {
	if len(b) < headerV1 {
		return d, format.Errorf(at, "the block is cut off")
	}
	size := int64(le.Uint32(b[4:]) & 0x7fffffff)
	if size < headerV1+4 || size > int64(len(b)) {
		return d, format.Errorf(at+4, "directory of %d bytes in a block of %d", size, len(b))
	}
	if update(0xffffffff, b[:size]) != 0 {
		return d, format.Errorf(at, "the checksum of the directory differs")
	}
	d = directory{at: at, tail: pairOf(b[8:]), hard: b[7]&moving != 0}
	if d.tail == (pair{}) {
		d.tail = pair{none, none}
	}
	for off := int64(headerV1); off < size-4; {
		e := b[off : size-4]
		if len(e) < entryV1 {
			return d, format.Errorf(at+off, "entry is cut off")
		}
		structure, attrs, name := int(e[1]), int(e[2]), int(e[3])
		end := entryV1 + structure + attrs + name
		if end > len(e) || structure < 8 {
			return d, format.Errorf(at+off, "entry of %d bytes, %d are left", end, len(e))
		}
		f := &file{name: string(e[end-name : end]), structure: structNone}
		switch e[0] &^ moving {
		case fileV1:
			f.kind, f.structure, f.head, f.size = kindFile, structCTZ, le.Uint32(e[4:]), le.Uint32(e[8:])
		case dirV1:
			f.kind, f.structure, f.dir = kindDir, structDir, pairOf(e[4:])
		case superblockKindV1:
			f.kind = kindSuperblock
		}
		d.files = append(d.files, f)
		off += int64(end)
	}
	return d, nil
}
