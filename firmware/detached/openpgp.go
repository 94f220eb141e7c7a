package detached

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Packets of OpenPGP (RFC 9580).
const (
	packetSignature = 2
	pgpHeader       = "-----BEGIN PGP SIGNATURE-----"
	pgpFooter       = "-----END PGP SIGNATURE-----"

	subpacketIssuer      = 16
	subpacketFingerprint = 33
)

// IsOpenPGP reports whether bytes are a detached signature of OpenPGP, as they
// are or in ASCII armour.
func IsOpenPGP(b []byte) bool {
	p, ok := Packets(b)
	return ok && len(p) > 0
}

// Packets gives the signature packets that bytes consist of, without armour.
func Packets(b []byte) ([][]byte, bool) {
	if bytes.HasPrefix(bytes.TrimLeft(b, " \r\n"), []byte(pgpHeader)) {
		var ok bool
		if b, ok = unarmour(string(b)); !ok {
			return nil, false
		}
	}
	var all [][]byte
	for len(b) > 0 && len(all) < maxElements {
		head, length, ok := packet(b)
		if !ok || length > len(b)-head || length < 4 {
			return all, false
		}
		version := b[head]
		if version < 3 || version > 6 {
			return all, false
		}
		all = append(all, b[:head+length])
		b = b[head+length:]
	}
	return all, true
}

// packet reads the header of a signature packet.
func packet(b []byte) (head, length int, ok bool) {
	if len(b) < 6 || b[0]&0x80 == 0 {
		return 0, 0, false
	}
	if b[0]&0x40 == 0 { // the old format
		if b[0]>>2&0xf != packetSignature {
			return 0, 0, false
		}
		switch b[0] & 3 {
		case 0:
			return 2, int(b[1]), true
		case 1:
			return 3, int(b[1])<<8 | int(b[2]), true
		case 2:
			return 5, int(b[1])<<24 | int(b[2])<<16 | int(b[3])<<8 | int(b[4]), true
		}
		return 0, 0, false
	}
	switch first := int(b[1]); {
	case b[0]&0x3f != packetSignature:
	case first < 192:
		return 2, first, true
	case first < 224:
		return 3, (first-192)<<8 + int(b[2]) + 192, true
	case first == 255:
		return 6, int(b[2])<<24 | int(b[3])<<16 | int(b[4])<<8 | int(b[5]), true
	}
	return 0, 0, false
}

// unarmour reads the base64 between header and footer.
func unarmour(s string) ([]byte, bool) {
	_, s, _ = strings.Cut(s, pgpHeader)
	s, _, found := strings.Cut(s, pgpFooter)
	var text strings.Builder
	body := false
	for i, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" && i > 0:
			body = true
		case body && !strings.HasPrefix(line, "="): // a checksum
			text.WriteString(line)
		}
	}
	b, err := base64.StdEncoding.DecodeString(text.String())
	return b, found && err == nil && len(b) > 0
}

// Issuer is the fingerprint or the number of the key that a signature packet
// names, in hexadecimal.
func Issuer(p []byte) string {
	head, _, ok := packet(p)
	if !ok || len(p) < head+19 {
		return ""
	}
	body := p[head:]
	if body[0] == 3 {
		return hex.EncodeToString(body[7:15])
	}
	wide := 2
	if body[0] == 6 {
		wide = 4
	}
	rest, id := body[4:], ""
	for range 2 { // the hashed ones, then the others
		if len(rest) < wide {
			break
		}
		n := 0
		for _, c := range rest[:wide] {
			n = n<<8 | int(c)
		}
		if rest = rest[wide:]; n > len(rest) {
			break
		}
		if found := issuer(rest[:n]); len(found) > len(id) {
			id = found
		}
		rest = rest[n:]
	}
	return id
}

// issuer looks through subpackets.
func issuer(b []byte) string {
	id := ""
	for len(b) > 1 {
		head, n := 1, int(b[0])
		switch {
		case n >= 192 && n < 255:
			head, n = 2, (n-192)<<8+int(b[1])+192
		case n == 255:
			if len(b) < 5 {
				return id
			}
			head, n = 5, int(b[1])<<24|int(b[2])<<16|int(b[3])<<8|int(b[4])
		}
		if n < 1 || n > len(b)-head {
			return id
		}
		sub := b[head : head+n]
		switch {
		case sub[0]&0x7f == subpacketFingerprint && n > 2:
			return hex.EncodeToString(sub[2:])
		case sub[0]&0x7f == subpacketIssuer:
			id = hex.EncodeToString(sub[1:])
		}
		b = b[head+n:]
	}
	return id
}
