package signature

import "encoding/binary"

// The little of CBOR (RFC 8949) that a COSE_Sign1 needs: definite lengths only.

// cborItem reads the head of an item: its major type, its number, what follows.
func cborItem(b []byte) (major byte, n uint64, rest []byte, err error) {
	if len(b) == 0 {
		return 0, 0, nil, errCOSE
	}
	major, low := b[0]>>5, b[0]&0x1f
	if low < 24 {
		return major, uint64(low), b[1:], nil
	}
	size := 1 << (low - 24)
	if low > 27 || len(b) < 1+size {
		return 0, 0, nil, errCOSE
	}
	var wide [8]byte
	copy(wide[8-size:], b[1:1+size])
	return major, binary.BigEndian.Uint64(wide[:]), b[1+size:], nil
}

// cborBytes reads a string of bytes.
func cborBytes(b []byte) (value, rest []byte, err error) {
	major, n, rest, err := cborItem(b)
	if err != nil || major != 2 || n > uint64(len(rest)) {
		return nil, nil, errCOSE
	}
	return rest[:n:n], rest[n:], nil
}

// maxDepth is how deep items may be nested.
const maxDepth = 16

// cborSkip gives what follows an item.
func cborSkip(b []byte, depth int) ([]byte, error) {
	major, n, rest, err := cborItem(b)
	if err != nil || depth > maxDepth {
		return nil, errCOSE
	}
	switch major {
	case 0, 1, 7:
		return rest, nil
	case 2, 3:
		if n > uint64(len(rest)) {
			return nil, errCOSE
		}
		return rest[n:], nil
	case 5:
		if n > uint64(len(rest)) {
			return nil, errCOSE
		}
		n *= 2
	case 6:
		n = 1
	}
	for ; n > 0; n-- {
		if rest, err = cborSkip(rest, depth+1); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// cborHead is the head of an item.
func cborHead(major byte, n int) []byte {
	switch {
	case n < 24:
		return []byte{major<<5 | byte(n)}
	case n < 1<<8:
		return []byte{major<<5 | 24, byte(n)}
	case n < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{major<<5 | 25}, uint16(n))
	}
	return binary.BigEndian.AppendUint32([]byte{major<<5 | 26}, uint32(n))
}
