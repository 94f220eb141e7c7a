package updates

import (
	_ "embed"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/signing"
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
	Version:   5,
	Needs:     checks.Needs(signing.Signatures, signing.HashLists, signing.UpdateContainers, signing.TornImages),
	Run:       imageSignature,
}

func imageSignature(c *checks.Context) checks.Judgement {
	found := brokenHashes(checks.Ask(c, signing.HashLists))
	signed := delivered(checks.Ask(c, signing.Signatures))
	containers := checks.Ask(c, signing.UpdateContainers)
	beside := slices.ContainsFunc(signed, func(s signing.Signature) bool { return s.Beside })
	for _, u := range containers {
		if u.Outermost && u.Signable && u.Signatures == 0 && !u.Encrypted && !beside {
			found = append(found, checks.Observed(assay.Critical, unsigned(u), u.Location))
		}
		if v := u.Attributes["verification"]; v != "" {
			found = append(found, checks.Observed(assay.High, "the "+u.Type+" block says that verification is "+v, u.Location))
		}
	}
	torn := checks.Ask(c, signing.TornImages)
	for _, i := range torn {
		if i.Signable && !beside {
			found = append(found, checks.Noted(assay.High, "the image was of the kind "+i.Type+" and is broken or cut off: no signature of it can be read", clean(i.Reason), i.Location))
		}
	}
	found = checks.Merged(found)
	if len(signed) == 0 {
		if len(found) > 0 {
			return c.Fail(assay.Observed, found...)
		}
		return c.Inconclusive("%s", withoutSignature(containers, torn))
	}
	t := tally{found: found, chained: chained(c, signed), own: slices.ContainsFunc(signed, func(s signing.Signature) bool { return !s.Found })}
	for _, s := range signed {
		t.add(c, s)
	}
	return t.judgement(c)
}

// unsigned says that there is no signature; of a damaged image, it may be that there
// was one.
func unsigned(u signing.UpdateContainer) string {
	if u.Damaged {
		return "the update image is not signed, or too damaged to tell"
	}
	return "the update image is not signed"
}

func withoutSignature(containers []signing.UpdateContainer, torn []signing.TornImage) string {
	for _, u := range containers {
		if u.Outermost && u.Encrypted {
			return "the image is encrypted: who signed it cannot be seen"
		}
	}
	if len(torn) > 0 {
		return "no signature was seen in the image: " + clean(torn[0].Reason)
	}
	return "no signature was seen in the image, and its kind has no place for one"
}
