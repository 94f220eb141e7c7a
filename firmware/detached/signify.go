package detached

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// The texts of signify, usign and minisign: a comment, then base64 of two letters,
// eight bytes that number the key, and the signature or the key. minisign adds a
// trusted comment and a signature over the signature and that comment.
const (
	untrusted = "untrusted comment:"
	trusted   = "trusted comment: "
	numbered  = 2 + 8

	plainEd25519 = "Ed" // over the bytes
	prehashed    = "ED" // over the BLAKE2b-512 of the bytes
	maxSignify   = 8 << 10
)

var errNoSignify = errors.New("no text of signify, usign or minisign")

// IsSignify reports whether bytes are such a text.
func IsSignify(b []byte) bool {
	return len(b) <= maxSignify && strings.HasPrefix(string(b[:min(len(b), len(untrusted))]), untrusted)
}

// payload decodes the line after the comment.
func payload(text string, size int) (raw []byte, rest string, err error) {
	if !IsSignify([]byte(text)) {
		return nil, "", errNoSignify
	}
	_, text, _ = strings.Cut(text, "\n")
	line, rest, _ := strings.Cut(text, "\n")
	raw, err = base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return nil, "", fmt.Errorf("the second line is no base64: %w", err)
	}
	if len(raw) != numbered+size {
		return nil, "", fmt.Errorf("%d bytes, %d are wanted", len(raw), numbered+size)
	}
	return raw, rest, nil
}

// number is the number of a key as the tool writes it: minisign takes it as
// little endian.
func number(raw []byte, reversed bool) string {
	id := append([]byte(nil), raw[2:numbered]...)
	if reversed {
		for i := range 4 {
			id[i], id[7-i] = id[7-i], id[i]
		}
		return strings.ToUpper(hex.EncodeToString(id))
	}
	return hex.EncodeToString(id)
}

// Signify reads a signature. Its Message is left to the caller: the bytes that it
// is over, or for Ed25519ph their BLAKE2b-512. Of minisign's there is a second one,
// over the first and the trusted comment, whose Message is set.
func Signify(kind string, text []byte) ([]format.Signature, error) {
	raw, rest, err := payload(string(text), ed25519.SignatureSize)
	if err != nil {
		return nil, err
	}
	comment, isMinisign := strings.CutPrefix(rest, trusted)
	s := format.Signature{
		Kind: kind, Length: int64(len(text)), Value: raw[numbered:], KeyName: number(raw, isMinisign),
		Algorithm: format.Ed25519,
	}
	switch string(raw[:2]) {
	case plainEd25519:
	case prehashed:
		s.Algorithm = format.Ed25519ph
	default:
		s.Algorithm, s.Problem = string(raw[:2]), "a signature of an unknown kind"
	}
	if !isMinisign {
		return []format.Signature{s}, nil
	}
	comment, second, _ := strings.Cut(comment, "\n")
	value, err := base64.StdEncoding.DecodeString(strings.TrimSpace(second))
	c := format.Signature{
		Kind: kind, Name: "trusted comment", Length: int64(len(text)), Value: value, KeyName: s.KeyName,
		Algorithm: format.Ed25519, Message: append(append([]byte(nil), s.Value...), comment...),
	}
	if err != nil || len(value) != ed25519.SignatureSize {
		c.Problem = "the trusted comment has no signature"
	}
	return []format.Signature{s, c}, nil
}

// SignifyKey reads a public key and gives it as SubjectPublicKeyInfo, with its
// number as signatures name it.
func SignifyKey(text []byte) (key []byte, name string, err error) {
	raw, _, err := payload(string(text), ed25519.PublicKeySize)
	if err != nil {
		return nil, "", err
	}
	if string(raw[:2]) != plainEd25519 {
		return nil, "", fmt.Errorf("a key of the kind %q", raw[:2])
	}
	key, err = x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw[numbered:]))
	return key, number(raw, strings.HasPrefix(string(text), untrusted+" minisign")), err
}
