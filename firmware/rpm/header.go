package rpm

import (
	"bytes"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// A header is its magic, four bytes, the number of index entries and the size of
// the store, then both.
const (
	headerMagic = "\x8e\xad\xe8\x01"
	introSize   = 16
	indexSize   = 16
	maxIndex    = 0xffff
	maxStore    = 256 << 20
)

// Types of values.
const (
	typeInt16  = 3
	typeInt32  = 4
	typeInt64  = 5
	typeText   = 6
	typeBytes  = 7
	typeTexts  = 8
	typeLocale = 9
)

// value is an index entry.
type value struct{ Type, Offset, Count uint32 }

// header is a header whose values are read when they are asked for.
type header struct {
	at, end int64
	index   map[uint32]value
	store   []byte
}

func readHeader(in format.Input, at int64) (h header, err error) {
	intro := in.Peek(at, introSize)
	if len(intro) < introSize || string(intro[:4]) != headerMagic {
		return h, format.Errorf(at, "no header")
	}
	count, size := int64(binary.BigEndian.Uint32(intro[8:])), int64(binary.BigEndian.Uint32(intro[12:]))
	if count > maxIndex || size > maxStore {
		return h, format.Errorf(at, "header of %d entries and %d bytes: %w", count, size, format.ErrLimit)
	}
	raw, err := in.Bytes(at+introSize, count*indexSize+size)
	if err != nil {
		return h, err
	}
	h = header{at: at, end: at + introSize + int64(len(raw)), index: make(map[uint32]value, count), store: raw[count*indexSize:]}
	for ; count > 0; count-- {
		var v value
		_, _ = binary.Decode(raw[4:indexSize], binary.BigEndian, &v)
		h.index[binary.BigEndian.Uint32(raw)] = v
		raw = raw[indexSize:]
	}
	return h, nil
}

func (h *header) has(tag uint32) bool {
	_, ok := h.index[tag]
	return ok
}

// from gives the store from a value on, if it is of one of the types.
func (h *header) from(tag uint32, types ...uint32) ([]byte, value) {
	v, ok := h.index[tag]
	for _, t := range types {
		if ok && v.Type == t && int64(v.Offset) < int64(len(h.store)) && v.Count > 0 {
			return h.store[v.Offset:], v
		}
	}
	return nil, v
}

// text gives a text, or the first of several.
func (h *header) text(tag uint32) string {
	b, _ := h.from(tag, typeText, typeTexts, typeLocale)
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return string(b[:i])
	}
	return ""
}

// number gives an unsigned number.
func (h *header) number(tag uint32) (uint64, bool) {
	b, v := h.from(tag, typeInt16, typeInt32, typeInt64)
	switch {
	case b == nil:
	case v.Type == typeInt16 && len(b) >= 2:
		return uint64(binary.BigEndian.Uint16(b)), true
	case v.Type == typeInt32 && len(b) >= 4:
		return uint64(binary.BigEndian.Uint32(b)), true
	case v.Type == typeInt64 && len(b) >= 8:
		return binary.BigEndian.Uint64(b), true
	}
	return 0, false
}

// bytes gives a value of bytes.
func (h *header) bytes(tag uint32) []byte {
	b, v := h.from(tag, typeBytes)
	if int64(v.Count) > int64(len(b)) {
		return nil
	}
	return b[:v.Count]
}
