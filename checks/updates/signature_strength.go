package updates

import (
	_ "embed"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/signing"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

//go:embed signature_strength.md
var signatureStrengthDoc string

// SignatureStrength fails an image that is signed with what can be forged.
var SignatureStrength = &checks.Check{
	ID:        "updates/signature-strength",
	Title:     "signatures of updates use algorithms that are not broken",
	Doc:       signatureStrengthDoc,
	Remedy:    "Sign with ECDSA over P-256, Ed25519 or RSA of at least 3072 bits, and SHA-256 or better.",
	Principle: assay.Updates,
	Reads:     "FD",
	Severity:  assay.High,
	Provision: []string{"5.3-7"},
	Version:   4,
	Needs:     checks.Needs(signing.Signatures, signing.HashLists, facts.Updaters),
	Run:       signatureStrength,
}

func signatureStrength(c *checks.Context) checks.Judgement {
	signed := checks.Ask(c, signing.Signatures)
	found := weaklyChecked(checks.Ask(c, facts.Updaters))
	if len(signed) == 0 && !checks.Fails(found) {
		return c.Inconclusive("no signature was seen in the image").With(found...)
	}
	lists := checks.Ask(c, signing.HashLists)
	unread := ""
	for _, s := range signed {
		if s.Problem != "" && unread == "" {
			unread = called(s) + ": " + s.Problem
		}
		weak := weaknesses(c, s)
		for _, w := range weak {
			found = append(found, checks.Observed(assay.High, called(s)+" is made with "+w, s.Location))
		}
		for _, h := range weakHashes(s, lists) {
			found = append(found, checks.Observed(assay.High, called(s)+" is over "+clean(h.Name)+" by its "+h.Algorithm+" alone", h.Location))
		}
		if s.Algorithm == format.Bare && len(weak) == 0 && unread == "" && signature.Verify(s.Signature, c.Keys, c.AsOf).Public == nil {
			unread = called(s) + ": what it is made with only the key that made it tells, and that is not declared or not one that is verified with"
		}
	}
	if len(found) == 0 && unread != "" {
		return c.Inconclusive("%s", unread)
	}
	if gap := c.Gap(); gap != "" && len(found) == 0 && !signed[0].Outermost {
		return c.Inconclusive("nothing weak was seen, but %s", gap)
	}
	if checks.Fails(found) {
		return c.Fail(assay.Observed, checks.Merged(found)...)
	}
	return c.Pass(assay.Observed, signaturePlaces(signed)...).With(found...)
}

// weaklyChecked are the scripts that have a signature over a broken hash checked:
// what they take is made so.
func weaklyChecked(updaters []facts.Updater) (found []assay.Finding) {
	for _, u := range updaters {
		for _, w := range u.WeakHashes {
			found = append(found, checks.Observed(checks.Graded(assay.High, w.Location), subject(u)+" takes signatures over "+w.Name, w.Location))
		}
	}
	return found
}

// weaknesses are those of a signature, and of the declared key where only that
// tells what it was made with.
func weaknesses(c *checks.Context, s signing.Signature) []string {
	if s.Algorithm != format.Bare && s.Algorithm != format.OpenPGP {
		return signature.Weaknesses(s.Signature)
	}
	o := signature.Verify(s.Signature, c.Keys, c.AsOf)
	if s.Algorithm == format.Bare && o.Algorithm != "" {
		s.Algorithm = o.Algorithm
	}
	if o.Public == nil {
		return append(signature.Weaknesses(s.Signature), signature.WeakBare(s.Signature, c.Keys)...)
	}
	return signature.Weaknesses(s.Signature, o.Public)
}

// weakHashes are the entries of hash lists by which alone a signature is over
// something, and whose hash is broken.
func weakHashes(s signing.Signature, lists []signing.HashEntry) (weak []signing.HashEntry) {
	if len(s.Through) == 0 {
		return nil
	}
	strong := map[firmware.Span]bool{}
	for _, h := range lists {
		if h.Container == s.Container && h.OK && !signature.WeakHash(h.Algorithm) {
			strong[h.Span] = true
		}
	}
	for _, h := range lists {
		if h.Container == s.Container && h.OK && signature.WeakHash(h.Algorithm) && slices.Contains(s.Through, h.Span) && !strong[h.Span] {
			weak = append(weak, h)
		}
	}
	return weak
}

func signaturePlaces(signed []signing.Signature) (all []assay.Location) {
	for _, s := range signed {
		all = append(all, s.Location)
	}
	return all
}
