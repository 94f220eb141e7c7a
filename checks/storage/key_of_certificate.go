package storage

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed key_of_certificate.md
var keyOfCertificateDoc string

// KeyOfCertificate fails an image that carries both halves of a pair: a private
// key and the certificate or public key that others trust.
var KeyOfCertificate = &checks.Check{
	ID:        "storage/key-of-certificate",
	Title:     "no private key in the image fits a certificate or public key in it",
	Doc:       keyOfCertificateDoc,
	Remedy:    "Keep the private key out of the image, and replace the pair: this one is public now.",
	Principle: assay.Storage,
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.4-1"},
	Version:   2,
	Needs:     checks.Needs(facts.Keys, facts.Certificates, facts.RootPlaces),
	Run:       keyOfCertificate,
}

func keyOfCertificate(c *checks.Context) checks.Judgement {
	keys, certificates := checks.Ask(c, facts.Keys), checks.Ask(c, facts.Certificates)
	var found []assay.Finding
	for _, same := range facts.PrivateKeys(keys) {
		k := gravest(same)
		fits := halves(k, keys, certificates)
		if len(fits) == 0 {
			continue
		}
		f := checks.Observed(severityOf(k, assay.Critical), "the private key in "+assay.Inside(k.Location.Path)+" fits "+fits[0].Note, facts.KeyPlaces(same)...)
		f.Evidence = append(f.Evidence, fits...)
		found = append(found, f)
	}
	return c.None(found, checks.Ask(c, facts.RootPlaces)...)
}

// halves lists the certificates and public keys that a private key fits.
func halves(k facts.Key, keys []facts.Key, certificates []facts.Certificate) []assay.Evidence {
	var fits []assay.Evidence
	if k.Public == "" {
		return nil
	}
	add := func(note string, l assay.Location) {
		fits = append(fits, assay.Evidence{Kind: assay.KindObserved, Note: note, Location: l})
	}
	for _, cert := range certificates {
		if cert.Public != k.Public {
			continue
		}
		name := "the certificate"
		if cert.CA {
			name = "the CA certificate"
		}
		add(name+" of "+cert.Subject+" in "+assay.Inside(cert.Location.Path), cert.Location)
	}
	for _, pub := range keys {
		// An SSH public key beside its private key says no more than that.
		if !pub.Private && pub.Public == k.Public && pub.Format != "SSH public key" {
			add("the public key in "+assay.Inside(pub.Location.Path), pub.Location)
		}
	}
	return fits
}
