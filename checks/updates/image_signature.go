package updates

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/signature"
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
	Version:   2,
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

// tally is what was found of several signatures. All of them must be valid.
type tally struct {
	found    []assay.Finding
	own      bool // there are others than those that lay beside the image
	chained  []signature.Key
	signed   []facts.Signature
	verdicts map[signature.Verdict]int
	reason   string // why the first that could not be judged could not be
	left     int64  // bytes that no signature is over
}

// leftOut is how many bytes a signature may leave out: headers, padding and the
// fields behind it.
const leftOut = 16 << 10

func (t *tally) add(c *checks.Context, s facts.Signature) {
	keys := c.Keys
	if s.Kind == chainedKind {
		keys = slices.Concat(keys, t.chained)
	}
	o := signature.Verify(s.Signature, keys, c.AsOf)
	if s.Found && t.own && o.Verdict != signature.Valid && o.Verdict != signature.Invalid {
		t.found = append(t.found, checks.Noted(assay.Info, called(s)+", which nobody named, does not count: "+o.Reason, made(o), s.Location))
		return
	}
	if t.verdicts == nil {
		t.verdicts = map[signature.Verdict]int{}
	}
	t.signed = append(t.signed, s)
	t.verdicts[o.Verdict]++
	switch {
	case o.Verdict == signature.Valid:
		t.found = append(t.found, checks.Noted(assay.Info, called(s)+" is valid: "+made(o), covered(s), signedPlaces(s)...))
		t.leaves(s)
	case o.Verdict == signature.Invalid:
		t.found = append(t.found, checks.Noted(assay.Critical, called(s)+" is invalid: "+o.Reason, made(o), s.Location))
	case o.Verdict == signature.Undeclared && len(c.Keys) > 0:
		t.found = append(t.found, checks.Noted(assay.Low, called(s)+" is not by a declared key: "+o.Reason, made(o), s.Location))
		fallthrough
	case t.reason == "":
		t.reason = called(s) + ": " + o.Reason
	}
}

func (t *tally) leaves(s facts.Signature) {
	n := length(s.Leaves)
	if n == 0 {
		return
	}
	severity := assay.Info
	if n > leftOut {
		severity, t.left = assay.Low, max(t.left, n)
	}
	t.found = append(t.found, checks.Observed(severity, fmt.Sprintf("%s leaves out %d bytes", called(s), n), places(s, s.Leaves)...))
}

func (t *tally) judgement(c *checks.Context) checks.Judgement {
	signed, valid := t.signed, t.verdicts[signature.Valid]
	switch {
	case t.verdicts[signature.Invalid] > 0 || checks.Fails(t.found):
		return c.Fail(assay.Verified, t.found...)
	case valid == 0 && t.verdicts[signature.Undeclared] == len(signed) && len(c.Keys) > 0:
		return c.Fail(assay.Verified, append(t.found, checks.Observed(assay.High, "no declared key signed the image", signed[0].Location))...)
	case valid < len(signed):
		return c.Inconclusive("%d of %d signatures are valid; %s", valid, len(signed), t.reason).With(t.found...)
	case !signed[0].Outermost:
		return c.Inconclusive("parts of the image are signed, and the whole is not").With(t.found...)
	case t.left > 0:
		return c.Inconclusive("the signature is valid, but leaves out %d bytes", t.left).With(t.found...)
	}
	return c.Pass(assay.Verified, examined(signed)...).With(t.found...)
}
