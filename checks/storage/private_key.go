package storage

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed private_key.md
var privateKeyDoc string

// PrivateKey fails an image that carries a private key.
var PrivateKey = &checks.Check{
	ID:        "storage/private-key",
	Title:     "no private key is built into the image",
	Doc:       privateKeyDoc,
	Remedy:    "Make the key on each device at first start, or put it there in production, and leave it out of the image.",
	Principle: assay.Storage,
	Reads:     checks.Firmware,
	Severity:  assay.Critical,
	Provision: []string{"5.4-1", "5.4-3"},
	Version:   3,
	Needs:     checks.Needs(facts.Keys, facts.RootPlaces),
	Run:       privateKey,
}

func privateKey(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, same := range facts.PrivateKeys(checks.Ask(c, facts.Keys)) {
		k := gravest(same)
		found = append(found, checks.Noted(severityOf(k, assay.Critical), inside(k.Location)+" holds "+indefinite(kindOf(k)), k.Format, facts.KeyPlaces(same)...))
	}
	return c.None(found, checks.Ask(c, facts.RootPlaces)...)
}

// severityOf grades a key: behind a passphrase it is Medium, and one that both ends
// of a tunnel hold, which proves nobody's name, at most High; in documentation,
// tests and examples, and where a library tests itself with it, it is Low.
func severityOf(k facts.Key, severity assay.Severity) assay.Severity {
	switch {
	case selfTest(k):
		return min(severity, assay.Low)
	case k.Encrypted:
		severity = min(severity, assay.Medium)
	case k.Symmetric:
		severity = min(severity, assay.High)
	}
	return checks.Graded(severity, k.Location)
}

// gravest picks the copy of a key whose place is the worst: the first that is
// no example.
func gravest(same []facts.Key) facts.Key {
	for _, k := range same {
		if severityOf(k, assay.Critical) > assay.Low {
			return k
		}
	}
	return same[0]
}
