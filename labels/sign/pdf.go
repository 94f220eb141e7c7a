package sign

import (
	"crypto"
	"crypto/x509"
	"fmt"

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
	says, err := s.Predicate.Seal()
	if err != nil {
		return nil, fmt.Errorf("sign PDF: %w", err)
	}
	if seal.Chain == nil {
		cert, err := pades.Certificate(key, says.Name, says.From, says.Until)
		if err != nil {
			return nil, err
		}
		seal.Chain = []*x509.Certificate{cert}
	}
	if leaf := seal.Chain[0]; !pades.CertifiesItself(leaf) && !s.Predicate.CertifiedFor(leaf.Subject) {
		return nil, fmt.Errorf("%w: the first is of %q, and %q issues the label: readers of PDF would show another name than the label", ErrChain, leaf.Subject, s.Predicate.Issuer.Name)
	}
	return pades.Sign(pdf, key, seal.Chain, pades.Options{Name: says.Name, Reason: says.Reason, Time: says.From, Timestamp: seal.Timestamp})
}
