package signature

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// hashOIDs are the hashes that are verified with, by object identifier.
var hashOIDs = map[string]crypto.Hash{
	"1.3.14.3.2.26":          crypto.SHA1,
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
	"2.16.840.1.101.3.4.2.4": crypto.SHA224,
}

// otherHashes are named and not verified with.
var otherHashes = map[string]string{
	"1.2.840.113549.2.2":      "MD2",
	"1.2.840.113549.2.4":      "MD4",
	"1.2.840.113549.2.5":      "MD5",
	"1.3.36.3.2.1":            "RIPEMD-160",
	"2.16.840.1.101.3.4.2.5":  "SHA-512/224",
	"2.16.840.1.101.3.4.2.6":  "SHA-512/256",
	"2.16.840.1.101.3.4.2.7":  "SHA3-224",
	"2.16.840.1.101.3.4.2.8":  "SHA3-256",
	"2.16.840.1.101.3.4.2.9":  "SHA3-384",
	"2.16.840.1.101.3.4.2.10": "SHA3-512",
}

// signatureOIDs are the algorithms of signatures: how they are verified, and with
// which hash, where the identifier says so.
var signatureOIDs = map[string]struct {
	name string
	hash crypto.Hash
	by   scheme
}{
	"1.2.840.113549.1.1.1":  {"RSA-PKCS1v15", 0, scheme{fits: isRSA, ok: pkcs1}},
	"1.2.840.113549.1.1.5":  {"RSA-PKCS1v15", crypto.SHA1, scheme{fits: isRSA, ok: pkcs1}},
	"1.2.840.113549.1.1.11": {"RSA-PKCS1v15", crypto.SHA256, scheme{fits: isRSA, ok: pkcs1}},
	"1.2.840.113549.1.1.12": {"RSA-PKCS1v15", crypto.SHA384, scheme{fits: isRSA, ok: pkcs1}},
	"1.2.840.113549.1.1.13": {"RSA-PKCS1v15", crypto.SHA512, scheme{fits: isRSA, ok: pkcs1}},
	"1.2.840.113549.1.1.14": {"RSA-PKCS1v15", crypto.SHA224, scheme{fits: isRSA, ok: pkcs1}},
	"1.2.840.10045.4.1":     {"ECDSA", crypto.SHA1, scheme{fits: isECDSA, ok: ecdsaASN1}},
	"1.2.840.10045.4.3.1":   {"ECDSA", crypto.SHA224, scheme{fits: isECDSA, ok: ecdsaASN1}},
	"1.2.840.10045.4.3.2":   {"ECDSA", crypto.SHA256, scheme{fits: isECDSA, ok: ecdsaASN1}},
	"1.2.840.10045.4.3.3":   {"ECDSA", crypto.SHA384, scheme{fits: isECDSA, ok: ecdsaASN1}},
	"1.2.840.10045.4.3.4":   {"ECDSA", crypto.SHA512, scheme{fits: isECDSA, ok: ecdsaASN1}},
	oidPSS:                  {"RSA-PSS", 0, scheme{fits: isRSA, ok: pss}},
	oidEd25519:              {"Ed25519", 0, scheme{fits: isEd25519, ok: ed}},
}

const (
	oidPSS     = "1.2.840.113549.1.1.10"
	oidMGF1    = "1.2.840.113549.1.1.8"
	oidEd25519 = "1.3.101.112"
)

// hashNames name hashes in the words of an algorithm.
var hashNames = map[crypto.Hash]string{crypto.SHA1: "SHA1", crypto.SHA224: "SHA224", crypto.SHA256: "SHA256", crypto.SHA384: "SHA384", crypto.SHA512: "SHA512"}

// algorithm gives the hash of a signer, its name as in Algorithms, and how it is
// verified.
func (i *signerInfo) algorithm() (crypto.Hash, string, scheme, error) {
	h, known := hashOIDs[i.Hash.Algorithm.String()]
	if !known {
		return 0, "", scheme{}, fmt.Errorf("the hash %s is not verified with", hashName(i.Hash.Algorithm))
	}
	a, known := signatureOIDs[i.Algorithm.Algorithm.String()]
	if !known {
		return h, "", scheme{}, fmt.Errorf("the algorithm %s is not verified", i.Algorithm.Algorithm)
	}
	name := a.name + "-" + hashNames[h]
	by := a.by
	by.hash = h
	switch i.Algorithm.Algorithm.String() {
	case oidEd25519:
		by.hash = 0
		return h, a.name, by, nil
	case oidPSS:
		check, err := pssParameters(i.Algorithm, h)
		by.ok = check
		return h, name, by, err
	}
	if a.hash != 0 && a.hash != h {
		return h, name, by, fmt.Errorf("its two algorithms name different hashes")
	}
	return h, name, by, nil
}

func hashName(oid asn1.ObjectIdentifier) string {
	return cmp.Or(otherHashes[oid.String()], oid.String())
}

// pssParameters reads the parameters of RSASSA-PSS (RFC 4055, 3.1). The hash and
// that of the mask must be the signer's.
func pssParameters(a pkix.AlgorithmIdentifier, h crypto.Hash) (func(crypto.PublicKey, crypto.Hash, []byte, []byte) bool, error) {
	var p struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:0"`
		Mask    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:1"`
		Salt    int                      `asn1:"explicit,optional,tag:2,default:20"`
		Trailer int                      `asn1:"explicit,optional,tag:3,default:1"`
	}
	if rest, err := asn1.Unmarshal(a.Parameters.FullBytes, &p); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("the parameters of RSA-PSS cannot be read")
	}
	hash, mask := crypto.SHA1, crypto.SHA1
	if p.Hash.Algorithm != nil {
		hash = hashOIDs[p.Hash.Algorithm.String()]
	}
	if p.Mask.Algorithm != nil {
		var inner pkix.AlgorithmIdentifier
		if _, err := asn1.Unmarshal(p.Mask.Parameters.FullBytes, &inner); err != nil || p.Mask.Algorithm.String() != oidMGF1 {
			return nil, fmt.Errorf("the mask of RSA-PSS is not known")
		}
		mask = hashOIDs[inner.Algorithm.String()]
	}
	if hash != h || mask != h || p.Trailer != 1 || p.Salt < 0 {
		return nil, fmt.Errorf("the parameters of RSA-PSS are not those of its hash")
	}
	return func(k crypto.PublicKey, h crypto.Hash, digest, value []byte) bool {
		salt := p.Salt
		if salt == 0 { // in Go a number that stands for any length
			salt = rsa.PSSSaltLengthAuto
		}
		return rsa.VerifyPSS(k.(*rsa.PublicKey), h, digest, value, &rsa.PSSOptions{SaltLength: salt, Hash: h}) == nil
	}, nil
}
