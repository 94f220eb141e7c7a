package sign

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/pades"
)

// Seal are the certificates and the timestamp of a PDF's signature.
type Seal struct {
	// Chain leads from the issuer's certificate to a root; if there is none, the
	// key makes a certificate for itself.
	Chain []*x509.Certificate
	// Timestamp asks for a token (RFC 3161); nil if there is no authority.
	Timestamp func(message []byte) (token []byte, err error)
}

// PDF signs the PDF of a label with the key that signed its statement, so that
// readers of PDF see who issued it and that nothing was changed. A key of a
// kind that they do not know gives the file as it was.
func PDF(key crypto.Signer, s *labels.Statement, pdf []byte, seal Seal) ([]byte, error) {
	if !pades.CanSign(key.Public()) {
		return pdf, nil
	}
	l := &s.Predicate
	from, err := noon(l.Issued)
	if err != nil {
		return nil, err
	}
	until, err := noon(l.ValidUntil)
	if err != nil {
		return nil, err
	}
	name, reason := l.Issuer.Name, "issues this security label"
	if l.Demo {
		name, reason = "DEMO: proves nothing", "shows what a label looks like"
	}
	if seal.Chain == nil {
		cert, err := pades.Certificate(key, name, from, until)
		if err != nil {
			return nil, err
		}
		seal.Chain = []*x509.Certificate{cert}
	}
	return pades.Sign(pdf, key, seal.Chain, pades.Options{Name: name, Reason: reason, Time: from, Timestamp: seal.Timestamp})
}

// noon is the hour that stands in files which know a day only.
func noon(day string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return t, fmt.Errorf("sign PDF: %w", err)
	}
	return t.Add(12 * time.Hour), nil
}
