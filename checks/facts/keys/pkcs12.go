package keys

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"
	"slices"
	"unicode/utf16"
)

var (
	oidPKCS7Data      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidKeyBag         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShroudedKeyBag = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidSHA1           = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
)

// pfx is the outer structure of a PKCS #12 file (RFC 7292, 4).
type pfx struct {
	Version  int
	AuthSafe contentInfo
	Mac      struct {
		Sum struct {
			Algorithm pkix.AlgorithmIdentifier
			Digest    []byte
		}
		Salt       []byte
		Iterations int `asn1:"optional,default:1"`
	} `asn1:"optional"`
}

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0,optional"`
}

type safeBag struct {
	ID         asn1.ObjectIdentifier
	Value      asn1.RawValue   `asn1:"explicit,tag:0"`
	Attributes []asn1.RawValue `asn1:"set,optional"`
}

// readPFX gives the outer structure and what its MAC is about.
func readPFX(der []byte) (f pfx, safe []byte, ok bool) {
	ok = unmarshal(der, &f) && f.Version == 3 && f.AuthSafe.Type.Equal(oidPKCS7Data) && unmarshal(f.AuthSafe.Content.Bytes, &safe)
	return f, safe, ok
}

// parsePKCS12 finds the private key of a PKCS #12 file. A file of certificates
// alone is none; one whose parts are all encrypted does not tell.
func parsePKCS12(der []byte) (*Key, bool) {
	_, safe, ok := readPFX(der)
	var parts []contentInfo
	if !ok || !unmarshal(safe, &parts) {
		return nil, false
	}
	if len(parts) > 0 && !slices.ContainsFunc(parts, func(p contentInfo) bool { return p.Type.Equal(oidPKCS7Data) }) {
		return closedStore("PKCS#12", der), true
	}
	for _, p := range parts {
		var bags []safeBag
		var data []byte
		if !p.Type.Equal(oidPKCS7Data) || !unmarshal(p.Content.Bytes, &data) || !unmarshal(data, &bags) {
			continue
		}
		for _, b := range bags {
			key, ok := b.key(der)
			if !ok {
				continue
			}
			if key.Encrypted {
				key.sealed = bytes.Clone(der)
			}
			key.Private, key.Format = true, "PKCS#12"
			return key, true
		}
	}
	return nil, false
}

// key is the private key of a bag.
func (b safeBag) key(file []byte) (*Key, bool) {
	switch {
	case b.ID.Equal(oidKeyBag):
		return parsePKCS8(b.Value.Bytes)
	case b.ID.Equal(oidShroudedKeyBag):
		if key, ok := parseEncryptedPKCS8(b.Value.Bytes); ok {
			key.Same = digest(file)
			return key, true
		}
	}
	return nil, false
}

// maxPKCS12Rounds bounds what one passphrase costs.
const maxPKCS12Rounds = 20000

// knownPassphrases are those that tools and manuals put there.
var knownPassphrases = []string{"", "changeit", "password", "changeme", "secret", "1234", "12345", "123456", "12345678", "admin", "test", "pass", "default", "root", "notasecret", "qwerty", "keystore"}

// opensWithKnown reports whether a well-known passphrase, which protects
// nothing, makes the file's MAC (RFC 7292, appendix A) or a key store's digest.
func opensWithKnown(der []byte) bool {
	if isKeyStore(der) {
		return keyStoreOpens(der)
	}
	if len(der) > bouncyHeader && isBouncy(der) {
		return bouncyOpens(der)
	}
	f, safe, ok := readPFX(der)
	hashes := map[string]func() hash.Hash{oidSHA1.String(): sha1.New, oidSHA256.String(): sha256.New}
	h := hashes[f.Mac.Sum.Algorithm.Algorithm.String()]
	if !ok || h == nil || f.Mac.Iterations < 1 || f.Mac.Iterations > maxPKCS12Rounds || len(f.Mac.Salt) == 0 || len(f.Mac.Salt) > 1024 {
		return false
	}
	for _, p := range knownPassphrases {
		mac := hmac.New(h, pkcs12Key(h, p, f.Mac.Salt, f.Mac.Iterations))
		mac.Write(safe)
		if subtle.ConstantTimeCompare(mac.Sum(nil), f.Mac.Sum.Digest) == 1 {
			return true
		}
	}
	return false
}

// pkcs12Key derives a key for a MAC: RFC 7292, B.2, with ID 3. The key is as
// long as the hash, so one block is enough.
func pkcs12Key(h func() hash.Hash, passphrase string, salt []byte, rounds int) []byte {
	block := h().BlockSize()
	fill := func(b []byte) []byte {
		if len(b) == 0 {
			return nil
		}
		out := make([]byte, (len(b)+block-1)/block*block)
		for i := range out {
			out[i] = b[i%len(b)]
		}
		return out
	}
	var text []byte
	for _, u := range append(utf16.Encode([]rune(passphrase)), 0) {
		text = append(text, byte(u>>8), byte(u))
	}
	id := make([]byte, block)
	for i := range id {
		id[i] = 3
	}
	sum := h()
	sum.Write(id)
	sum.Write(fill(salt))
	sum.Write(fill(text))
	key := sum.Sum(nil)
	for range rounds - 1 {
		sum.Reset()
		sum.Write(key)
		key = sum.Sum(key[:0])
	}
	return key
}
