package signature

import (
	"bytes"
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 old keys are of this kind; nothing is signed
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Key is a key that somebody declares as trusted: bare, or that of a certificate,
// which may be one of an authority.
type Key struct {
	Name        string // for people: the file, or the id of the block
	Public      crypto.PublicKey
	Certificate *x509.Certificate // nil for a bare key
	// From and Until bound the days on which the key is used; zero for no bound.
	From, Until time.Time
	// Revoked are the lists of revoked certificates that were declared with it.
	Revoked []*Revocations

	pgp    *pgpKey // of a key of OpenPGP
	number string  // of a key of minisign, signify or usign: eight bytes
}

// called is the name of the key for people; of one of OpenPGP, with its number.
func (k Key) called() string {
	if k.pgp != nil {
		return k.Name + ", OpenPGP " + k.pgp.Fingerprint
	}
	return k.Name
}

// Digest is the SHA-256 of the key as SubjectPublicKeyInfo; empty if it is of a
// kind that has none.
func (k Key) Digest() assay.Digest { return keyDigest(k.Public) }

func keyDigest(public crypto.PublicKey) assay.Digest {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return ""
	}
	return digestOf(der)
}

func digestOf(der []byte) assay.Digest { return assay.SHA256(sha256.Sum256(der)) }

// What ParseKeys refuses.
var (
	ErrNoKey   = errors.New("holds no public key or certificate")
	ErrPrivate = errors.New("holds a private key")
)

// maxKeys bounds the keys of one file.
const maxKeys = 256

// ParseKeys reads every key of a file: PEM of public keys and certificates, with
// lists of revoked ones, one key in DER, a key of minisign, signify, usign or
// OSTree, keys of OpenSSH, one to a line, or of OpenPGP.
func ParseKeys(name string, data []byte) ([]Key, error) {
	var keys []Key
	var revoked []*Revocations
	for rest := data; len(keys) < maxKeys && !armoured(data); {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return nil, ErrPrivate
		}
		if block.Type == "X509 CRL" {
			list, err := parseRevocations(block.Bytes)
			if err != nil {
				return nil, err
			}
			revoked = append(revoked, list)
			continue
		}
		k, err := parseDER(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", strings.ToLower(block.Type), err)
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		var err error
		if keys, err = parseOther(data); err != nil {
			return nil, err
		}
	}
	for i := range keys {
		keys[i].Name, keys[i].Revoked = name, revoked
	}
	return keys, nil
}

// parseOther reads the forms that are no PEM.
func parseOther(data []byte) ([]Key, error) {
	if k, err := parseDER(data); err == nil {
		return []Key{k}, nil
	}
	if k, ok := parseSignify(data); ok {
		return []Key{k}, nil
	}
	if keys := parseSSH(data); len(keys) > 0 {
		return keys, nil
	}
	return parsePGP(data)
}

// parseSSH reads the public keys of OpenSSH, one to a line.
func parseSSH(data []byte) (keys []Key) {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		k, _, _, _, err := ssh.ParseAuthorizedKey(line)
		if err != nil || len(keys) == maxKeys {
			return nil
		}
		if c, ok := k.(ssh.CryptoPublicKey); ok {
			keys = append(keys, Key{Public: c.CryptoPublicKey()})
		}
	}
	return keys
}

func parseDER(der []byte) (Key, error) {
	if c, err := x509.ParseCertificate(der); err == nil {
		return Key{Public: c.PublicKey, Certificate: c}, nil
	}
	if k, err := x509.ParsePKIXPublicKey(der); err == nil {
		return Key{Public: k}, nil
	}
	if k, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return Key{Public: k}, nil
	}
	return Key{}, ErrNoKey
}

// parseSignify reads a line of base64: "Ed", eight bytes of key number, the key; or
// the key alone, as OSTree has it.
func parseSignify(data []byte) (Key, bool) {
	for line := range strings.Lines(string(data)) {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err == nil && len(raw) == 42 && bytes.HasPrefix(raw, []byte("Ed")) {
			return Key{Public: ed25519.PublicKey(raw[10:]), number: string(raw[2:10])}, true
		}
		if err == nil && len(raw) == ed25519.PublicKeySize {
			return Key{Public: ed25519.PublicKey(raw)}, true
		}
	}
	return Key{}, false
}

// named reports whether a container names the key: by its digest, as
// SubjectPublicKeyInfo or as PKCS #1, or by bringing it along.
func (k Key) named(s firmware.Signature) bool {
	der, err := x509.MarshalPKIXPublicKey(k.Public)
	if err != nil {
		return false
	}
	if len(s.PublicKey) > 0 && bytes.Equal(der, s.PublicKey) {
		return true
	}
	sum := sha256.Sum256(der)
	if len(s.KeyDigest) > 0 && bytes.Equal(sum[:], s.KeyDigest) {
		return true
	}
	if r, ok := k.Public.(*rsa.PublicKey); ok && len(s.KeyDigest) > 0 {
		sum = sha256.Sum256(x509.MarshalPKCS1PublicKey(r))
		return bytes.Equal(sum[:], s.KeyDigest)
	}
	return false
}

// numbered reports whether a signature of minisign, signify or usign names the key:
// minisign writes the number as little endian.
func (k Key) numbered(name string) bool {
	reversed := []byte(k.number)
	slices.Reverse(reversed)
	return strings.EqualFold(name, hex.EncodeToString([]byte(k.number))) || strings.EqualFold(name, hex.EncodeToString(reversed))
}

// unusable says why the key may not be used on a day; empty if it may.
func (k Key) unusable(asOf time.Time) string {
	switch c := k.Certificate; {
	case !k.From.IsZero() && asOf.Before(k.From):
		return "the key is declared for use from " + k.From.Format(time.DateOnly)
	case !k.Until.IsZero() && asOf.After(k.Until):
		return "the key is declared for use until " + k.Until.Format(time.DateOnly)
	case c != nil:
		return expired(c, asOf)
	}
	return ""
}

// dayOf gives the first moment of the as-of day, in UTC, and the first of the next:
// what holds at any moment of a day holds on it.
func dayOf(asOf time.Time) (from, to time.Time) {
	from = asOf.UTC().Truncate(24 * time.Hour)
	return from, from.AddDate(0, 0, 1)
}

// expired says that a certificate is valid at no moment of a day.
func expired(c *x509.Certificate, asOf time.Time) string {
	switch from, to := dayOf(asOf); {
	case !c.NotBefore.Before(to):
		return "the certificate is valid from " + c.NotBefore.UTC().Format(time.DateOnly)
	case from.After(c.NotAfter):
		return "the certificate expired on " + c.NotAfter.UTC().Format(time.DateOnly)
	}
	return ""
}

// refused says why no signature of a key is worth anything; empty if it may be.
func refused(public crypto.PublicKey) string {
	switch k := public.(type) {
	case *rsa.PublicKey:
		switch {
		case k.E < 3 || k.E%2 == 0:
			return fmt.Sprintf("an RSA key with the exponent %d protects nothing", k.E)
		case k.N.Sign() <= 0 || k.N.Bit(0) == 0:
			return "an RSA key with an even modulus protects nothing"
		case k.N.BitLen() < minRSA:
			return fmt.Sprintf("an RSA key of %d bits can be broken", k.N.BitLen())
		case !usualRSA(k):
			return fmt.Sprintf("an RSA key of %d bits is no usual key, and not verified with", k.N.BitLen())
		}
	case *ecdsa.PublicKey:
		if _, err := k.ECDH(); err != nil && k.Curve.Params().BitSize >= 256 {
			return "the point of the key is not on its curve"
		}
		if k.Curve.Params().BitSize < minCurve {
			return fmt.Sprintf("an elliptic curve of %d bits can be broken", k.Curve.Params().BitSize)
		}
	case *dsa.PublicKey:
		if p, q := k.P.BitLen(), k.Q.BitLen(); p < minRSA || p > maxDSA || q < minDSAOrder || q > maxDSAOrder {
			return fmt.Sprintf("a DSA key of %d and %d bits is no usual key", p, q)
		}
	case ed25519.PublicKey:
		if len(k) != ed25519.PublicKeySize {
			return fmt.Sprintf("an Ed25519 key of %d bytes is none", len(k))
		}
	default:
		return fmt.Sprintf("keys of the kind %T are not verified with", public)
	}
	return ""
}

// usualRSA reports whether a key has a size that tools make.
func usualRSA(k *rsa.PublicKey) bool { return k.N.BitLen()%8 == 0 && k.N.BitLen() <= maxRSA }

// worth is what a signature of a refused key is: of one that protects nothing it is
// invalid; of one that is not verified with, nothing is known.
func worth(public crypto.PublicKey) Verdict {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.E >= 3 && k.E%2 == 1 && k.N.Bit(0) == 1 && k.N.BitLen() >= minRSA && !usualRSA(k) {
			return Unknown
		}
	case *ecdsa.PublicKey, *dsa.PublicKey, ed25519.PublicKey:
	default:
		return Unknown
	}
	return Invalid
}

const (
	minRSA   = 1024
	maxRSA   = 16384
	minCurve = 224

	maxDSA, minDSAOrder, maxDSAOrder = 4096, 160, 512
)
