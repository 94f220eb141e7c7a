package keys

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// NumberSize is how many bytes a key's number has in a blocklist of badkeys.
const NumberSize = 15

// Number names a public key in SubjectPublicKeyInfo as the blocklists of
// badkeys (https://badkeys.info) do: by the first fifteen bytes, in hexadecimal, of
// the SHA-256 of its number. That is the modulus of RSA, x of a point, y of DSA and
// of Ed25519 the key itself, without leading zeros. It is empty for other keys.
func Number(spki []byte) string {
	if k, ok := ParseSPKI(spki); ok {
		return k.Number
	}
	return ""
}

// numberOf makes it of the bits of a public key.
func numberOf(algorithm string, pub []byte) string {
	var number []byte
	switch algorithm {
	case "RSA":
		var k RSAPublic
		if !unmarshal(pub, &k) {
			return ""
		}
		number = k.N.Bytes()
	case "EC":
		if len(pub) == 0 {
			return ""
		}
		number = pub[1:]
		if pub[0] == 4 { // not compressed: y follows
			number = number[:len(number)/2]
		}
	case "DSA":
		y := new(big.Int)
		if !unmarshal(pub, &y) {
			return ""
		}
		number = y.Bytes()
	default:
		number = pub
	}
	sum := sha256.Sum256(bytes.TrimLeft(number, "\x00"))
	return hex.EncodeToString(sum[:NumberSize])
}
