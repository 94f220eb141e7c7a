package sign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/pades"
)

// ErrChain says that certificates cannot stand beside the signature of a PDF.
var ErrChain = errors.New("certificates of the signer")

// maxChainFile is the size of the largest file of certificates, in bytes.
const maxChainFile = 64 << 10

// Chain reads the signer's certificates from PEM: the one of the key first, then
// each the one that certifies the one before, up to a root or to one below it.
// It refuses with ErrChain what readers of PDF would call wrong: another key, a
// gap, a certificate that is not for signatures, or not valid on the day of issue
// (YYYY-MM-DD). Whether the root is trusted is for whoever verifies.
func Chain(file []byte, key crypto.PublicKey, day string) ([]*x509.Certificate, error) {
	chain, err := certificates(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrChain, err)
	}
	if _, err := labels.Noon(day); err != nil {
		return nil, err
	}
	leaf := chain[0]
	switch id, err := labels.KeyID(leaf.PublicKey); {
	case !pades.CanSign(key):
		return nil, fmt.Errorf("%w: no PDF is signed with a key of this kind, so it takes none", ErrChain)
	case err != nil || id != keyID(key):
		return nil, fmt.Errorf("%w: the first, %q, is of another key than the one that signs", ErrChain, leaf.Subject)
	case pades.CertifiesItself(leaf):
		return nil, fmt.Errorf("%w: the first, %q, certifies itself: leave it out, then the key makes one in the name that stands on the label", ErrChain, leaf.Subject)
	case leaf.KeyUsage != 0 && leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return nil, fmt.Errorf("%w: the first, %q, is not for signatures", ErrChain, leaf.Subject)
	}
	return chain, linked(chain, day)
}

func keyID(key crypto.PublicKey) string {
	id, _ := labels.KeyID(key) // empty for what is no key, which equals none
	return id
}

// certificates reads at most pades.MaxChain of them.
func certificates(file []byte) ([]*x509.Certificate, error) {
	if len(file) > maxChainFile {
		return nil, fmt.Errorf("%d bytes, more than %d", len(file), maxChainFile)
	}
	var chain []*x509.Certificate
	for rest := file; len(bytes.TrimSpace(rest)) > 0; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("what stands behind %d of them is no CERTIFICATE in PEM", len(chain))
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(chain)+1, err)
		}
		if chain = append(chain, c); len(chain) > pades.MaxChain {
			return nil, fmt.Errorf("more than %d", pades.MaxChain)
		}
	}
	if len(chain) == 0 {
		return nil, errors.New("there is none")
	}
	return chain, nil
}

// linked demands that each certificate is signed by the next, and valid on the day. A label
// knows no hour, so the days in UTC are compared: one that was made this afternoon will do.
func linked(chain []*x509.Certificate, day string) error {
	for i, c := range chain {
		from, until := c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly)
		if day < from || day > until {
			return fmt.Errorf("%w: %q is valid from %s to %s, and the label is issued on %s", ErrChain, c.Subject, from, until, day)
		}
		if i == 0 {
			continue
		}
		if err := chain[i-1].CheckSignatureFrom(c); err != nil {
			return fmt.Errorf("%w: %q is not certified by the next one, %q: %w", ErrChain, chain[i-1].Subject, c.Subject, err)
		}
	}
	return nil
}

// Token takes the timestamp token out of an authority's answer, as a PDF's
// signature holds it.
func Token(answer []byte) ([]byte, error) {
	t, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, fmt.Errorf("timestamp: %w", err)
	}
	return t.RawToken, nil
}
