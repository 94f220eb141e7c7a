package keys

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"path"
	"strings"
)

// AgeWord begins the secret keys of age.
const AgeWord = "AGE-SECRET-KEY-"

// How they begin on Curve25519, and those that resist quantum
// computers too (C2SP age.md, FiloSottile/age).
const (
	agePlain  = "AGE-SECRET-KEY-1"
	ageHybrid = "AGE-SECRET-KEY-PQ-1"
	ageFile   = "age-encryption.org/v1\n"
	ageArmour = "-----BEGIN AGE ENCRYPTED FILE-----"
)

// maxAge is the number of characters of a key of age.
const maxAge = 128

// ParseAge parses a secret key of age at its first letter, checksum and all; length is in
// bytes.
func ParseAge(text []byte) (key *Key, length int, ok bool) {
	for length < min(len(text), maxAge) && (IsBase64(text[length]) || text[length] == '-') {
		length++
	}
	word := string(text[:length])
	prefix, data, ok := bech32(word)
	if !ok || len(data) != curveKey || strings.ToUpper(word) != word {
		return nil, 0, false
	}
	switch prefix + "1" {
	case strings.ToLower(agePlain):
		private, err := ecdh.X25519().NewPrivateKey(data)
		if err != nil {
			return nil, 0, false
		}
		if key, ok = Of(private.PublicKey()); !ok {
			return nil, 0, false
		}
	case strings.ToLower(ageHybrid):
		key = &Key{Algorithm: "ML-KEM", Same: hiddenDigest(data)}
	default:
		return nil, 0, false
	}
	key.Private, key.Format = true, "age"
	return key, length, true
}

// bech32Letters are the values of the letters (BIP 173).
const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 decodes a word whose checksum holds.
func bech32(word string) (prefix string, data []byte, ok bool) {
	word = strings.ToLower(word)
	cut := strings.LastIndexByte(word, '1')
	if cut < 1 || len(word)-cut-1 < 6 {
		return "", nil, false
	}
	prefix = word[:cut]
	var fives []byte
	for i := range len(prefix) {
		fives = append(fives, prefix[i]>>5)
	}
	fives = append(fives, 0)
	for i := range len(prefix) {
		fives = append(fives, prefix[i]&31)
	}
	head := len(fives)
	for i := cut + 1; i < len(word); i++ {
		v := strings.IndexByte(bech32Letters, word[i])
		if v < 0 {
			return "", nil, false
		}
		fives = append(fives, byte(v))
	}
	return prefix, eights(fives[head : len(fives)-6]), bech32Sum(fives) == 1
}

// bech32Sum is the checksum over the values of five bits.
func bech32Sum(fives []byte) uint32 {
	sum := uint32(1)
	for _, v := range fives {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	return sum
}

// eights makes bytes of values of five bits.
func eights(fives []byte) []byte {
	var out []byte
	bits, n := uint32(0), 0
	for _, v := range fives {
		bits, n = bits<<5|uint32(v), n+5
		if n >= 8 {
			n -= 8
			out = append(out, byte(bits>>n))
		}
	}
	return out
}

// maxAgeIdentity is the size in bytes up to which a file that age encrypted may be
// the keys of a person or device rather than other data.
const maxAgeIdentity = 4 << 10

// parseAgeFile knows a short file that age encrypted with a passphrase, as it does
// with keys: its name or its length says so. What is encrypted for a key holds no key
// that opens it.
func parseAgeFile(name string, b []byte) (*Key, bool) {
	if len(b) > maxAgeIdentity {
		return nil, false
	}
	head := b
	if bytes.HasPrefix(b, []byte(ageArmour)) {
		text := bytes.TrimPrefix(b, []byte(ageArmour))
		text, _, _ = bytes.Cut(text, []byte("-----END"))
		letters := bytes.Join(bytes.Fields(text), nil)
		head = make([]byte, base64.StdEncoding.DecodedLen(len(letters)))
		if n, err := base64.StdEncoding.Decode(head, letters); err == nil {
			head = head[:n]
		}
	}
	rest, ok := bytes.CutPrefix(head, []byte(ageFile))
	if !ok || !bytes.HasPrefix(rest, []byte("-> scrypt ")) {
		return nil, false
	}
	name = strings.ToLower(path.Base(name))
	if len(b) > 1<<10 && !strings.Contains(name, "key") && !strings.Contains(name, "identit") {
		return nil, false
	}
	return closedStore("age", b), true
}
