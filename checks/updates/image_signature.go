package updates

import (
	_ "embed"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed image_signature.md
var imageSignatureDoc string

// ImageSignature passes an image whose every signature verifies with a declared
// key.
var ImageSignature = &checks.Check{
	ID:        "updates/image-signature",
	Title:     "the delivered image is signed with a declared key",
	Doc:       imageSignatureDoc,
	Remedy:    "Sign the whole image with your release key, and declare its public half in a key block.",
	Principle: assay.Updates,
	Reads:     "FD",
	Severity:  assay.Critical,
	Provision: []string{"5.3-10", "5.3-7"},
	Version:   3,
	Needs:     checks.Needs(facts.Signatures, facts.HashLists, facts.UpdateContainers),
	Run:       imageSignature,
}

func imageSignature(c *checks.Context) checks.Judgement {
	found := brokenHashes(checks.Ask(c, facts.HashLists))
	signed := delivered(checks.Ask(c, facts.Signatures))
	containers := checks.Ask(c, facts.UpdateContainers)
	beside := slices.ContainsFunc(signed, func(s facts.Signature) bool { return s.Beside })
	for _, u := range containers {
		if u.Outermost && u.Signable && u.Signatures == 0 && !u.Encrypted && !beside {
			found = append(found, checks.Observed(assay.Critical, "the update image is not signed", u.Location))
		}
	}
	found = checks.Merged(found)
	if len(signed) == 0 {
		if len(found) > 0 {
			return c.Fail(assay.Observed, found...)
		}
		return c.Inconclusive("%s", withoutSignature(c, containers))
	}
	t := tally{found: found, chained: chained(c, signed), own: slices.ContainsFunc(signed, func(s facts.Signature) bool { return !s.Found })}
	for _, s := range signed {
		t.add(c, s)
	}
	return t.judgement(c)
}

func withoutSignature(c *checks.Context, containers []facts.UpdateContainer) string {
	for _, u := range containers {
		if u.Outermost && u.Encrypted {
			return "the image is encrypted: who signed it cannot be seen"
		}
	}
	return "no signature was seen in the image, and its kind has no place for one"
}
