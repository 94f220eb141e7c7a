package signature

import (
	"crypto"
	"crypto/x509"
	"errors"
	"time"

	"github.com/assay-iot/assay/firmware"
)

// verifyCMS judges every signer of a message, and the message by the worst.
func verifyCMS(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	d, err := parseCMS(s.Value)
	if errors.Is(err, errEnveloped) {
		return Outcome{Reason: err.Error()}
	}
	if err != nil {
		return Outcome{Verdict: Invalid, Reason: err.Error()}
	}
	attached, err := d.content()
	if err != nil {
		return Outcome{Verdict: Invalid, Reason: err.Error()}
	}
	certs := d.certificates(s.Certificates)
	all := make([]Outcome, 0, len(d.SignerInfo))
	for i := range d.SignerInfo {
		all = append(all, signer{s, d, &d.SignerInfo[i], certs, keys, asOf}.judge(attached))
	}
	return worst(all)
}

// signer is one signer of a message, and what it is judged with.
type signer struct {
	s     firmware.Signature
	d     *signedData
	info  *signerInfo
	certs []*x509.Certificate // that came with the message
	keys  []Key
	asOf  time.Time
}

func (g signer) judge(attached []byte) Outcome {
	h, name, by, err := g.info.algorithm()
	o := Outcome{Algorithm: name}
	if err != nil {
		o.Reason = err.Error()
		return o
	}
	digest, err := contentDigest(g.s, attached, h)
	if err != nil {
		o.Reason = err.Error()
		if attached != nil {
			o.Verdict = Invalid
		}
		return o
	}
	message, sum, err := g.info.signedBytes(g.d, digest, h)
	if err != nil {
		o.Verdict, o.Reason = Invalid, err.Error()
		o.name(g.certificate())
		return o
	}
	signed := sum
	if by.hash == 0 { // Ed25519 is over the bytes themselves
		if signed = message; signed == nil {
			o.Reason = "Ed25519 without signed attributes is not verified"
			return o
		}
	}
	return g.with(o, by, signed)
}

// with finds who signed, verifies it and asks whether he is trusted.
func (g signer) with(o Outcome, by scheme, signed []byte) Outcome {
	cert := g.certificate()
	if cert == nil {
		return g.bare(o, by, signed)
	}
	o.name(cert)
	o.Verdict = Invalid
	switch {
	case refused(cert.PublicKey) != "":
		o.Verdict, o.Reason = worth(cert.PublicKey), refused(cert.PublicKey)
	case !by.holds(cert.PublicKey, signed, g.info.Value):
		o.Reason = "the signature does not verify with the signer's certificate"
	default:
		o.Verdict, o.Reason = g.trust(cert)
	}
	return o
}

// bare tries declared keys where the message names a certificate that nobody has.
func (g signer) bare(o Outcome, by scheme, signed []byte) Outcome {
	for _, k := range g.keys {
		if k.Certificate == nil && by.holds(k.Public, signed, g.info.Value) {
			o.Key, o.Signer, o.Verdict = k.Digest(), k.Name, Valid
			if o.Reason = k.unusable(g.asOf); o.Reason != "" {
				o.Verdict = Invalid
			}
			return o
		}
	}
	o.Reason = "the signer's certificate is neither in the message nor declared"
	if len(g.keys) > 0 {
		o.Verdict = Undeclared
	}
	return o
}

func (o *Outcome) name(c *x509.Certificate) {
	if c != nil {
		o.Signer, o.Key = c.Subject.String(), digestOf(c.RawSubjectPublicKeyInfo)
	}
}

// certificate is the signer's own: of the message or a declared one.
func (g signer) certificate() *x509.Certificate {
	for _, c := range g.certs {
		if g.info.is(c) {
			return c
		}
	}
	for _, k := range g.keys {
		if k.Certificate != nil && g.info.is(k.Certificate) {
			return k.Certificate
		}
	}
	return nil
}

// equal reports whether two public keys are the same.
func equal(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}
