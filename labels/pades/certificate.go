package pades

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// oidDocumentSigning is the key purpose of RFC 9336.
var oidDocumentSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}

// Certificate makes a certificate of the key for itself, for an issuer that has
// none from an authority: readers of PDF then show the name with a warning that
// they do not know who says so, and what the label is worth follows from the
// key alone. It follows from its arguments if the key signs without randomness.
func Certificate(key crypto.Signer, name string, from, until time.Time) (*x509.Certificate, error) {
	if _, err := algorithmOf(key.Public()); err != nil {
		return nil, err
	}
	template, err := ownTemplate(key.Public(), name, from, until)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

func ownTemplate(key crypto.PublicKey, name string, from, until time.Time) (*x509.Certificate, error) {
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(spki, "\x00%s\x00%d\x00%d", name, from.Unix(), until.Unix()))
	sum[0] &= 0x7F // a serial number is positive and has at most 20 bytes (RFC 5280, 4.1.2.2)
	return &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(sum[:16]),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             from,
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{oidDocumentSigning},
		BasicConstraintsValid: true,
	}, nil
}

// CertifiesItself reports whether nobody but its own key stands behind a certificate.
func CertifiesItself(c *x509.Certificate) bool { return bytes.Equal(c.RawIssuer, c.RawSubject) }

// IsOwn reports whether a certificate is the one that [Certificate] makes: it bears the
// name and no other, and says nothing else.
func IsOwn(c *x509.Certificate, name string, from, until time.Time) bool {
	want, err := ownTemplate(c.PublicKey, name, from, until)
	if err != nil || c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil {
		return false
	}
	const extensions = 3 // the two uses, and that it certifies nobody
	return onlyName(c.Subject, name) && onlyName(c.Issuer, name) && c.SerialNumber.Cmp(want.SerialNumber) == 0 &&
		c.NotBefore.Equal(from) && c.NotAfter.Equal(until) && c.KeyUsage == want.KeyUsage && len(c.ExtKeyUsage) == 0 &&
		slices.EqualFunc(c.UnknownExtKeyUsage, want.UnknownExtKeyUsage, asn1.ObjectIdentifier.Equal) &&
		c.BasicConstraintsValid && !c.IsCA && len(c.Extensions) == extensions
}

func onlyName(n pkix.Name, name string) bool { return len(n.Names) == 1 && n.CommonName == name }
