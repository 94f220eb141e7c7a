package sign

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/demo"
)

// Statement signs a statement and gives the bundle. A key held in memory signs
// without randomness (RFC 6979, RFC 8032), so the same statement gives the same
// bundle; do not rely on it, other keys do not.
//
// The published demo key signs only what says that it is a demo, and such a
// statement is signed by no other key.
func Statement(key crypto.Signer, s *labels.Statement) ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	id, err := labels.KeyID(key.Public())
	if err != nil {
		return nil, err
	}
	if isDemo := id == demo.KeyID; isDemo != s.Predicate.Demo {
		return nil, errors.New("sign: the published demo key signs demo labels, and nothing else does")
	}
	payload, err := s.Payload()
	if err != nil {
		return nil, err
	}
	sig, err := signDSSE(key, labels.PAE(labels.PayloadType, payload))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return labels.NewBundle(id, payload, sig).Bytes()
}

// signDSSE works with any crypto.Signer, also one whose key is elsewhere, and
// verifies what it gave.
func signDSSE(key crypto.Signer, pae []byte) ([]byte, error) {
	hash, err := labels.KeyHash(key.Public())
	if err != nil {
		return nil, err
	}
	message := pae
	if hash != 0 {
		h := hash.New()
		h.Write(pae)
		message = h.Sum(nil)
	}
	sig, err := key.Sign(nil, message, hash)
	if err != nil {
		return nil, err
	}
	verifier, err := signature.LoadVerifier(key.Public(), hash)
	if err != nil {
		return nil, err
	}
	if err := verifier.VerifySignature(bytes.NewReader(sig), bytes.NewReader(pae)); err != nil {
		return nil, fmt.Errorf("the key gave a signature that does not verify: %w", err)
	}
	return sig, nil
}

// PublicKey writes a key's public half as PEM.
func PublicKey(key crypto.Signer) ([]byte, error) {
	return cryptoutils.MarshalPublicKeyToPEM(key.Public())
}
