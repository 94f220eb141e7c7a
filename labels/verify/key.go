package verify

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/assay-iot/assay/labels"
)

// Key is a public key whose labels are trusted.
type Key struct {
	ID     string // as in the bundle's hint
	Public crypto.PublicKey
	Issuer string // keys with the same name here are of one issuer; a key without stands alone

	// When the key may sign status lists: Until is the first moment in which it is
	// over. Zero times set no bound. What labels it may sign is for a policy.
	From, Until time.Time

	hash crypto.Hash
}

// maxKeyFile is the size of the largest public key file that is read.
const maxKeyFile = 16 << 10

// ParseKey reads one public key from PEM. It refuses keys that cannot sign
// labels: other curves, other algorithms, wrong lengths.
func ParseKey(file []byte) (Key, error) {
	if len(file) > maxKeyFile {
		return Key{}, fmt.Errorf("public key: %d bytes, more than %d", len(file), maxKeyFile)
	}
	block, rest := pem.Decode(file)
	switch {
	case block == nil:
		return Key{}, errors.New("public key: not PEM")
	case len(bytes.TrimSpace(rest)) > 0:
		return Key{}, fmt.Errorf("public key: more behind the key at byte %d", len(file)-len(rest))
	case block.Type != "PUBLIC KEY":
		return Key{}, fmt.Errorf("public key: this is a %q, want a \"PUBLIC KEY\"", block.Type)
	}
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("public key: %w", err)
	}
	return NewKey(pub)
}

// NewKey makes a Key of a public key, with the same refusals as [ParseKey].
func NewKey(pub crypto.PublicKey) (Key, error) {
	hash, err := labels.KeyHash(pub)
	if err != nil {
		return Key{}, fmt.Errorf("public key: %w", err)
	}
	id, err := labels.KeyID(pub)
	if err != nil {
		return Key{}, err
	}
	return Key{ID: id, Public: pub, hash: hash}, nil
}

// valid reports whether the key may sign at a time.
func (k Key) valid(at time.Time) bool {
	return (k.From.IsZero() || !at.Before(k.From)) && (k.Until.IsZero() || at.Before(k.Until))
}

// Verifies reports whether sig is the key's signature over message: for ECDSA
// in DER, as bundles have it.
func (k Key) Verifies(message, sig []byte) bool {
	switch pub := k.Public.(type) {
	case *ecdsa.PublicKey:
		h := k.hash.New()
		h.Write(message)
		return ecdsa.VerifyASN1(pub, h.Sum(nil), sig)
	case ed25519.PublicKey:
		return ed25519.Verify(pub, message, sig)
	}
	return false
}
