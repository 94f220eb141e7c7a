package facts

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// Limits of looking for a bare private number beside a certificate.
const (
	p256Number     = 32   // bytes
	besideNear     = 1024 // bytes before and behind the certificate
	minSpread      = 20   // different bytes among 32: by chance fewer come once in a million numbers, in text and tables nearly always
	maxBesideTries = 20000
)

// numbersBeside finds private keys that are no more than their number: the bytes of a
// scalar on P-256, near the certificate that they belong to, as small stacks of TLS are
// given them. That the number gives the certificate's public point leaves no doubt.
func numbersBeside(f *firmware.File, content []byte, known []KeyMaterial) []KeyMaterial {
	var found []KeyMaterial
	tries := 0
	for _, m := range known {
		if m.Certificate == nil || m.Certificate.Algorithm != "EC" || m.Certificate.Bits != 256 {
			continue
		}
		point, ok := pointOf(content, m.Certificate.Location)
		if !ok {
			continue
		}
		start, end := int(m.Certificate.Location.Offset), int(m.Certificate.Location.Offset+m.Certificate.Location.Length)
		for at := max(0, start-besideNear); at+p256Number <= min(len(content), end+besideNear); at++ {
			if at+p256Number > start && at < end {
				at = end - 1
				continue
			}
			number := content[at : at+p256Number]
			if !isSpread(number) {
				continue
			}
			if tries++; tries > maxBesideTries {
				return found
			}
			private, err := ecdh.P256().NewPrivateKey(number)
			if err != nil || !bytes.Equal(private.PublicKey().Bytes(), point) || coveredBy(known, at) || coveredBy(found, at) {
				continue
			}
			if key, ok := keys.Of(private.PublicKey()); ok {
				key.Private, key.Format = true, "number"
				k := KeyMaterial{Key: key}
				k.place(assay.Location{Path: f.Path, Offset: int64(at), Length: p256Number}, f)
				found = append(found, k)
			}
			break
		}
	}
	return found
}

// pointOf is the public point of a certificate in DER or PEM, not compressed.
func pointOf(content []byte, l assay.Location) ([]byte, bool) {
	der := content[l.Offset : l.Offset+l.Length]
	if b, _ := pem.Decode(der); b != nil {
		der = b.Bytes
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, false
	}
	public, ok := c.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, false
	}
	p, err := public.ECDH()
	if err != nil {
		return nil, false
	}
	return p.Bytes(), true
}

// isSpread reports whether bytes differ as those of a random number do.
func isSpread(b []byte) bool {
	var seen [256]bool
	n := 0
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n >= minSpread
}
