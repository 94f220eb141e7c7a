package keys

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"

	"golang.org/x/crypto/blake2b"
)

// SignerWord is the first line of the keys of usign, signify and minisign.
const SignerWord = "untrusted comment:"

// Sizes in bytes of secret keys: usign.c of OpenWrt and signify.c of OpenBSD
// (algorithm, kdf, rounds, salt, checksum, number, key), and minisign.h (algorithm,
// kdf, checksum's kind, salt, two limits, number, key, checksum).
const (
	usignSecret    = 2 + 2 + 4 + 16 + 8 + 8 + ed25519.PrivateKeySize
	minisignSecret = 2 + 2 + 2 + 32 + 8 + 8 + 8 + ed25519.PrivateKeySize + 32
)

// ParseSigner parses a secret key at its comment; length is that of both lines.
func ParseSigner(text []byte) (key *Key, length int, ok bool) {
	first, rest, _ := bytes.Cut(text[:min(len(text), 4096)], []byte("\n"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	b, err := base64.StdEncoding.DecodeString(string(line))
	if err != nil || !bytes.HasPrefix(b, []byte("Ed")) {
		return nil, 0, false
	}
	switch len(b) {
	case usignSecret:
		key, ok = usignKey(b)
	case minisignSecret:
		key, ok = minisignKey(b)
	}
	return key, len(first) + 1 + len(line), ok
}

// usignKey reads a secret key of usign or signify, whose checksum is over the key as
// it is without a passphrase. No rounds mean that there is none.
func usignKey(b []byte) (*Key, bool) {
	if string(b[2:4]) != "BK" {
		return nil, false
	}
	rounds, sum, secret := b[4:8], b[24:32], b[40:]
	if !bytes.Equal(rounds, make([]byte, 4)) {
		return sealedSigner("signify", b)
	}
	whole := sha512.Sum512(secret)
	return openSigner("usign", secret, bytes.Equal(whole[:8], sum))
}

// minisignKey reads a secret key of minisign: scrypt, or no kdf and so no passphrase,
// where some versions leave the checksum out.
func minisignKey(b []byte) (*Key, bool) {
	if string(b[2:4]) == "Sc" {
		return sealedSigner("minisign", b)
	}
	number, secret, sum := b[54:62], b[62:126], b[126:]
	whole := blake2b.Sum256(bytes.Join([][]byte{b[:2], number, secret}, nil))
	sums := bytes.Equal(whole[:], sum) || bytes.Equal(sum, make([]byte, len(sum)))
	return openSigner("minisign", secret, sums && b[2] == 0 && b[3] == 0)
}

func openSigner(format string, secret []byte, sums bool) (*Key, bool) {
	private := ed25519.NewKeyFromSeed(secret[:ed25519.SeedSize])
	if !sums || !bytes.Equal(private, secret) {
		return nil, false
	}
	key, ok := Of(private.Public())
	if ok {
		key.Private, key.Format = true, format
	}
	return key, ok
}

func sealedSigner(format string, b []byte) (*Key, bool) {
	return &Key{Private: true, Encrypted: true, Format: format, Algorithm: "Ed25519", Same: digest(b)}, true
}
