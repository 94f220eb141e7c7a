package cose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	_ "crypto/sha256" // for crypto.SHA256
	_ "crypto/sha512" // for crypto.SHA384
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// Algorithm is a COSE algorithm (RFC 9053, sections 2.1 and 2.2).
type Algorithm int64

// The algorithms. ES256 is the default: every phone, every key store and every
// reader has it.
const (
	ES256 Algorithm = -7  // ECDSA with SHA-256; here on P-256 only
	EdDSA Algorithm = -8  // here with Ed25519 only
	ES384 Algorithm = -35 // ECDSA with SHA-384; here on P-384 only
)

// kind is what an algorithm is here: RFC 9053 leaves the curve open, this does
// not.
type kind struct {
	curve elliptic.Curve // nil for EdDSA
	hash  crypto.Hash
	size  int // of the signature, in bytes
}

var algorithms = map[Algorithm]kind{
	ES256: {elliptic.P256(), crypto.SHA256, 64},
	ES384: {elliptic.P384(), crypto.SHA384, 96},
	EdDSA: {nil, 0, ed25519.SignatureSize},
}

// AlgorithmOf gives the one algorithm that a key signs with. It is an error for
// a key on another curve, of another kind or of a wrong length.
func AlgorithmOf(pub crypto.PublicKey) (Algorithm, error) {
	switch pub := pub.(type) {
	case *ecdsa.PublicKey:
		return algorithmOfCurve(pub)
	case ed25519.PublicKey:
		if len(pub) != ed25519.PublicKeySize {
			return 0, fmt.Errorf("an Ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, len(pub))
		}
		return EdDSA, nil
	}
	return 0, fmt.Errorf("a key of type %T does not sign these messages; use P-256, P-384 or Ed25519", pub)
}

func algorithmOfCurve(pub *ecdsa.PublicKey) (Algorithm, error) {
	//lint:ignore SA1019 only whether there is a point: all else panics without one
	if pub == nil || pub.Curve == nil || pub.X == nil || pub.Y == nil {
		return 0, errors.New("an ECDSA key without a curve or a point")
	}
	for alg, k := range algorithms {
		if k.curve != pub.Curve {
			continue
		}
		if _, err := pub.ECDH(); err != nil { // that the point lies on the curve
			return 0, fmt.Errorf("ECDSA public key: %w", err)
		}
		return alg, nil
	}
	return 0, errors.New("an ECDSA key must be on P-256 or P-384")
}

func (a Algorithm) digest(message []byte) []byte {
	h := algorithms[a].hash
	if h == 0 {
		return message
	}
	sum := h.New()
	sum.Write(message)
	return sum.Sum(nil)
}

// Verifies reports whether sig is a signature over message by a key that
// [AlgorithmOf] gives this algorithm for; false for any other key.
func Verifies(alg Algorithm, pub crypto.PublicKey, message, sig []byte) bool {
	of, err := AlgorithmOf(pub)
	return err == nil && of == alg && alg.verify(pub, message, sig)
}

// verify wants a key that AlgorithmOf has passed.
func (a Algorithm) verify(pub crypto.PublicKey, message, sig []byte) bool {
	if len(sig) != algorithms[a].size {
		return false
	}
	switch pub := pub.(type) {
	case *ecdsa.PublicKey:
		half := len(sig) / 2
		r, s := new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:])
		return ecdsa.Verify(pub, a.digest(message), r, s)
	case ed25519.PublicKey:
		return ed25519.Verify(pub, message, sig)
	}
	return false
}

// sign gives the signature in the form of RFC 9053, section 2.1: for ECDSA both
// numbers in full length, one behind the other.
func (a Algorithm) sign(key crypto.Signer, message []byte) ([]byte, error) {
	k := algorithms[a]
	sig, err := key.Sign(nil, a.digest(message), k.hash)
	if err != nil || k.curve == nil {
		return sig, err
	}
	var n struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(sig, &n); err != nil || len(rest) > 0 || n.R.Sign() <= 0 || n.S.Sign() <= 0 ||
		n.R.BitLen() > 4*k.size || n.S.BitLen() > 4*k.size {
		return nil, errors.New("the key gave something that is no ECDSA signature")
	}
	out := make([]byte, k.size)
	n.R.FillBytes(out[:k.size/2])
	n.S.FillBytes(out[k.size/2:])
	return out, nil
}
