package signature

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"time"
)

// Revocations is a list of revoked certificates (RFC 5280, 5.1), of version 1 or
// 2, that came with a declared key. It is trusted as that is: its signature is
// not asked for.
type Revocations struct {
	issuer  []byte
	revoked []revokedEntry
}

type revokedEntry struct {
	Serial     *big.Int
	Time       time.Time
	Extensions []pkix.Extension `asn1:"optional"`
}

var errRevocations = errors.New("holds a list of revoked certificates that cannot be read")

func parseRevocations(der []byte) (*Revocations, error) {
	var list struct {
		TBS struct {
			Version    int `asn1:"optional,default:0"`
			Signature  pkix.AlgorithmIdentifier
			Issuer     asn1.RawValue
			This       time.Time
			Next       time.Time        `asn1:"optional"`
			Revoked    []revokedEntry   `asn1:"optional"`
			Extensions []pkix.Extension `asn1:"optional,explicit,tag:0"`
		}
		Algorithm pkix.AlgorithmIdentifier
		Value     asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &list); err != nil || len(rest) > 0 {
		return nil, errRevocations
	}
	return &Revocations{list.TBS.Issuer.FullBytes, list.TBS.Revoked}, nil
}

// has reports whether a certificate stands in the list with a day that has come.
func (r *Revocations) has(c *x509.Certificate, asOf time.Time) bool {
	if !bytes.Equal(r.issuer, c.RawIssuer) {
		return false
	}
	_, to := dayOf(asOf)
	for _, e := range r.revoked {
		if e.Serial.Cmp(c.SerialNumber) == 0 && e.Time.Before(to) {
			return true
		}
	}
	return false
}
