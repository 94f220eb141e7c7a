package log

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const ed25519Note = 1 // the algorithm's number in a signed note

// Signer signs checkpoints with an Ed25519 key, wherever it lies, as the log
// called origin.
func Signer(key crypto.Signer, origin string) (note.Signer, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok || len(public) != ed25519.PublicKeySize {
		return nil, errors.New("a log signs with an Ed25519 key")
	}
	s := &signer{name: origin, hash: keyHash(origin, public), key: key}
	if _, err := note.NewVerifier(VerifierKey(public, origin)); err != nil {
		return nil, fmt.Errorf("log %q: %w", origin, err)
	}
	return s, nil
}

// VerifierKey writes the public half, as a policy names it.
func VerifierKey(public ed25519.PublicKey, origin string) string {
	data := append([]byte{ed25519Note}, public...)
	return fmt.Sprintf("%s+%08x+%s", origin, keyHash(origin, public), base64.StdEncoding.EncodeToString(data))
}

// Name is the origin that a verifier key names; empty if it is no such key.
func Name(key string) string {
	v, err := note.NewVerifier(key)
	if err != nil || strings.ContainsAny(key, "\r\n") { // which base64 leaves out
		return ""
	}
	return v.Name()
}

func keyHash(origin string, public ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(origin + "\n"))
	h.Write(append([]byte{ed25519Note}, public...))
	return binary.BigEndian.Uint32(h.Sum(nil))
}

type signer struct {
	name string
	hash uint32
	key  crypto.Signer
}

func (s *signer) Name() string    { return s.name }
func (s *signer) KeyHash() uint32 { return s.hash }
func (s *signer) Sign(msg []byte) ([]byte, error) {
	return s.key.Sign(nil, msg, crypto.Hash(0))
}
