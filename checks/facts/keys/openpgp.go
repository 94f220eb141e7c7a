package keys

import (
	"bytes"

	"github.com/assay-iot/assay/firmware/openpgp"
)

// maxKeyRing is the size in bytes of a file of OpenPGP packets or a key store.
const maxKeyRing = 1 << 20

// beginsOpenPGP reports whether bytes begin with a secret key packet of OpenPGP, in
// the old form or the new one (RFC 9580, 4.2).
func beginsOpenPGP(b []byte) bool { return len(b) > 0 && (b[0]&0xfc == 0x94 || b[0] == 0xc5) }

// parseOpenPGP finds the secret key in packets of OpenPGP: the first that is not
// behind a passphrase, else the first. Packets that only say that the key is on a
// card are none.
func parseOpenPGP(b []byte) (*Key, bool) {
	if len(b) > maxKeyRing || !beginsOpenPGP(b) {
		return nil, false
	}
	packets, err := openpgp.Packets(b)
	if err != nil {
		return nil, false
	}
	var found *Key
	for _, p := range packets {
		if p.Kind != openpgp.SecretKeyPacket && p.Kind != openpgp.SecretSubkeyPacket {
			continue
		}
		s, err := openpgp.ParseSecret(p.Body)
		if err != nil || s.Absent || found != nil && s.Locked {
			continue
		}
		found = openPGPKey(s, p.Body)
		if !s.Locked {
			break
		}
	}
	return found, found != nil
}

func openPGPKey(s *openpgp.Secret, body []byte) *Key {
	key, ok := Of(s.Key.Public)
	if !ok {
		key = &Key{Algorithm: openpgp.AlgorithmName(s.Key.Algorithm), Same: hiddenDigest(body)}
	}
	key.Private, key.Encrypted, key.Format = true, s.Locked, "OpenPGP"
	return key
}

// gcryptNames begin the files in which GnuPG keeps one secret key each: canonical
// S-expressions, the first of them behind a passphrase.
var gcryptNames = [][]byte{[]byte("(21:protected-private-key(3:"), []byte("(11:private-key(3:"), []byte("(11:private-key(5:")}

// parseGcrypt reads such a file: lists and counted strings, to the last byte.
func parseGcrypt(b []byte) (*Key, bool) {
	if len(b) > MaxDER || len(b) == 0 || b[0] != '(' {
		return nil, false
	}
	for i, name := range gcryptNames {
		if !bytes.HasPrefix(b, name) || !balanced(b) {
			continue
		}
		return &Key{Private: true, Encrypted: i == 0, Format: "GnuPG", Same: hiddenDigest(b)}, true
	}
	return nil, false
}

// balanced reports whether bytes are one list of a canonical S-expression.
func balanced(b []byte) bool {
	depth, length := 0, 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return len(bytes.TrimRight(b[i+1:], "\x00\n")) == 0
			}
		case c >= '0' && c <= '9' && length < MaxDER:
			length = length*10 + int(c-'0')
			continue
		case c == ':':
			if i += length; i >= len(b) {
				return false
			}
		default:
			return false
		}
		length = 0
	}
	return false
}
