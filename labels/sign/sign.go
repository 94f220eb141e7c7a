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
	return bundle(key, s.Predicate.Demo, s.Payload)
}

// Attestation signs an assessment, whatever its verdict, and gives the bundle. The
// demo key is held apart as for [Statement].
func Attestation(key crypto.Signer, s *labels.Attestation) ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return bundle(key, s.Predicate.Demo, s.Payload)
}

func bundle(key crypto.Signer, isDemo bool, payload func() ([]byte, error)) ([]byte, error) {
	id, err := labels.KeyID(key.Public())
	if err != nil {
		return nil, err
	}
	if (id == demo.KeyID) != isDemo {
		return nil, errors.New("sign: the published demo key signs demo labels, and nothing else does")
	}
	data, err := payload()
	if err != nil {
		return nil, err
	}
	sig, err := Message(key, labels.PAE(labels.PayloadType, data))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return labels.NewBundle(id, data, sig).Bytes()
}

// Message signs a message, such as a pre-authentication encoding, with the hash
// that goes with the key. It works with any crypto.Signer, also one whose key is
// elsewhere, and verifies what that gave.
func Message(key crypto.Signer, message []byte) ([]byte, error) {
	hash, err := labels.KeyHash(key.Public())
	if err != nil {
		return nil, err
	}
	digest := message
	if hash != 0 {
		h := hash.New()
		h.Write(message)
		digest = h.Sum(nil)
	}
	sig, err := key.Sign(nil, digest, hash)
	if err != nil {
		return nil, err
	}
	verifier, err := signature.LoadVerifier(key.Public(), hash)
	if err != nil {
		return nil, err
	}
	if err := verifier.VerifySignature(bytes.NewReader(sig), bytes.NewReader(message)); err != nil {
		return nil, fmt.Errorf("the key gave a signature that does not verify: %w", err)
	}
	return sig, nil
}

// PublicKey writes a key's public half as PEM.
func PublicKey(key crypto.Signer) ([]byte, error) {
	return cryptoutils.MarshalPublicKeyToPEM(key.Public())
}
