package sigstore

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/assay-iot/assay/labels"
)

// Stamper is a timestamp authority that is trusted (RFC 3161).
type Stamper struct {
	Name         string
	Certificates []byte // PEM: the signing certificate first, the root last; or the root alone
	NotBefore    time.Time
	NotAfter     time.Time
}

// NewRoot puts together what a trust policy names: a Sigstore trusted root, which
// may be empty, and timestamp authorities.
func NewRoot(trustedRoot []byte, stampers []Stamper) (*Root, error) {
	base := &Root{root.TrustedMaterialCollection{}}
	var err error
	if len(trustedRoot) > 0 {
		if base, err = ParseRoot(trustedRoot); err != nil {
			return nil, err
		}
	}
	m := base.material
	authorities := m.TimestampingAuthorities()
	for _, s := range stampers {
		a, err := s.authority()
		if err != nil {
			return nil, fmt.Errorf("timestamp authority %q: %w", s.Name, err)
		}
		authorities = append(authorities, a)
	}
	all, err := root.NewTrustedRoot(root.TrustedRootMediaType01, m.FulcioCertificateAuthorities(), m.CTLogs(), authorities, m.RekorLogs())
	if err != nil {
		return nil, fmt.Errorf("trusted root: %w", err)
	}
	return &Root{all}, nil
}

func (s Stamper) authority() (root.TimestampingAuthority, error) {
	var chain []*x509.Certificate
	for rest := s.Certificates; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, errors.New("no certificate")
	}
	a := &root.SigstoreTimestampingAuthority{
		Root: chain[len(chain)-1], ValidityPeriodStart: s.NotBefore, ValidityPeriodEnd: s.NotAfter, URI: s.Name,
	}
	if len(chain) > 1 {
		a.Leaf, a.Intermediates = chain[0], chain[1:len(chain)-1]
	}
	return a, nil
}

// JSON writes the root as trusted_root.json, for other tools of Sigstore.
func (r *Root) JSON() ([]byte, error) {
	t, ok := r.material.(*root.TrustedRoot)
	if !ok {
		return nil, errors.New("there is no trusted root")
	}
	data, err := t.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("trusted root: %w", err)
	}
	return labels.Canonical(json.RawMessage(data))
}
