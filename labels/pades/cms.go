package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // of the larger curves
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Object identifiers of RFC 5652, RFC 5035, RFC 3161, RFC 5754, RFC 5758.
var (
	oidData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidCertificateV2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimestampToken = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidSHA256         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidRSASHA256      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidECDSASHA256    = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSASHA384    = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSASHA512    = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
)

const minRSA = 2048 // bits

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Content      encapsulated
	Certificates asn1.RawValue
	Signers      []signerInfo `asn1:"set"`
}

type encapsulated struct{ Type asn1.ObjectIdentifier } // detached

type signerInfo struct {
	Version   int
	Signer    issuerAndSerial
	Digest    pkix.AlgorithmIdentifier
	Signed    asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature []byte
	Unsigned  asn1.RawValue `asn1:"optional"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue `asn1:"set"`
}

// signingCertificate is SigningCertificateV2 of RFC 5035 with its default hash,
// SHA-256.
type signingCertificate struct{ Certs []certificateID }

type certificateID struct{ Hash []byte }

// algorithm is how a key signs.
type algorithm struct {
	id   pkix.AlgorithmIdentifier
	hash crypto.Hash
}

func algorithmOf(key crypto.PublicKey) (algorithm, error) {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		switch k.Curve.Params().BitSize {
		case 256:
			return algorithm{pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA256}, crypto.SHA256}, nil
		case 384:
			return algorithm{pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA384}, crypto.SHA384}, nil
		case 521:
			return algorithm{pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA512}, crypto.SHA512}, nil
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= minRSA {
			return algorithm{pkix.AlgorithmIdentifier{Algorithm: oidRSASHA256, Parameters: asn1.NullRawValue}, crypto.SHA256}, nil
		}
	}
	return algorithm{}, errors.New("no PDF is signed with this kind of key: it takes P-256, P-384, P-521, or RSA of 2048 bits and more")
}

// CanSign reports whether PDFs are signed with such a key.
func CanSign(key crypto.PublicKey) bool {
	_, err := algorithmOf(key)
	return err == nil
}

// signCMS signs the digest of a file.
func signCMS(digest []byte, key crypto.Signer, chain []*x509.Certificate, stamp func([]byte) ([]byte, error)) ([]byte, error) {
	if pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !pub.Equal(chain[0].PublicKey) {
		return nil, errors.New("the certificate is of another key")
	}
	alg, err := algorithmOf(key.Public())
	if err != nil {
		return nil, err
	}
	attrs, err := signedAttributes(digest, chain[0])
	if err != nil {
		return nil, err
	}
	h := alg.hash.New()
	h.Write(attrs)
	sig, err := key.Sign(nil, h.Sum(nil), alg.hash)
	if err != nil {
		return nil, err
	}
	var token []byte
	if stamp != nil {
		if token, err = stamp(sig); err != nil {
			return nil, fmt.Errorf("timestamp: %w", err)
		}
	}
	return structure(alg, attrs, sig, token, chain)
}

// signedAttributes is the SET OF that is signed (RFC 5652, 5.4): what was
// signed, and by which certificate. The time stands in the PDF (EN 319 142-1,
// 6.3), not here.
func signedAttributes(digest []byte, cert *x509.Certificate) ([]byte, error) {
	sum := sha256.Sum256(cert.Raw)
	var set [][]byte
	for _, a := range []struct {
		id    asn1.ObjectIdentifier
		value any
	}{
		{oidContentType, oidData},
		{oidMessageDigest, digest},
		{oidCertificateV2, signingCertificate{[]certificateID{{sum[:]}}}},
	} {
		der, err := attributeOf(a.id, a.value)
		if err != nil {
			return nil, err
		}
		set = append(set, der)
	}
	slices.SortFunc(set, bytes.Compare)
	return asn1.Marshal(asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: bytes.Join(set, nil)})
}

func attributeOf(id asn1.ObjectIdentifier, value any) ([]byte, error) {
	der, err := asn1.Marshal(value)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(attribute{id, asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: der}})
}

// structure writes the CMS structure; it follows from its arguments.
func structure(alg algorithm, attrs, sig, token []byte, chain []*x509.Certificate) ([]byte, error) {
	sha := pkix.AlgorithmIdentifier{Algorithm: oidSHA256}
	signer := signerInfo{
		Version:   1,
		Signer:    issuerAndSerial{asn1.RawValue{FullBytes: chain[0].RawIssuer}, chain[0].SerialNumber},
		Digest:    sha,
		Signed:    asn1.RawValue{FullBytes: tagged(attrs)},
		Algorithm: alg.id,
		Signature: sig,
	}
	if token != nil {
		der, err := attributeOf(oidTimestampToken, asn1.RawValue{FullBytes: token})
		if err != nil {
			return nil, err
		}
		signer.Unsigned = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: der}
	}
	var certs []byte
	for _, c := range chain {
		certs = append(certs, c.Raw...)
	}
	der, err := asn1.Marshal(signedData{
		Version: 1, Digests: []pkix.AlgorithmIdentifier{sha}, Content: encapsulated{oidData},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: certs},
		Signers:      []signerInfo{signer},
	})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der}})
}

// tagged turns the SET OF that is signed into the [0] that stands in the
// structure.
func tagged(set []byte) []byte {
	b := bytes.Clone(set)
	b[0] = 0xA0
	return b
}
