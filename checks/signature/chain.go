package signature

import (
	"bytes"
	"crypto/x509"
	"slices"
	"time"
)

// trust says what a signer's certificate is worth: whether it is declared, or
// leads to a declared one, is valid on the day, and may sign software.
func (g signer) trust(cert *x509.Certificate) (Verdict, string) {
	for _, k := range g.keys {
		if k.Certificate == nil && equal(k.Public, cert.PublicKey) {
			if reason := k.unusable(g.asOf); reason != "" {
				return Invalid, reason
			}
			return Valid, ""
		}
	}
	if len(g.keys) == 0 {
		return Undeclared, noKey
	}
	chain := g.chainOn(cert, g.asOf)
	if chain == nil {
		return g.outOfTime(cert)
	}
	if reason := purpose(cert); reason != "" {
		return Invalid, reason
	}
	for _, c := range chain {
		if reason := refused(c.PublicKey); reason != "" {
			return worth(c.PublicKey), reason
		}
		if g.revoked(c) {
			return Invalid, "the certificate is revoked: " + c.Subject.String()
		}
	}
	return g.declaredUse(chain)
}

// declaredUse holds the chain to the days on which its declared end is used.
func (g signer) declaredUse(chain []*x509.Certificate) (Verdict, string) {
	for _, k := range g.keys {
		if k.Certificate != nil && k.Certificate.Equal(chain[len(chain)-1]) {
			if reason := k.unusable(g.asOf); reason != "" {
				return Invalid, reason
			}
		}
	}
	return Valid, ""
}

// chainOn leads from a certificate to a declared one, at any moment of a day; nil if
// there is none.
func (g signer) chainOn(cert *x509.Certificate, asOf time.Time) []*x509.Certificate {
	from, to := dayOf(asOf)
	for _, at := range append([]time.Time{from, to.Add(-time.Second)}, g.days(cert)...) {
		if at.Before(from) || !at.Before(to) {
			continue
		}
		if chain := g.chain(cert, at); chain != nil {
			return chain
		}
	}
	return nil
}

// chain leads from a certificate to a declared one, at a moment; nil if there is
// none.
func (g signer) chain(cert *x509.Certificate, at time.Time) []*x509.Certificate {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, k := range g.keys {
		if k.Certificate != nil {
			roots.AddCert(k.Certificate)
		}
	}
	for _, c := range g.certs {
		between.AddCert(c)
	}
	chains, err := cert.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil || len(chains) == 0 {
		return nil
	}
	slices.SortFunc(chains, func(a, b []*x509.Certificate) int { return len(a) - len(b) })
	return chains[0]
}

// outOfTime tells a chain that is not valid on the day from none at all.
func (g signer) outOfTime(cert *x509.Certificate) (Verdict, string) {
	for _, day := range g.days(cert) {
		for _, c := range g.chain(cert, day) {
			if reason := expired(c, g.asOf); reason != "" {
				if !bytes.Equal(c.Raw, cert.Raw) {
					reason += " (" + c.Subject.String() + ")"
				}
				return Invalid, reason
			}
		}
	}
	return Undeclared, "the signer's certificate leads to no declared key or authority"
}

// days are the moments at which a certificate that can be in the chain begins or
// ends.
func (g signer) days(cert *x509.Certificate) []time.Time {
	days := []time.Time{cert.NotBefore, cert.NotAfter}
	for _, c := range g.certs {
		days = append(days, c.NotBefore, c.NotAfter)
	}
	for _, k := range g.keys {
		if k.Certificate != nil {
			days = append(days, k.Certificate.NotBefore, k.Certificate.NotAfter)
		}
	}
	return days
}

// purpose says that a certificate is not for signing software; empty if it may
// be: its usage and its extended usage allow signatures, or do not speak of it.
func purpose(c *x509.Certificate) string {
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return "the certificate is not for signatures"
	}
	if len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 0 {
		return ""
	}
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageAny || u == x509.ExtKeyUsageCodeSigning || u == x509.ExtKeyUsageEmailProtection {
			return ""
		}
	}
	return "the certificate is for another purpose than signing software"
}

// revoked reports whether a certificate stands in a list that was declared.
func (g signer) revoked(c *x509.Certificate) bool {
	for _, k := range g.keys {
		for _, list := range k.Revoked {
			if list.has(c, g.asOf) {
				return true
			}
		}
	}
	return false
}
