package facts

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
)

// Certificate is an X.509 certificate.
type Certificate struct {
	Subject, Issuer string    // names for people
	Hosts           []string  // DNS names and addresses that it stands for
	NotBefore       time.Time // in UTC
	NotAfter        time.Time // in UTC
	CA              bool      // may sign other certificates
	Signs           bool      // says itself that its key is for signing certificates (RFC 5280, 4.2.1.3)
	SelfSigned      bool      // subject and issuer are the same
	Signature       string    // algorithm of its signature, as "SHA256-RSA"
	Algorithm       string    // of its key
	Bits            int       // of its key
	Public          assay.Digest
	Number          string       `json:",omitempty"` // of its key, as in Key
	Digest          assay.Digest // SHA-256 of the certificate
	Named           bool         `json:",omitempty"` // a setting or command names its file; told of those among the roots of others
	Bundled         bool         `json:",omitempty"` // it stands in a list of the roots of others
	Err             string       // it could not be parsed, and why; the rest is empty
	Location        assay.Location

	rsa *keys.RSAPublic // the public numbers, for arithmetic; not stored
}

// RSA gives the numbers of its key, for arithmetic; nil if that is not RSA, or was stored.
func (c Certificate) RSA() *keys.RSAPublic { return c.rsa }

// Certificates are the X.509 certificates of the image, in PEM and DER.
var Certificates = &Fact[[]Certificate]{
	Name:    "certificates",
	Doc:     "X.509 certificates in PEM and DER: names, dates, kind of key and signature, digest of the public key, place.",
	Version: 5,
	Needs:   []Node{KeysAndCertificates},
	Observe: func(o *Observer) ([]Certificate, error) {
		all, err := KeysAndCertificates.Of(o)
		certs := []Certificate{}
		for _, m := range all {
			if m.Certificate != nil {
				certs = append(certs, *m.Certificate)
			}
		}
		return certs, err
	},
}

// parseCertificateDER parses bytes that may be a certificate.
func parseCertificateDER(der []byte) (*Certificate, bool) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, false
	}
	return certificateOf(c), true
}

// parseCertificatePEM parses bytes that are labelled as a certificate. Trusted
// certificates of OpenSSL have more behind it.
func parseCertificatePEM(b []byte) *Certificate {
	n, ok := keys.DERLength(b)
	if !ok || n > len(b) {
		return &Certificate{Digest: digestOf(b), Err: "its length does not fit its contents"}
	}
	c, err := x509.ParseCertificate(b[:n])
	if err != nil {
		return &Certificate{Digest: digestOf(b[:n]), Err: forPeople(err.Error())}
	}
	return certificateOf(c)
}

func certificateOf(c *x509.Certificate) *Certificate {
	cert := &Certificate{
		Subject: subjectOf(c), Issuer: nameOf(c.Issuer),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		CA:         c.BasicConstraintsValid && c.IsCA || c.Version == 1 && bytes.Equal(c.RawSubject, c.RawIssuer),
		Signs:      c.KeyUsage&x509.KeyUsageCertSign != 0,
		SelfSigned: bytes.Equal(c.RawSubject, c.RawIssuer),
		Signature:  c.SignatureAlgorithm.String(),
		Digest:     digestOf(c.Raw),
		Hosts:      []string{},
	}
	for _, h := range c.DNSNames {
		cert.Hosts = append(cert.Hosts, forPeople(h))
	}
	for _, ip := range c.IPAddresses {
		cert.Hosts = append(cert.Hosts, ip.String())
	}
	cert.Public = digestOf(c.RawSubjectPublicKeyInfo)
	if key, ok := keys.ParseSPKI(c.RawSubjectPublicKeyInfo); ok {
		cert.Public, cert.Number, cert.Algorithm, cert.Bits, cert.rsa = key.Public, key.Number, key.Algorithm, key.Bits, key.RSA()
	}
	return cert
}

// subjectOf is the name of the certificate's owner, or else the first of the other
// names that it is for.
func subjectOf(c *x509.Certificate) string {
	names := append([]string{nameOf(c.Subject)}, c.DNSNames...)
	names = append(append(names, c.EmailAddresses...), "nobody named")
	return forPeople(names[slices.IndexFunc(names, func(n string) bool { return n != "" })])
}

// nameOf is the common name, or else all of the name.
func nameOf(n pkix.Name) string {
	if n.CommonName != "" {
		return forPeople(n.CommonName)
	}
	return forPeople(n.String())
}

// Probe reports the same of a certificate.
func (c Certificate) Probe() bool { return keys.IsProbe(c.Public, c.Location) }

// maxName is the number of characters that are kept of a name in an image.
const maxName = 128

// forPeople makes a text from an image safe to print.
func forPeople(s string) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
	if r := []rune(clean); len(r) > maxName {
		return string(r[:maxName]) + "…"
	}
	return clean
}
