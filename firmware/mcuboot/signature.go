package mcuboot

import (
	"crypto/x509"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// signatures parses every signature. The key that a signature names stands in
// front of it.
func (r *reader) signatures() {
	var key tlv
	pure := false
	for _, f := range r.tlvs {
		pure = pure || f.kind == tlvPure
	}
	n := 0
	for _, f := range r.tlvs {
		switch f.kind {
		case tlvKeyHash, tlvPublicKey:
			key = f
		case tlvRSA2048, tlvRSA3072, tlvECDSA, tlvECDSA224, tlvEd25519:
			s := r.signature(f, key, pure)
			if n > 0 {
				s.Name = fmt.Sprint(n)
			}
			n++
			r.o.Signatures = append(r.o.Signatures, s)
		}
	}
}

func (r *reader) signature(f, key tlv, pure bool) format.Signature {
	s := format.Signature{
		Kind: name, Offset: f.off, Length: int64(len(f.value)), Value: f.value,
		Covers: r.covered, Leaves: r.leaves(f), Problem: r.problem,
	}
	fail := func(err error) {
		if err != nil && s.Problem == "" {
			s.Problem = err.Error()
		}
	}
	switch key.kind {
	case tlvKeyHash:
		s.KeyDigest = key.value
	case tlvPublicKey:
		var err error
		s.PublicKey, err = publicKey(key.value)
		fail(err)
	}
	hashed, err := r.hashOf(f.kind)
	fail(err)
	switch f.kind {
	case tlvRSA2048, tlvRSA3072:
		s.Algorithm = format.RSAPSSSHA256
		if r.h.old && r.h.flags&oldPKCS1v15 != 0 {
			s.Algorithm = format.RSASHA256
		}
		fail(rightLength(f))
	case tlvECDSA:
		s.Algorithm = map[uint16]string{tlvSHA384: format.ECDSASHA384, tlvSHA512: format.ECDSASHA512}[hashed]
		if s.Algorithm == "" {
			s.Algorithm = format.ECDSASHA256
		}
		s.Value, err = unpadded(f)
		fail(err)
	case tlvECDSA224:
		s.Algorithm = "ECDSA-P224-SHA256"
		s.Value, err = unpadded(f)
		fail(err)
	case tlvEd25519:
		s.Algorithm = format.Ed25519
		fail(rightLength(f))
	}
	if s.Problem != "" {
		return s
	}
	if f.kind == tlvEd25519 && pure {
		fail(r.message(&s))
		return s
	}
	s.Digest, err = r.digest(hashed)
	fail(err)
	if f.kind == tlvEd25519 {
		s.Message = s.Digest // it is over the hash
	}
	return s
}

// message gives the covered bytes themselves.
func (r *reader) message(s *format.Signature) error {
	in, span := r.in, r.covered[0]
	s.Signed = func() ([]byte, error) { return in.Bytes(span.Offset, span.Length) }
	if span.Length > format.MaxMessage {
		return nil
	}
	var err error
	s.Message, err = s.Signed()
	return err
}

// hashOf is the hash that a signature is over: the one that the image has.
// RSA knows one only.
func (r *reader) hashOf(kind uint16) (uint16, error) {
	if kind == tlvRSA2048 || kind == tlvRSA3072 || kind == tlvECDSA224 {
		return tlvSHA256, nil
	}
	found := uint16(0)
	for _, f := range r.tlvs {
		if hashNames[f.kind] != "" && found == 0 {
			found = f.kind
		} else if hashNames[f.kind] != "" && f.kind != found {
			return found, format.Errorf(f.off, "fields %s and %s: nobody can tell which the signature is over", typeName(found), typeName(f.kind))
		}
	}
	if found == 0 {
		return tlvSHA256, errNoHash
	}
	return found, nil
}

// leaves are the bytes that a signature does not cover.
func (r *reader) leaves(f tlv) (spans []format.Span) {
	from, to := r.covered[0].Length, f.off
	if to > from {
		spans = append(spans, format.Span{Offset: from, Length: to - from})
	}
	if end := f.off + int64(len(f.value)); end < r.o.Length {
		spans = append(spans, format.Span{Offset: end, Length: r.o.Length - end})
	}
	return spans
}

func rightLength(f tlv) error {
	want := map[uint16]int{tlvRSA2048: 256, tlvRSA3072: 384, tlvEd25519: 64}[f.kind]
	if len(f.value) != want {
		return format.Errorf(f.off, "signature %s of %d bytes", typeName(f.kind), len(f.value))
	}
	return nil
}

// unpadded takes a signature in DER out of a field that may be longer, for old
// tools filled it with zeros.
func unpadded(f tlv) ([]byte, error) {
	v := f.value
	if len(v) < 2 || v[0] != 0x30 {
		return v, format.Errorf(f.off, "the signature is not in DER")
	}
	n, head := int(v[1]), 2
	if v[1] == 0x81 && len(v) > 2 {
		n, head = int(v[2]), 3
	} else if v[1] >= 0x80 {
		return v, format.Errorf(f.off, "the signature is not in DER")
	}
	if n > len(v)-head {
		return v, format.Errorf(f.off, "the signature has %d bytes, its field %d", n+head, len(v))
	}
	for _, c := range v[head+n:] {
		if c != 0 {
			return v, format.Errorf(f.off, "bytes follow the signature in its field")
		}
	}
	return v[:head+n], nil
}

// publicKey gives the SubjectPublicKeyInfo of a key that is one already, or a
// PKCS #1 key.
func publicKey(der []byte) ([]byte, error) {
	if _, err := x509.ParsePKIXPublicKey(der); err == nil {
		return der, nil
	}
	rsa, err := x509.ParsePKCS1PublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("the public key cannot be read: %w", err)
	}
	return x509.MarshalPKIXPublicKey(rsa)
}
