package zipfile

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/assay-iot/assay/firmware/format"
)

// Each entry has a header of its own in front of its content, which says the same
// as the directory of the archive; APPNOTE.TXT 6.3.10, 4.3.7. Who unpacks an
// archive while it comes in goes by these headers, others by the directory: where
// they differ, two devices could see two archives.
const (
	localMagic = "PK\x03\x04"
	usualExtra = 256    // bytes between a name and its content
	encrypted  = 1 << 0 // flag
	later      = 1 << 3 // flag: sizes and checksum stand behind the content
	maxDamage  = 100
)

// compare notes where an entry's own header differs from the directory.
func (a *archive) compare(f *zip.File) {
	if len(a.damage) >= maxDamage {
		return
	}
	off, err := a.dataOffset(f)
	if err != nil {
		if !f.Mode().IsRegular() { // else it is told with the file
			a.damage = append(a.damage, format.Damage{Reason: fmt.Sprintf("the header of %q is missing: %v", f.Name, err)})
		}
		return
	}
	at := header(a.in, max(0, off-headerSize-int64(len(f.Name))-usualExtra), off)
	if at == off {
		at = header(a.in, 0, off)
	}
	if at == off {
		return
	}
	h := a.in.Peek(at, int(off-at))
	le := binary.LittleEndian
	name := string(h[headerSize : headerSize+int(le.Uint16(h[26:]))])
	switch {
	case name != f.Name:
		a.differs(at, "the header of %q calls it %q", f.Name, name)
	case le.Uint16(h[8:]) != f.Method:
		a.differs(at, "the header of %q has compression method %d, the directory %d", f.Name, le.Uint16(h[8:]), f.Method)
	case (le.Uint16(h[6:])^f.Flags)&(encrypted|later) != 0:
		a.differs(at, "the header of %q has the flags 0x%x, the directory 0x%x", f.Name, le.Uint16(h[6:]), f.Flags)
	case f.Flags&later != 0: // what else it says stands behind the content
	case le.Uint32(h[14:]) != f.CRC32:
		a.differs(at, "the header of %q has another checksum than the directory", f.Name)
	case !says(h[18:], f.CompressedSize64) || !says(h[22:], f.UncompressedSize64):
		a.differs(at, "the header of %q has other sizes than the directory", f.Name)
	}
}

// says reports whether a header has a size, or leaves it to its extra field.
func says(field []byte, size uint64) bool {
	n := binary.LittleEndian.Uint32(field)
	return n == math.MaxUint32 || uint64(n) == size
}

func (a *archive) differs(at int64, f string, args ...any) {
	a.damage = append(a.damage, format.Damage{Offset: at, Reason: fmt.Sprintf(f, args...)})
}
