package storage

import (
	"cmp"
	_ "embed"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/knownkeys"
	"github.com/assay-iot/assay/checks/facts/signing"
	"github.com/assay-iot/assay/checks/publishedkeys"
	"github.com/assay-iot/assay/checks/signature"
)

//go:embed known_key.md
var knownKeyDoc string

// KnownKey fails an image that relies on a key whose private half is public.
var KnownKey = &checks.Check{
	ID:        "storage/known-key",
	Title:     "no key in use has a published private half",
	Doc:       knownKeyDoc,
	Remedy:    "Make a key of your own, sign with it, and take the published one out of the image.",
	Principle: assay.Storage,
	Reads:     "FD",
	Severity:  assay.Critical,
	Provision: []string{"5.4-4"},
	Version:   3,
	Needs:     checks.Needs(facts.Keys, facts.Certificates, signing.Signatures, facts.BootKeys, signing.UpdateContainers, facts.WellKnownKeys, facts.RootPlaces, knownkeys.Blocklist, knownkeys.Compromised),
	Run:       knownKey,
}

func knownKey(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	examined := slices.Clone(checks.Ask(c, facts.RootPlaces))
	for _, s := range checks.Ask(c, signing.Signatures) {
		examined = append(examined, s.Location)
		digests := append(signature.Digests(s.Signature), publishedkeys.AndroidDigest(s.PublicKey))
		if o := signature.Verify(s.Signature, c.Keys, c.AsOf); o.Verdict == signature.Valid && !slices.Contains(digests, o.Key) {
			digests = append(digests, o.Key)
		}
		for _, d := range digests {
			if p, ok := publishedkeys.Of(d); ok {
				found = append(found, checks.Noted(assay.Critical, "the "+s.Kind+" signature is of a key that anybody has: "+p.Name, p.Source, s.Location))
			}
		}
	}
	for _, k := range checks.Ask(c, facts.BootKeys) {
		examined = append(examined, k.Location)
		if p, ok := publishedkeys.Of(k.Public); ok {
			found = append(found, checks.Noted(assay.Critical, "the boot loader trusts a key that anybody has: "+p.Name, p.Source, k.Location))
		}
	}
	for _, k := range checks.Ask(c, facts.Keys) {
		if p, ok := publishedkeys.Of(k.Public); ok {
			severity := severityOf(k, assay.Critical)
			if !k.Private {
				severity = checks.Graded(assay.High, k.Location)
			}
			found = append(found, checks.Noted(severity, assay.Inside(k.Location.Path)+" holds a key that anybody has: "+p.Name, p.Source, k.Location))
		}
	}
	for _, cert := range checks.Ask(c, facts.Certificates) {
		if p, ok := publishedkeys.Of(cert.Public); ok {
			severity := checks.Graded(assay.High, cert.Location)
			if cert.Probe() {
				severity = assay.Low
			}
			found = append(found, checks.Noted(severity, assay.Inside(cert.Location.Path)+" holds the certificate of a key that anybody has: "+p.Name, p.Source, cert.Location))
		}
	}
	found = append(found, listed(checks.Ask(c, knownkeys.Compromised))...)
	for _, w := range checks.Ask(c, facts.WellKnownKeys) {
		found = append(found, checks.Observed(assay.Low, "a key that its specification publishes: "+w.Name, w.Location))
	}
	for _, u := range checks.Ask(c, signing.UpdateContainers) {
		examined = append(examined, u.Location)
	}
	return c.None(checks.Merged(found), examined...)
}

// listed are the keys that a larger list names, and the list here does not.
func listed(r knownkeys.Report) (found []assay.Finding) {
	for _, f := range r.Found {
		if _, ok := publishedkeys.Of(f.Public); ok {
			continue
		}
		by := cmp.Or(f.Source, "the list of "+r.Date)
		name := "a compromised one of the collection " + f.Collection
		severity, message := assay.Critical, "the boot loader trusts a key that anybody has: "+name
		switch f.What {
		case knownkeys.Signature:
			message = "the " + f.Kind + " signature is of a key that anybody has: " + name
		case knownkeys.Key:
			if severity = severityOf(*f.Key, assay.Critical); !f.Key.Private {
				severity = checks.Graded(assay.High, f.Location)
			}
			message = assay.Inside(f.Location.Path) + " holds a key that anybody has: " + name
		case knownkeys.Certificate:
			severity = checks.Graded(assay.High, f.Location)
			message = assay.Inside(f.Location.Path) + " holds the certificate of a key that anybody has: " + name
		}
		found = append(found, checks.Noted(severity, message, by, f.Location))
	}
	return found
}
