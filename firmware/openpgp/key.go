package openpgp

import (
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 old keys are of this kind; nothing is signed
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // it names keys of version 4
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Algorithms of keys that sign (RFC 9580, 9.1).
const (
	RSA     = 1
	rsaSign = 3
	DSA     = 17
	ECDSA   = 19
	EdDSA   = 22 // Ed25519, as it was before RFC 9580
	Ed25519 = 27
	Ed448   = 28
)

// AlgorithmName names an algorithm.
func AlgorithmName(a byte) string {
	name, ok := map[byte]string{RSA: "RSA", rsaSign: "RSA", DSA: "DSA", ECDSA: "ECDSA", EdDSA: "Ed25519", Ed25519: "Ed25519", Ed448: "Ed448"}[a]
	if !ok {
		return fmt.Sprintf("algorithm %d", a)
	}
	return name
}

// Key is a public key packet.
type Key struct {
	Version     int
	Created     time.Time
	Algorithm   byte
	Public      crypto.PublicKey // nil if it is of a kind that is not read
	Fingerprint string           // in hexadecimal, as ID
	ID          string

	body []byte
}

// curves are those of ECDSA, by object identifier.
var curves = map[string]elliptic.Curve{
	"\x2a\x86\x48\xce\x3d\x03\x01\x07": elliptic.P256(), "\x2b\x81\x04\x00\x22": elliptic.P384(), "\x2b\x81\x04\x00\x23": elliptic.P521(),
}

const (
	oidEd25519   = "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"
	nativePoint  = 0x40 // before a point that is written as its curve has it
	maxKey       = 1<<16 - 1
	maxRSAPublic = 4 // bytes of an exponent
)

var errKey = errors.New("a key packet that is not whole")

// ParseKey reads the body of a packet with a public key or subkey.
func ParseKey(body []byte) (*Key, error) {
	r := &reader{b: body}
	k := &Key{Version: r.number(1), body: body}
	if !r.bad && k.Version != 4 && k.Version != 6 {
		return nil, fmt.Errorf("a key of version %d: %w", k.Version, ErrVersion)
	}
	created := r.take(4)
	k.Algorithm = byte(r.number(1))
	if k.Version == 6 && r.number(4) != len(r.b) {
		r.bad = true
	}
	if r.bad || len(body) > maxKey {
		return nil, errKey
	}
	k.Created = unix(created)
	if k.material(r) && (r.bad || len(r.b) > 0) {
		return nil, errKey
	}
	if k.Version == 6 {
		sum := sha256.Sum256(k.Hashed())
		k.Fingerprint = hex.EncodeToString(sum[:])
		k.ID = k.Fingerprint[:16]
		return k, nil
	}
	sum := sha1.Sum(k.Hashed()) //nolint:gosec // the number of the key
	k.Fingerprint = hex.EncodeToString(sum[:])
	k.ID = k.Fingerprint[24:]
	return k, nil
}

// Hashed is how the key stands in what is hashed: for its fingerprint, and in
// front of what is signed about it.
func (k *Key) Hashed() []byte {
	head := binary.BigEndian.AppendUint16([]byte{0x99}, uint16(len(k.body)))
	if k.Version == 6 {
		head = binary.BigEndian.AppendUint32([]byte{0x9b}, uint32(len(k.body)))
	}
	return append(head, k.body...)
}

// Names reports whether an issuer is this key: by its fingerprint, or its number.
func (k *Key) Names(issuer string) bool { return issuer == k.Fingerprint || issuer == k.ID }

// material reads the numbers of the key, and reports whether it is of a kind whose
// numbers are known.
func (k *Key) material(r *reader) bool {
	number := func() *big.Int { return new(big.Int).SetBytes(r.mpi()) }
	switch k.Algorithm {
	case RSA, rsaSign:
		n, e := number(), r.mpi()
		if len(e) <= maxRSAPublic {
			k.Public = &rsa.PublicKey{N: n, E: int(new(big.Int).SetBytes(e).Int64())}
		}
	case DSA:
		key := &dsa.PublicKey{Parameters: dsa.Parameters{P: number(), Q: number(), G: number()}}
		key.Y = number()
		k.Public = key
	case ECDSA, EdDSA:
		oid, point := string(r.take(r.number(1))), r.mpi()
		k.Public = onCurve(k.Algorithm, oid, point)
	case Ed25519:
		if raw := r.take(ed25519.PublicKeySize); raw != nil {
			k.Public = ed25519.PublicKey(raw)
		}
	default:
		return false
	}
	return true
}

// onCurve makes a key of a point; nil for a curve that is not read, and for a
// point that is not on it.
func onCurve(algorithm byte, oid string, point []byte) crypto.PublicKey {
	if algorithm == EdDSA {
		if oid != oidEd25519 || len(point) != 1+ed25519.PublicKeySize || point[0] != nativePoint {
			return nil
		}
		return ed25519.PublicKey(point[1:])
	}
	curve, known := curves[oid]
	if !known {
		return nil
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil
	}
	return key
}
