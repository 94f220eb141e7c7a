package signature

import (
	"fmt"

	"github.com/assay-iot/assay/firmware"
)

// openPGPKey finds the number of the key in the subpackets of a signature of
// version 4 (RFC 9580, 5.2.3); it is a hint, and nothing verifies it.
func openPGPKey(s firmware.Signature) string {
	if s.KeyName != "" {
		return s.KeyName
	}
	body, ok := openPGPBody(s.Value)
	if !ok || len(body) < 6 || body[0] != 4 {
		return ""
	}
	at := 4
	for range 2 { // the hashed ones, then the others
		if at+2 > len(body) {
			return ""
		}
		n := int(body[at])<<8 | int(body[at+1])
		at += 2
		if at+n > len(body) {
			return ""
		}
		if id := issuer(body[at : at+n]); id != "" {
			return id
		}
		at += n
	}
	return ""
}

// openPGPBody is the content of the first packet, if that is a signature.
func openPGPBody(b []byte) ([]byte, bool) {
	if len(b) < 3 || b[0]&0x80 == 0 {
		return nil, false
	}
	tag, head, n := int(b[0]>>2&0xf), 0, 0
	switch {
	case b[0]&0x40 != 0 && b[1] < 192:
		tag, head, n = int(b[0]&0x3f), 2, int(b[1])
	case b[0]&0x40 != 0 && b[1] < 224:
		tag, head, n = int(b[0]&0x3f), 3, (int(b[1])-192)<<8+int(b[2])+192
	case b[0]&0x43 == 0:
		head, n = 2, int(b[1])
	case b[0]&0x43 == 1:
		head, n = 3, int(b[1])<<8|int(b[2])
	}
	if tag != 2 || head == 0 || head+n > len(b) {
		return nil, false
	}
	return b[head : head+n], true
}

// issuer looks through subpackets for the issuer (16) or its fingerprint (33).
func issuer(b []byte) string {
	for len(b) > 1 {
		n := int(b[0])
		if n == 0 || n >= 192 || n >= len(b) {
			return ""
		}
		switch kind, value := b[1]&0x7f, b[2:1+n]; {
		case kind == 16 && len(value) == 8:
			return fmt.Sprintf("%X", value)
		case kind == 33 && len(value) == 21:
			return fmt.Sprintf("%X", value[13:])
		}
		b = b[1+n:]
	}
	return ""
}
