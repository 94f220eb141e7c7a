package facts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// NumberSize is how many bytes a key's number has in a blocklist of badkeys.
const NumberSize = 15

// KeyNumber names a public key in SubjectPublicKeyInfo as the blocklists of
// badkeys (https://badkeys.info) do: by the first fifteen bytes, in hexadecimal, of
// the SHA-256 of its number. That is the modulus of RSA, x of a point, y of DSA and
// of Ed25519 the key itself, without leading zeros. It is empty for other keys.
func KeyNumber(spki []byte) string {
	if k, ok := parseSPKI(spki); ok {
		return k.Number
	}
	return ""
}

// keyNumber makes it of the bits of a public key.
func keyNumber(algorithm string, pub []byte) string {
	var number []byte
	switch algorithm {
	case "RSA":
		var k pkcs1Public
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
