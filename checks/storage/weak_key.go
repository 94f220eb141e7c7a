package storage

import (
	_ "embed"
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/weakkeys"
)

//go:embed weak_key.md
var weakKeyDoc string

// WeakKey fails an image with a key that can be broken or is too small.
var WeakKey = &checks.Check{
	ID:        "storage/weak-key",
	Title:     "keys are too strong to be broken",
	Doc:       weakKeyDoc,
	Remedy:    "Make a new key: P-256, Ed25519, or RSA of 3072 bits with the exponent 65537, from a good source of random numbers.",
	Principle: assay.Storage,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.5-1"},
	Version:   4,
	Needs:     checks.Needs(weakkeys.Keys, facts.RootPlaces),
	Run:       weakKey,
}

func weakKey(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, w := range checks.Ask(c, weakkeys.Keys) {
		found = append(found, checks.Observed(weakSeverity(w), "the key in "+assay.Inside(w.Locations[0].Path)+" "+weakness(w), w.Locations...))
	}
	return c.None(found, checks.Ask(c, facts.RootPlaces)...)
}

// weakSeverity is that of the gravest place. A small exponent alone breaks
// nothing yet.
func weakSeverity(w weakkeys.Key) assay.Severity {
	most := assay.Info
	for _, l := range w.Locations {
		severity := assay.High
		if w.Weakness == weakkeys.SmallExponent && w.Exponent != "1" {
			severity = assay.Medium
		}
		if (facts.Key{InKernel: w.InKernel, Location: l}).SelfTest() {
			severity = assay.Low
		}
		if facts.ClassOf(l.Path) != facts.CABundles { // those of others are not among the facts
			severity = checks.Graded(severity, l)
		}
		most = max(most, severity)
	}
	return most
}

func weakness(w weakkeys.Key) string {
	switch w.Weakness {
	case weakkeys.SmallExponent:
		return "has the small exponent " + w.Exponent
	case weakkeys.ClosePrimes:
		return "has primes that are so close that it can be factored"
	case weakkeys.SharedPrime:
		return "shares a prime with another key of the image, so both can be factored"
	case weakkeys.SmallFactor:
		return "has a small factor"
	case weakkeys.ROCA:
		return "has the form of ROCA (CVE-2017-15361), by which it can be factored"
	case weakkeys.WeakCurve:
		return fmt.Sprintf("is on an elliptic curve of %d bits only", w.Bits)
	}
	return fmt.Sprintf("is %s of %d bits only", w.Algorithm, w.Bits)
}
