package signed

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"slices"
)

// Object identifiers of RFC 5652 and of the algorithms.
var (
	oidData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigned  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSHA256  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	sequence   = byte(0x30)
	set        = byte(0x31)
	octets     = byte(0x04)
	context0   = byte(0xa0)
	versionOne = []byte{2, 1, 1}
)

// der wraps parts in a tag and a length.
func der(tag byte, parts ...[]byte) []byte {
	content := slices.Concat(parts...)
	return must(asn1.Marshal(asn1.RawValue{Class: int(tag >> 6), Tag: int(tag & 0x1f), IsCompound: tag&0x20 != 0, Bytes: content}))
}

func oid(id asn1.ObjectIdentifier) []byte { return must(asn1.Marshal(id)) }

// CMS is a SignedData (RFC 5652) of the makers, by RSA and SHA-256 with signed
// attributes, over a content that it holds if it is attached.
func CMS(content []byte, attached bool, makers ...*Maker) []byte {
	hash := der(sequence, oid(oidSHA256))
	inner := oid(oidData)
	if attached {
		inner = append(inner, der(context0, der(octets, content))...)
	}
	var certificates, signers []byte
	for _, m := range makers {
		certificates = append(certificates, m.Certificate...)
		signers = append(signers, m.signer(content, hash)...)
	}
	parts := [][]byte{versionOne, der(set, hash), der(sequence, inner)}
	if len(certificates) > 0 {
		parts = append(parts, der(context0, certificates))
	}
	return der(sequence, oid(oidSigned), der(context0, der(sequence, append(parts, der(set, signers))...)))
}

// signer is what one maker says of a content.
func (m *Maker) signer(content, hash []byte) []byte {
	c := must(x509.ParseCertificate(m.Certificate))
	attributes := slices.Concat(
		der(sequence, oid(oidType), der(set, oid(oidData))),
		der(sequence, oid(oidDigest), der(set, der(octets, sha256(content)))),
	)
	value := m.sign(der(set, attributes), crypto.SHA256)
	return der(sequence, versionOne, der(sequence, c.RawIssuer, must(asn1.Marshal(c.SerialNumber))), hash,
		der(context0, attributes), der(sequence, oid(oidRSA), []byte{5, 0}), der(octets, value))
}
