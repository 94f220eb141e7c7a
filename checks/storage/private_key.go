package storage

import (
	_ "embed"
	"slices"

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
	Version:   7,
	Needs:     checks.Needs(facts.Keys, facts.RootPlaces),
	Run:       privateKey,
}

func privateKey(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	keys := checks.Ask(c, facts.Keys)
	for _, same := range facts.PrivateKeys(keys) {
		k := gravest(same)
		found = append(found, checks.Noted(severityOf(k, assay.Critical), assay.Inside(k.Location.Path)+" holds "+indefinite(kindOf(k)), k.Format, facts.KeyPlaces(same)...))
	}
	j := c.None(found, checks.Ask(c, facts.RootPlaces)...)
	if i := slices.IndexFunc(keys, closed); i >= 0 && j.Verdict == assay.Pass {
		j = c.Inconclusive("a passphrase closes %s (%s): whether it holds a private key is not known", assay.Inside(keys[i].Location.Path), keys[i].Format).With(j.Findings...)
		j.Examined = []assay.Location{keys[i].Location}
	}
	return j
}

// closed reports a file of which a passphrase hides whether it holds a key, in a
// place where one would count.
func closed(k facts.Key) bool {
	return k.Closed && facts.ClassOf(k.Location.Path) == facts.Product
}

// severityOf grades a key: behind a passphrase it is Medium, and one that both ends
// of a tunnel hold, which proves nobody's name, at most High; in documentation,
// tests and examples, where a library tests itself with it, and where a security token
// keeps the key itself, it is Low.
func severityOf(k facts.Key, severity assay.Severity) assay.Severity {
	switch {
	case k.SelfTest(), k.Token:
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
