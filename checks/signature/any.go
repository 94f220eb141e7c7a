package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// anyAlgorithms are what a signature may be that does not say it, in the order in
// which they are tried.
var anyAlgorithms = []string{
	format.RSASHA256, format.RSASHA512, format.RSASHA384, format.RSAPSSSHA256, format.RSAPSSSHA512, format.RSAPSSSHA384, format.RSASHA224, format.RSASHA1,
	format.ECDSASHA256, format.ECDSASHA224, format.ECDSASHA384, format.ECDSASHA512, format.Ed25519,
}

// verifyAny judges a signature that is a number of which only a key can tell what
// it is.
func verifyAny(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	tried := 0
	var no refusal
	for _, k := range keys {
		if refused(k.Public) != "" {
			tried++
			no.add(k.Public)
			continue
		}
		for _, name := range anyAlgorithms {
			c := schemes[name]
			if !c.fits(k.Public) {
				continue
			}
			tried++
			one := s
			one.Digest = nil // it is under one of the hashes
			signed, err := c.signedBytes(one)
			if err != nil {
				return Outcome{Reason: err.Error()}
			}
			if c.holds(k.Public, signed, s.Value) || c.holds(k.Public, signed, pair(k.Public, s.Value)) {
				o := heldBy(k, asOf)
				o.Algorithm = name
				return o
			}
		}
	}
	for _, k := range keys {
		if o, ok := underOtherHash(s, k); ok {
			return o
		}
	}
	return no.explain(unverified(s, len(keys), tried, false), tried)
}

// underOtherHash judges an RSA signature of a key that verifies with none of the
// hashes: it says itself which hash it is of (RFC 8017, 9.2).
func underOtherHash(s firmware.Signature, k Key) (Outcome, bool) {
	hash, ok := hashInside(k.Public, s.Value)
	if !ok {
		return Outcome{}, false
	}
	o := Outcome{Key: k.Digest(), Signer: k.called(), Public: k.Public, Algorithm: "RSA-PKCS1v15-" + hashName(hash)}
	h, known := hashOIDs[hash.String()]
	if known {
		o.Verdict, o.Algorithm = Invalid, "RSA-PKCS1v15-"+hashNames[h]
		o.Reason = "it is of a declared key, but over something else"
		return o, true
	}
	o.Reason = "it is of a declared key, but the hash " + hashName(hash) + " is not verified with"
	return o, true
}

// hashInside is the hash that an RSA signature (PKCS #1 v1.5) of a key names, if it
// is one of that key.
func hashInside(key crypto.PublicKey, value []byte) (asn1.ObjectIdentifier, bool) {
	k, ok := key.(*rsa.PublicKey)
	if !ok || refused(key) != "" || len(value) != k.Size() {
		return nil, false
	}
	m := new(big.Int).Exp(new(big.Int).SetBytes(value), big.NewInt(int64(k.E)), k.N).FillBytes(make([]byte, k.Size()))
	padded, found := bytes.CutPrefix(m, []byte{0, 1})
	inside := bytes.TrimLeft(padded, "\xff")
	if !found || len(padded)-len(inside) < minPadding || len(inside) < 2 || inside[0] != 0 {
		return nil, false
	}
	var info struct {
		Hash   pkix.AlgorithmIdentifier
		Digest []byte
	}
	rest, err := asn1.Unmarshal(inside[1:], &info)
	return info.Hash.Algorithm, err == nil && len(rest) == 0
}

// minPadding is how many bytes of padding a signature has at least (RFC 8017, 9.2).
const minPadding = 8

// pair writes the two numbers of a signature on a curve, one behind the other, as
// the one in DER that it stands for.
func pair(key crypto.PublicKey, value []byte) []byte {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || len(value) != 2*((k.Curve.Params().BitSize+7)/8) {
		return nil
	}
	half := len(value) / 2
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(value[:half]), new(big.Int).SetBytes(value[half:])})
	if err != nil {
		return nil
	}
	return der
}
