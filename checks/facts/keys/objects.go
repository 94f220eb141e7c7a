package keys

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// JWKWord stands in every JSON Web Key (RFC 7517, 4.1).
const JWKWord = `"kty"`

// maxJWK is the size in bytes of a key as a JSON object.
const maxJWK = 32 << 10

// ParseJWK parses the JSON Web Key around a place: a private one has the member d.
func ParseJWK(content []byte, at int) (key *Key, from, length int, ok bool) {
	from = max(0, at-maxJWK)
	i := bytes.LastIndexByte(content[from:at], '{')
	if i < 0 {
		return nil, 0, 0, false
	}
	from += i
	var k struct{ Kty, Crv, N, E, D, P, Q string }
	d := json.NewDecoder(bytes.NewReader(content[from:min(len(content), from+maxJWK)]))
	if d.Decode(&k) != nil || k.D == "" {
		return nil, 0, 0, false
	}
	private := unurl(k.D)
	switch {
	case k.Kty == "RSA":
		n, e := new(big.Int).SetBytes(unurl(k.N)), new(big.Int).SetBytes(unurl(k.E))
		if saneRSA(n, e) && len(private) <= maxKeyBits/8 && undoes(n, e, new(big.Int).SetBytes(private)) {
			key = rsaKey(n, e)
		}
	case k.Kty == "EC":
		for _, c := range curves {
			if c.name == k.Crv && len(private) > 0 && len(private) <= (c.bits+7)/8 {
				key, _ = ecKey(c.oid, ecPoint(c.oid, private))
			}
		}
	case k.Crv == "Ed25519" && len(private) == ed25519.SeedSize:
		key, _ = Of(ed25519.NewKeyFromSeed(private).Public())
	}
	if key == nil {
		return nil, 0, 0, false
	}
	key.Private, key.Format = true, "JSON Web Key"
	return key, from, int(d.InputOffset()), true
}

// unurl decodes base64 in the form for addresses; nothing where it is none.
func unurl(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil
	}
	return b
}

// PuTTYWord begins a key file of PuTTY, of version 2 or 3.
const PuTTYWord = "PuTTY-User-Key-File-"

// maxPuTTY is the size in bytes of such a file.
const maxPuTTY = 16 << 10

// ParsePuTTY parses a private key of PuTTY (its manual, appendix C).
func ParsePuTTY(text []byte) (key *Key, length int, ok bool) {
	lines := strings.Split(string(text[:min(len(text), maxPuTTY)]), "\n")
	encrypted := false
	var public, private []byte
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], "\r")
		name, value, _ := strings.Cut(line, ": ")
		length += len(lines[i]) + 1
		switch name {
		case "Encryption":
			encrypted = value != "none"
		case "Public-Lines", "Private-Lines":
			n, ok := lineCount(value)
			if !ok || i+n >= len(lines) {
				return nil, 0, false
			}
			joined := strings.Join(lines[i+1:i+1+n], "\n")
			b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.ReplaceAll(joined, "\r", ""), "\n", ""))
			if err != nil {
				return nil, 0, false
			}
			length, i = length+len(joined)+1, i+n
			if name == "Public-Lines" {
				public = b
				continue
			}
			private = b
		case "Private-MAC":
			key, ok = puttyKey(public, private, encrypted)
			return key, min(length, len(text)), ok
		}
	}
	return nil, 0, false
}

// lineCount reads how many lines follow: digits alone, and at least one line.
func lineCount(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return int(n), err == nil && n > 0
}

func puttyKey(public, private []byte, encrypted bool) (*Key, bool) {
	pub, err := ssh.ParsePublicKey(public)
	if err != nil || len(private) < ed25519.SeedSize {
		return nil, false
	}
	key, ok := OfSSH(pub)
	if !ok || !encrypted && !puttyFits(key, private) {
		return nil, false
	}
	key.Private, key.Encrypted, key.Format = true, encrypted, "PuTTY"
	return key, true
}

// puttyFits reports whether the private numbers of a key are those of its public half,
// for RSA, and whole for the others.
func puttyFits(key *Key, private []byte) bool {
	r := &sshReader{rest: private}
	if key.rsa == nil {
		return len(r.bytes()) >= 20
	}
	_, p, q := r.number(), r.number(), r.number()
	return !r.bad && new(big.Int).Mul(p, q).Cmp(key.rsa.N) == 0
}
