package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
)

// MaxChain is how many certificates a signature holds at most.
const MaxChain = 8

// readCMS reads a structure that signCMS wrote, with zeros behind it, and checks
// that it signs the digest. What it reads it writes again and compares, so that
// it holds nothing else.
func readCMS(padded, digest []byte) (*Signature, error) {
	var outer contentInfo
	rest, err := asn1.Unmarshal(padded, &outer)
	if err != nil || !outer.Type.Equal(oidSignedData) {
		return nil, changed("the signature cannot be read")
	}
	if len(bytes.Trim(rest, "\x00")) > 0 {
		return nil, changed("something stands behind the signature")
	}
	var data signedData
	if rest, err := asn1.Unmarshal(outer.Content.Bytes, &data); err != nil || len(rest) > 0 || len(data.Signers) != 1 {
		return nil, changed("the signature cannot be read")
	}
	s := &Signature{Value: data.Signers[0].Signature}
	if s.Chain, err = x509.ParseCertificates(data.Certificates.Bytes); err != nil || len(s.Chain) == 0 || len(s.Chain) > MaxChain {
		return nil, changed("its certificates cannot be read")
	}
	if s.Timestamp, err = token(data.Signers[0].Unsigned); err != nil {
		return nil, err
	}
	return s, s.verify(padded[:len(padded)-len(rest)], digest)
}

// token takes the timestamp from the unsigned attributes.
func token(raw asn1.RawValue) ([]byte, error) {
	if len(raw.FullBytes) == 0 {
		return nil, nil
	}
	var a attribute
	if rest, err := asn1.Unmarshal(raw.Bytes, &a); err != nil || len(rest) > 0 || !a.Type.Equal(oidTimestampToken) {
		return nil, changed("its timestamp cannot be read")
	}
	return a.Values.Bytes, nil
}

func (s *Signature) verify(cms, digest []byte) error {
	key := s.Chain[0].PublicKey
	alg, err := algorithmOf(key)
	if err != nil {
		return changed("%v", err)
	}
	attrs, err := signedAttributes(digest, s.Chain[0])
	if err != nil {
		return err
	}
	again, err := structure(alg, attrs, s.Value, s.Timestamp, s.Chain)
	if err != nil || !bytes.Equal(again, cms) {
		return changed("it is about another file")
	}
	h := alg.hash.New()
	h.Write(attrs)
	if !fits(key, alg.hash, h.Sum(nil), s.Value) {
		return changed("its key did not sign this")
	}
	return nil
}

func fits(key crypto.PublicKey, hash crypto.Hash, digest, sig []byte) bool {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, digest, sig)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, hash, digest, sig) == nil
	}
	return false
}
