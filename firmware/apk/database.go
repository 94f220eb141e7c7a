package apk

import "encoding/binary"

// A value is a word: its type, and the value itself or where it is.
const (
	typeMask  = 0xf0000000
	valueMask = 0x0fffffff

	typeInt    = 0x10000000
	typeInt32  = 0x20000000
	typeInt64  = 0x30000000
	typeBlob8  = 0x80000000
	typeBlob16 = 0x90000000
	typeBlob32 = 0xa0000000
	typeArray  = 0xd0000000
	typeObject = 0xe0000000
)

// database is the bytes that values are in. A value that is not there is empty;
// one that points outside is counted.
type database struct {
	raw    []byte
	at     int64 // in the file
	broken int
}

// bytes gives n bytes at a place.
func (d *database) bytes(at, n uint32) []byte {
	if uint64(at)+uint64(n) > uint64(len(d.raw)) {
		d.broken++
		return nil
	}
	return d.raw[at : at+n]
}

// number reads an integer.
func (d *database) number(value uint32) uint64 {
	at := value & valueMask
	switch value & typeMask {
	case typeInt:
		return uint64(at)
	case typeInt32:
		if b := d.bytes(at, 4); b != nil {
			return uint64(binary.LittleEndian.Uint32(b))
		}
	case typeInt64:
		if b := d.bytes(at, 8); b != nil {
			return binary.LittleEndian.Uint64(b)
		}
	}
	return 0
}

// blob reads bytes.
func (d *database) blob(value uint32) []byte {
	b, _ := d.place(value)
	return b
}

// text reads a name, which is cut if it is too long.
func (d *database) text(value uint32) string {
	b := d.blob(value)
	if len(b) > maxText {
		d.broken++
		b = b[:maxText]
	}
	return string(b)
}

// place reads bytes and says where in the file they are.
func (d *database) place(value uint32) ([]byte, int64) {
	at := value & valueMask
	size := uint32(0) // of the length
	switch value & typeMask {
	case typeBlob8:
		size = 1
	case typeBlob16:
		size = 2
	case typeBlob32:
		size = 4
	default:
		return nil, 0
	}
	var length [4]byte
	if copy(length[:], d.bytes(at, size)) == 0 {
		return nil, 0
	}
	return d.bytes(at+size, binary.LittleEndian.Uint32(length[:])), d.at + int64(at+size)
}

// object is the words of an object or array. The first counts them, itself too.
type object []byte

func (d *database) object(value uint32) object {
	at := value & valueMask
	if t := value & typeMask; t != typeArray && t != typeObject {
		return nil
	}
	head := d.bytes(at, 4)
	if head == nil {
		return nil
	}
	count := binary.LittleEndian.Uint32(head)
	if count > uint32(len(d.raw))/4 {
		d.broken++
		return nil
	}
	return d.bytes(at, count*4)
}

func (o object) count() int { return len(o) / 4 }

// field gives the value of a field, which is zero if there is none.
func (o object) field(n int) uint32 {
	if n >= o.count() {
		return 0
	}
	return binary.LittleEndian.Uint32(o[n*4:])
}
