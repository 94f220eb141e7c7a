// Package signature says what the signature of a container is worth: it verifies
// it with keys that somebody declared.
//
// A signature that brings its own key proves nothing about who made it; one that
// is broken under the key it brings is broken whoever made it. What cannot be
// judged is said to be so, and is never valid.
package signature

import (
	"cmp"
	"crypto"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// Verdict is what a signature is worth. The zero Verdict is Unknown.
type Verdict uint8

// The verdicts.
const (
	Unknown    Verdict = iota // cannot tell
	Invalid                   // it does not verify, or the key may not be used for it
	Undeclared                // signed by a key that is not declared
	Valid                     // it verifies with a declared key
)

func (v Verdict) String() string {
	return [...]string{"cannot tell", "invalid", "signed by a key that is not declared", "valid"}[v]
}

// Outcome is what came of verifying a signature.
type Outcome struct {
	Verdict   Verdict
	Algorithm string
	Key       assay.Digest // SHA-256 of the signer's SubjectPublicKeyInfo, if it is known
	Named     assay.Digest // of the key that the container names, in its own form
	Signer    string       // what the declared key or the signer's certificate is called
	Reason    string       // why it is not valid
	Signers   []Outcome    // where there are several in one signature
	// Public is the declared key that it was verified with, or should have been.
	Public crypto.PublicKey
}

// Verify judges a signature with the declared keys, on a day.
func Verify(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	o := verify(s, keys, asOf)
	o.Algorithm = cmp.Or(o.Algorithm, spelled(s))
	if len(s.KeyDigest) == 32 {
		o.Named = assay.SHA256([32]byte(s.KeyDigest))
	}
	return o
}

// spelled is what is known of the algorithm of a signature that no key verified.
func spelled(s firmware.Signature) string {
	switch s.Algorithm {
	case format.RSAAnySHA256:
		return "RSA-SHA256 (PKCS1v15 or PSS)"
	case format.Bare:
		return "an algorithm that the file does not name"
	}
	return s.Algorithm
}

func verify(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	switch {
	case strings.Contains(s.Problem, "encrypted"):
		return Outcome{Reason: s.Problem}
	case s.Problem != "":
		return Outcome{Verdict: Invalid, Reason: s.Problem, Key: brought(s), Signer: s.KeyName}
	case len(s.Value) == 0:
		return Outcome{Verdict: Invalid, Reason: "the signature is empty", Key: brought(s), Signer: s.KeyName}
	}
	switch s.Algorithm {
	case format.CMS:
		return verifyCMS(s, keys, asOf)
	case format.COSE:
		return verifyCOSE(s, keys, asOf)
	case format.Bare:
		return verifyAny(s, keys, asOf)
	case format.OpenPGP:
		return verifyOpenPGP(s, keys, asOf)
	}
	return verifyBare(s, keys, asOf)
}

// brought is the digest of the key that a container brings along.
func brought(s firmware.Signature) assay.Digest {
	if len(s.PublicKey) == 0 {
		return ""
	}
	return digestOf(s.PublicKey)
}

// worst joins what was found of several signers: all of them count, so the
// signature is worth what the worst of them is.
func worst(all []Outcome) Outcome {
	if len(all) == 1 {
		return all[0]
	}
	rank := func(v Verdict) int {
		return map[Verdict]int{Invalid: 0, Unknown: 1, Undeclared: 2, Valid: 3}[v]
	}
	w := all[0]
	for _, o := range all[1:] {
		if rank(o.Verdict) < rank(w.Verdict) {
			w = o
		}
	}
	w.Signers = all
	return w
}
