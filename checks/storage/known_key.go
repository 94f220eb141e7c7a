package storage

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
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
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.4-4"},
	Version:   1,
	Needs:     checks.Needs(facts.Keys, facts.Certificates, facts.Signatures, facts.UpdateContainers, facts.WellKnownKeys, facts.RootPlaces),
	Run:       knownKey,
}

func knownKey(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	examined := slices.Clone(checks.Ask(c, facts.RootPlaces))
	for _, s := range checks.Ask(c, facts.Signatures) {
		examined = append(examined, s.Location)
		for _, d := range signature.Digests(s.Signature) {
			if p, ok := published()[d]; ok {
				found = append(found, checks.Noted(assay.Critical, "the "+s.Kind+" signature is of a key that anybody has: "+p.name, p.source, s.Location))
			}
		}
	}
	for _, k := range checks.Ask(c, facts.Keys) {
		if p, ok := published()[k.Public]; ok {
			severity := severityOf(k, assay.Critical)
			if !k.Private {
				severity = checks.Graded(assay.High, k.Location)
			}
			found = append(found, checks.Noted(severity, inside(k.Location)+" holds a key that anybody has: "+p.name, p.source, k.Location))
		}
	}
	for _, cert := range checks.Ask(c, facts.Certificates) {
		if p, ok := published()[cert.Public]; ok {
			found = append(found, checks.Noted(checks.Graded(assay.High, cert.Location), inside(cert.Location)+" holds the certificate of a key that anybody has: "+p.name, p.source, cert.Location))
		}
	}
	for _, w := range checks.Ask(c, facts.WellKnownKeys) {
		found = append(found, checks.Observed(assay.Low, "a key that its specification publishes: "+w.Name, w.Location))
	}
	for _, u := range checks.Ask(c, facts.UpdateContainers) {
		examined = append(examined, u.Location)
	}
	return c.None(checks.Merged(found), examined...)
}

// publishedKey is a key whose private half is public.
type publishedKey struct{ name, source string }

// PublishedKeys is the list of keys whose private half is public, as it is built in.
func PublishedKeys() string { return publishedKeys }

//go:embed published_keys.txt
var publishedKeys string

// published are the keys of the list, by digest.
var published = sync.OnceValue(func() map[assay.Digest]publishedKey {
	list := map[assay.Digest]publishedKey{}
	for line := range strings.Lines(publishedKeys) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) == 3 && !strings.HasPrefix(line, "#") {
			list[assay.Digest("sha256:"+fields[0])] = publishedKey{fields[1], fields[2]}
		}
	}
	return list
})
