package labels

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The media types in a bundle.
const (
	BundleMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
	PayloadType     = "application/vnd.in-toto+json"
)

// MaxBundle is the size of the largest bundle that is read, in bytes.
const MaxBundle = 1 << 20

// ErrNotLabel says that something is not a label of this project at all.
var ErrNotLabel = errors.New("not a label")

// ErrReadable says that something is the form of a label for people, which is not
// signed. It is also ErrNotLabel.
var ErrReadable = fmt.Errorf("%w: it is the form for people to read, and is not signed", ErrNotLabel)

// Bundle is a Sigstore bundle v0.3 that holds a DSSE envelope and says by which
// public key it is signed. One that a certificate signed is [Certified], and not
// of this type.
type Bundle struct {
	MediaType string   `json:"mediaType"`
	Material  Material `json:"verificationMaterial"`
	Envelope  Envelope `json:"dsseEnvelope"`
}

// Material names the key, and holds what others saw of the signature.
type Material struct {
	PublicKey KeyHint `json:"publicKey"`
	Stamps    *Stamps `json:"timestampVerificationData,omitempty"`
}

// Stamps are RFC 3161 timestamps over the signature. They are not signed with it,
// and say something only to who trusts an authority.
type Stamps struct {
	RFC3161 []Stamp `json:"rfc3161Timestamps"`
}

// Stamp is one answer of a timestamp authority, in DER.
type Stamp struct {
	Signed []byte `json:"signedTimestamp"`
}

// MaxStamps is the number of timestamps that a bundle may have.
const MaxStamps = 8

// KeyHint is the [KeyID] of the key that signed.
type KeyHint struct {
	Hint string `json:"hint"`
}

// Envelope is a DSSE envelope with one signature.
type Envelope struct {
	Payload     []byte      `json:"payload"`
	PayloadType string      `json:"payloadType"`
	Signatures  []Signature `json:"signatures"`
}

// Signature is a signature over the [PAE] of the payload. DSSE's keyid is left
// out, since nothing protects it.
type Signature struct {
	Sig []byte `json:"sig"`
}

// NewBundle puts a payload and its signature into a bundle.
func NewBundle(keyID string, payload, sig []byte) *Bundle {
	return &Bundle{
		MediaType: BundleMediaType,
		Material:  Material{PublicKey: KeyHint{keyID}},
		Envelope:  Envelope{Payload: payload, PayloadType: PayloadType, Signatures: []Signature{{sig}}},
	}
}

// Bytes writes the bundle in its one form.
func (b *Bundle) Bytes() ([]byte, error) { return Canonical(b) }

// Digest is the label's identity: the SHA-256 of the payload.
func (b *Bundle) Digest() [32]byte { return sha256.Sum256(b.Envelope.Payload) }

// ParseBundle reads a bundle. It accepts nothing but the bytes that
// [Bundle.Bytes] writes: ErrNotLabel if they are no bundle, CanonicalError if
// they are one in another form. It does not verify.
func ParseBundle(data []byte) (*Bundle, error) {
	b, err := parseBundle(data, MaxBundle)
	if err != nil {
		return nil, err
	}
	// Nothing protects the hint, so it is held to the form of a KeyID.
	if id, err := base64.StdEncoding.Strict().DecodeString(b.Material.PublicKey.Hint); err != nil || len(id) != sha256.Size {
		return nil, fmt.Errorf("%w: the hint %.60q names no key: it is %d bytes in base64", ErrNotLabel, b.Material.PublicKey.Hint, sha256.Size)
	}
	return b, nil
}

func parseBundle(data []byte, limit int) (*Bundle, error) {
	if len(data) > limit {
		return nil, fmt.Errorf("%w: %d bytes, more than the %d that a bundle may have", ErrNotLabel, len(data), limit)
	}
	b := new(Bundle)
	err := decodeCanonical("bundle", data, b)
	var form *CanonicalError
	switch {
	case isReadable(data):
		return nil, ErrReadable
	case errors.As(err, &form):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotLabel, err)
	case b.MediaType != BundleMediaType:
		return nil, fmt.Errorf("%w: media type %q, want %q", ErrNotLabel, b.MediaType, BundleMediaType)
	case b.Envelope.PayloadType != PayloadType:
		return nil, fmt.Errorf("%w: payload type %q, want %q", ErrNotLabel, b.Envelope.PayloadType, PayloadType)
	case len(b.Envelope.Signatures) != 1:
		return nil, fmt.Errorf("%w: %d signatures, want one", ErrNotLabel, len(b.Envelope.Signatures))
	case b.Material.Stamps != nil && (len(b.Material.Stamps.RFC3161) == 0 || len(b.Material.Stamps.RFC3161) > MaxStamps):
		return nil, fmt.Errorf("%w: %d timestamps, want 1 to %d or none", ErrNotLabel, len(b.Material.Stamps.RFC3161), MaxStamps)
	}
	return b, nil
}

// Certified reports whether data is a Sigstore bundle that needs more than a
// public key to verify: one that a certificate signed, or with log entries.
func Certified(data []byte) bool {
	var head struct {
		MediaType string `json:"mediaType"`
		Material  struct {
			Certificate json.RawMessage   `json:"certificate"`
			Chain       json.RawMessage   `json:"x509CertificateChain"`
			Entries     []json.RawMessage `json:"tlogEntries"`
		} `json:"verificationMaterial"`
	}
	if len(data) > MaxAttestation || json.Unmarshal(data, &head) != nil {
		return false
	}
	return strings.HasPrefix(head.MediaType, "application/vnd.dev.sigstore.bundle") &&
		(head.Material.Certificate != nil || head.Material.Chain != nil || len(head.Material.Entries) > 0)
}

// Unverified reads what a bundle says, and believes it. Unlike [ParseBundle] it takes
// one that is [Certified] too, whose form is not this project's.
func Unverified(bundle []byte) (*Statement, error) {
	if !Certified(bundle) {
		b, err := ParseBundle(bundle)
		if err != nil {
			return nil, err
		}
		return ParseStatement(b.Envelope.Payload)
	}
	var b Bundle
	if err := json.Unmarshal(bundle, &b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotLabel, err)
	}
	return ParseStatement(b.Envelope.Payload)
}

// isReadable reports a statement without a signature, in whatever layout.
func isReadable(data []byte) bool {
	var head struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
	}
	return json.Unmarshal(data, &head) == nil && head.Type == StatementType && head.PredicateType == PredicateType
}

// ParseStatement reads a payload. Like [ParseBundle] it accepts one form only,
// and it checks what the statement says for sense.
func ParseStatement(payload []byte) (*Statement, error) {
	var head struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
	}
	if err := json.Unmarshal(payload, &head); err != nil {
		return nil, fmt.Errorf("%w: statement: %w", ErrNotLabel, err)
	}
	if head.Type != StatementType || head.PredicateType != PredicateType {
		return nil, fmt.Errorf("%w: a %q with predicate %q, want %q", ErrNotLabel, head.Type, head.PredicateType, PredicateType)
	}
	s := new(Statement)
	if err := decodeCanonical("statement", payload, s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotLabel, err)
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotLabel, err)
	}
	return s, nil
}

// PAE is the pre-authentication encoding of DSSE 1.0.0: the bytes that the
// signature covers.
func PAE(payloadType string, payload []byte) []byte {
	b := []byte("DSSEv1 " + strconv.Itoa(len(payloadType)) + " " + payloadType + " " + strconv.Itoa(len(payload)) + " ")
	return append(b, payload...)
}

// KeyID names a public key: the SHA-256 of its SubjectPublicKeyInfo in base64,
// the form that Sigstore's own tools write as a hint.
func KeyID(pub crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	sum := sha256.Sum256(der)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}

// KeyHash says with which hash a key signs: SHA-256 for P-256, SHA-384 for
// P-384, none for Ed25519. Any other key, and an Ed25519 key of the wrong
// length, is an error.
func KeyHash(pub crypto.PublicKey) (crypto.Hash, error) {
	switch pub := pub.(type) {
	case *ecdsa.PublicKey:
		switch pub.Curve {
		case elliptic.P256():
			return crypto.SHA256, nil
		case elliptic.P384():
			return crypto.SHA384, nil
		}
		return 0, errors.New("an ECDSA key must be on P-256 or P-384")
	case ed25519.PublicKey:
		if len(pub) != ed25519.PublicKeySize {
			return 0, fmt.Errorf("an Ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, len(pub))
		}
		return 0, nil
	}
	return 0, fmt.Errorf("a key of type %T cannot sign labels; use P-256, P-384 or Ed25519", pub)
}
