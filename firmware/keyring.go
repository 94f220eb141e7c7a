package firmware

import "encoding/binary"

// The packets of a ring of public keys (RFC 9580, section 5).
const (
	packetSignature = 2
	packetPublicKey = 6
	packetTrust     = 12
	packetUserID    = 13
	packetSubkey    = 14
	packetAttribute = 17
)

// isKeyring reports whether a file is a ring of OpenPGP public keys and nothing
// else: packets from the first byte to the last, each of a kind that such a ring
// has, with a key at the start. Key numbers look like encrypted data otherwise.
func isKeyring(content []byte) bool {
	keys, names := 0, 0
	for len(content) > 0 {
		tag, body, rest, ok := openPGPPacket(content)
		if !ok || keys == 0 && tag != packetPublicKey {
			return false
		}
		switch tag {
		case packetPublicKey, packetSubkey, packetSignature:
			if len(body) < 6 || body[0] < 2 || body[0] > 6 { // the version
				return false
			}
			if tag == packetPublicKey {
				keys++
			}
		case packetUserID:
			if names++; !isText(body) {
				return false
			}
		case packetTrust, packetAttribute:
			if len(body) > 64<<10 {
				return false
			}
		default:
			return false
		}
		content = rest
	}
	return keys > 0 && names > 0
}

// openPGPPacket reads a packet whose length is known, in the old form or the new.
func openPGPPacket(b []byte) (tag int, body, rest []byte, ok bool) {
	if len(b) < 2 || b[0]&0x80 == 0 {
		return 0, nil, nil, false
	}
	head, n := 0, 0
	wide := func(at, size int) {
		if len(b) >= at+size {
			head = at + size
			n = int(binary.BigEndian.Uint32(append(make([]byte, 4-size, 4), b[at:at+size]...)))
		}
	}
	if b[0]&0x40 == 0 {
		tag = int(b[0] >> 2 & 0xf)
		if size := b[0] & 3; size < 3 {
			wide(1, 1<<size)
		}
	} else {
		tag = int(b[0] & 0x3f)
		switch l := int(b[1]); {
		case l < 192:
			head, n = 2, l
		case l < 224 && len(b) > 2:
			head, n = 3, (l-192)<<8+int(b[2])+192
		case l == 255:
			wide(2, 4)
		}
	}
	if head == 0 || n < 0 || n > len(b)-head {
		return 0, nil, nil, false
	}
	return tag, b[head : head+n], b[head+n:], true
}
