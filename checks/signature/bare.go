package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // signatures that images have
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// scheme is what an algorithm does.
type scheme struct {
	hash crypto.Hash // zero where the message itself is signed
	fits func(crypto.PublicKey) bool
	ok   func(key crypto.PublicKey, hash crypto.Hash, signed, value []byte) bool
}

// schemes are the algorithms that are verified, by their names.
var schemes = map[string]scheme{
	format.RSASHA1:      {crypto.SHA1, isRSA, pkcs1},
	format.RSASHA224:    {crypto.SHA224, isRSA, pkcs1},
	format.RSASHA256:    {crypto.SHA256, isRSA, pkcs1},
	format.RSASHA384:    {crypto.SHA384, isRSA, pkcs1},
	format.RSASHA512:    {crypto.SHA512, isRSA, pkcs1},
	format.RSAPSSSHA256: {crypto.SHA256, isRSA, pss},
	format.RSAPSSSHA384: {crypto.SHA384, isRSA, pss},
	format.RSAPSSSHA512: {crypto.SHA512, isRSA, pss},
	format.RSAAnySHA256: {crypto.SHA256, isRSA, pkcs1OrPSS},
	format.ECDSASHA224:  {crypto.SHA224, isECDSA, ecdsaASN1},
	format.ECDSASHA256:  {crypto.SHA256, isECDSA, ecdsaASN1},
	format.ECDSASHA384:  {crypto.SHA384, isECDSA, ecdsaASN1},
	format.ECDSASHA512:  {crypto.SHA512, isECDSA, ecdsaASN1},
	format.Ed25519:      {0, isEd25519, ed},
	format.Ed25519ph:    {0, isEd25519, ed},
}

func isRSA(k crypto.PublicKey) bool     { _, ok := k.(*rsa.PublicKey); return ok }
func isECDSA(k crypto.PublicKey) bool   { _, ok := k.(*ecdsa.PublicKey); return ok }
func isEd25519(k crypto.PublicKey) bool { _, ok := k.(ed25519.PublicKey); return ok }

func pkcs1(k crypto.PublicKey, h crypto.Hash, digest, value []byte) bool {
	return rsa.VerifyPKCS1v15(k.(*rsa.PublicKey), h, digest, value) == nil
}

func pss(k crypto.PublicKey, h crypto.Hash, digest, value []byte) bool {
	return rsa.VerifyPSS(k.(*rsa.PublicKey), h, digest, value, nil) == nil
}

func pkcs1OrPSS(k crypto.PublicKey, h crypto.Hash, digest, value []byte) bool {
	return pkcs1(k, h, digest, value) || pss(k, h, digest, value)
}

func ecdsaASN1(k crypto.PublicKey, _ crypto.Hash, digest, value []byte) bool {
	return ecdsa.VerifyASN1(k.(*ecdsa.PublicKey), digest, value)
}

func ed(k crypto.PublicKey, _ crypto.Hash, message, value []byte) bool {
	return len(value) == ed25519.SignatureSize && ed25519.Verify(k.(ed25519.PublicKey), message, value)
}

// holds reports whether a signature verifies with a key. A key that is refused
// verifies nothing.
func (c scheme) holds(key crypto.PublicKey, signed, value []byte) bool {
	return refused(key) == "" && c.fits(key) && c.ok(key, c.hash, signed, value)
}

// verifyBare judges a signature that is a number and nothing else.
func verifyBare(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	c, known := schemes[s.Algorithm]
	if s.Algorithm == "" {
		return Outcome{Key: brought(s), Signer: s.KeyName, Reason: "it is of an unknown kind"}
	}
	if !known {
		return Outcome{Key: brought(s), Signer: s.KeyName, Reason: fmt.Sprintf("signatures of the kind %q are not verified", s.Algorithm)}
	}
	signed, err := c.signedBytes(s)
	if err != nil {
		return Outcome{Key: brought(s), Signer: s.KeyName, Reason: err.Error()}
	}
	if o, broken := underOwnKey(c, s, signed); broken {
		return o
	}
	return c.withDeclared(s, keys, signed, asOf)
}

// signedBytes are the digest or the message that the algorithm is about.
func (c scheme) signedBytes(s firmware.Signature) ([]byte, error) {
	if c.hash == 0 {
		return message(s)
	}
	if d := s.Digests[c.hash]; len(d) == c.hash.Size() {
		return d, nil
	}
	if len(s.Digest) == c.hash.Size() {
		return s.Digest, nil
	}
	m, err := message(s)
	if err != nil {
		return nil, err
	}
	h := c.hash.New()
	_, _ = h.Write(m)
	return h.Sum(nil), nil
}

func message(s firmware.Signature) ([]byte, error) {
	switch {
	case s.Message != nil:
		return s.Message, nil
	case s.Signed != nil:
		return s.Signed()
	}
	return nil, errors.New("the bytes that it is over are not known")
}

// underOwnKey judges with the key that the container brings along: if it is
// worth nothing, or the signature does not verify with it, no other key helps.
func underOwnKey(c scheme, s firmware.Signature, signed []byte) (Outcome, bool) {
	if len(s.PublicKey) == 0 {
		return Outcome{}, false
	}
	o := Outcome{Verdict: Invalid, Key: brought(s), Signer: s.KeyName}
	key, err := x509.ParsePKIXPublicKey(s.PublicKey)
	switch {
	case err != nil:
		o.Reason = "the key that it brings along cannot be read"
	case refused(key) != "":
		o.Verdict, o.Reason = worth(key), refused(key)
	case !c.holds(key, signed, s.Value):
		o.Reason = "it does not verify with the key that it brings along"
	default:
		return o, false
	}
	return o, true
}

// withDeclared tries the declared keys that the signature can be of.
func (c scheme) withDeclared(s firmware.Signature, keys []Key, signed []byte, asOf time.Time) Outcome {
	tried, others, named := 0, 0, false
	var no refusal
	for _, k := range keys {
		if !c.fits(k.Public) {
			continue
		}
		tried++
		if k.number != "" && s.KeyName != "" && !k.numbered(s.KeyName) {
			others++
		}
		if reason := refused(k.Public); reason != "" {
			if k.named(s) {
				return Outcome{Verdict: worth(k.Public), Key: k.Digest(), Signer: k.called(), Public: k.Public, Reason: reason}
			}
			no.add(k.Public)
			continue
		}
		if c.holds(k.Public, signed, s.Value) {
			o := heldBy(k, asOf)
			o.Algorithm = held(s.Algorithm, k.Public, signed, s.Value)
			return o
		}
		named = named || k.named(s) || k.number != "" && s.KeyName != "" && k.numbered(s.KeyName)
	}
	if tried > 0 && others == tried && !named {
		return Outcome{Verdict: Undeclared, Signer: s.KeyName, Reason: "signed by a key that is not declared"}
	}
	return no.explain(unverified(s, len(keys), tried, named), tried)
}

// held is the algorithm by which a signature verified, where its container leaves
// open which of two it is.
func held(algorithm string, key crypto.PublicKey, signed, value []byte) string {
	if algorithm != format.RSAAnySHA256 {
		return algorithm
	}
	if pss(key, crypto.SHA256, signed, value) {
		return format.RSAPSSSHA256
	}
	return format.RSASHA256
}

// heldBy is the outcome of a signature that verified with a key.
func heldBy(k Key, asOf time.Time) Outcome {
	o := Outcome{Verdict: Invalid, Key: k.Digest(), Signer: k.called(), Public: k.Public}
	if o.Reason = k.unusable(asOf); o.Reason == "" {
		o.Verdict = Valid
	}
	return o
}

// unverified says why a signature verified with none of the keys.
func unverified(s firmware.Signature, keys, tried int, named bool) Outcome {
	o := Outcome{Key: brought(s), Signer: s.KeyName}
	namesAny := len(s.PublicKey) > 0 || len(s.KeyDigest) > 0
	switch {
	case named:
		o.Verdict, o.Reason = Invalid, "it does not verify with the declared key that it names"
	case namesAny && keys > 0:
		o.Verdict, o.Reason = Undeclared, "signed by a key that is not declared"
		if len(s.KeyDigest) == 32 {
			o.Reason += ", which it names as " + string(assay.SHA256([32]byte(s.KeyDigest)))
		}
	case namesAny:
		o.Verdict, o.Reason = Undeclared, noKey
	case keys == 0:
		o.Reason = noKey
	case tried == 0:
		o.Verdict, o.Reason = Undeclared, "no declared key is of its kind"
	default:
		o.Verdict, o.Reason = Invalid, "it verifies with none of the declared keys; "+cannotTell
	}
	return o
}

// cannotTell stands beside a signature of which nothing says by which key it is.
const cannotTell = "it names no key, so one by another key and changed bytes look the same"

const noKey = "no key is declared to verify it with"
