package nordic

import (
	"encoding/binary"
	"fmt"
)

// maxFields is how many fields a message has at most.
const maxFields = 1024

// field is a field of a message of Protocol Buffers: a number, or bytes.
type field struct {
	number int
	value  uint64
	bytes  []byte
	off    int // of the bytes, in the whole packet
	packed bool
}

// message splits a message into its fields. off is where it stands in the packet.
func message(b []byte, off int) (fields []field, err error) {
	at := 0
	varint := func() uint64 {
		v, n := binary.Uvarint(b[at:])
		if n <= 0 {
			err = fmt.Errorf("at 0x%x: a number without an end", off+at)
			return 0
		}
		at += n
		return v
	}
	for at < len(b) && err == nil {
		key := varint()
		f := field{number: int(key >> 3 & 0xffff)}
		switch key & 7 {
		case 0:
			f.value = varint()
		case 2:
			n := varint()
			if n > uint64(len(b)-at) {
				return nil, fmt.Errorf("at 0x%x: %d bytes, the message ends before", off+at, n)
			}
			f.bytes, f.off, f.packed = b[at:at+int(n)], off+at, true
			at += int(n)
		default:
			return nil, fmt.Errorf("at 0x%x: a field of a kind that does not belong here", off+at)
		}
		if fields = append(fields, f); len(fields) > maxFields {
			return nil, fmt.Errorf("at 0x%x: more than %d fields", off+at, maxFields)
		}
	}
	return fields, err
}

// single gives the one field of a number. Two of them are a trap: readers differ
// in which they take.
func single(fields []field, number int) (f field, ok bool, err error) {
	for _, g := range fields {
		if g.number == number {
			if ok {
				return f, true, fmt.Errorf("field %d is there twice", number)
			}
			f, ok = g, true
		}
	}
	return f, ok, nil
}

// numbers gives a repeated number, packed or not.
func numbers(fields []field, number int) (all []uint64) {
	for _, f := range fields {
		if f.number != number {
			continue
		}
		if !f.packed {
			all = append(all, f.value)
			continue
		}
		for b := f.bytes; len(b) > 0; {
			v, n := binary.Uvarint(b)
			if n <= 0 {
				break
			}
			all, b = append(all, v), b[n:]
		}
	}
	return all
}
