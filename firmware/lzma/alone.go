package lzma

import "encoding/binary"

// AloneHeader is the length of the header of a .lzma file.
const AloneHeader = 13

// Alone is the header of a .lzma file.
type Alone struct {
	Props
	Dict uint32
	Size int64 // -1 where a mark ends the stream
}

// ParseAlone reads the header of a .lzma file.
func ParseAlone(h []byte) (a Alone, err error) {
	if len(h) < AloneHeader {
		return a, ErrShort
	}
	a.Props, err = ParseProps(h[0])
	a.Dict, a.Size = binary.LittleEndian.Uint32(h[1:]), int64(binary.LittleEndian.Uint64(h[5:]))
	if err == nil && a.Size < -1 {
		err = ErrProps
	}
	return a, err
}
