package updates

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/signing"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/firmware"
)

// tally is what was found of several signatures. All of them must be valid.
type tally struct {
	found    []assay.Finding
	own      bool            // there are others than those that lay beside the image
	chained  []signature.Key // of a vbmeta chain
	signed   []signing.Signature
	verdicts map[signature.Verdict]int
	reason   string // why the first that could not be judged could not be
	partly   bool   // one of several signers of a signature is declared
	left     int64  // bytes that no signature is over
	doubt    string // why what is started may be something else than what is signed
	damage   string // of what is signed
	beside   int64  // bytes beside it
}

// leftOut is how many bytes a signature may leave out of what nothing names:
// headers, padding and the fields behind it.
const leftOut = 16 << 10

// leftBeside is how many bytes, that are no padding, may stand beside what is
// signed: a footer, or a checksum. A program would find room in little more.
const leftBeside = 64

func (t *tally) add(c *checks.Context, s signing.Signature) {
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
	t.partly = t.partly || slices.ContainsFunc(o.Signers, func(one signature.Outcome) bool { return one.Verdict == signature.Valid })
	t.damaged(s)
	switch {
	case o.Verdict == signature.Valid:
		t.found = append(t.found, told(checks.Noted(assay.Info, called(s)+" is valid: "+made(o), made(o), s.Location), s))
		t.leaves(s)
		t.doubts(s, c.AsOf)
	case o.Verdict == signature.Invalid:
		t.found = append(t.found, told(checks.Noted(assay.Critical, called(s)+" is invalid: "+o.Reason, made(o), s.Location), s))
	case o.Verdict == signature.Undeclared && len(c.Keys) > 0:
		t.found = append(t.found, told(checks.Noted(assay.Low, called(s)+" is not by a declared key: "+o.Reason, made(o), s.Location), s))
		t.because(s, o)
	case o.Verdict == signature.Unknown && s.Algorithm != "" && len(c.Keys) > 0:
		t.found = append(t.found, told(checks.Noted(assay.Low, called(s)+" is not verified: "+o.Reason, made(o), s.Location), s))
		t.because(s, o)
	default:
		t.because(s, o)
	}
}

func (t *tally) because(s signing.Signature, o signature.Outcome) {
	if t.reason == "" {
		t.reason = called(s) + ": " + o.Reason
	}
}

// doubts notes what is started or installed although the signature is not over it,
// however small it is, and what else makes the signature say less than it seems.
func (t *tally) doubts(s signing.Signature, asOf time.Time) {
	doubt := func(why string, at ...assay.Location) {
		t.found = append(t.found, checks.Observed(assay.Low, called(s)+" is valid, but "+why, at...))
		if t.doubt == "" {
			t.doubt = why
		}
	}
	for _, l := range s.Leaves {
		if l.Used {
			doubt("it leaves out "+cmp.Or(clean(l.Path), fmt.Sprintf("%d bytes", l.Length))+", which is started or installed", places(s, []firmware.Span{l})...)
		}
	}
	if !s.Until.IsZero() && s.Until.Before(asOf) {
		doubt("what it is over says that it is valid until "+s.Until.Format(time.DateOnly)+" only", s.Location)
	}
	if s.Doubt != "" {
		doubt(clean(s.Doubt), s.Location)
	}
}

// undeclared says that who signed is not declared, or not everybody is.
func (t *tally) undeclared() string {
	if t.partly {
		return "not every signer of the image is a declared one"
	}
	return "no declared key signed the image"
}

func (t *tally) leaves(s signing.Signature) {
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

// damaged notes that a part of what is signed is not there, or is broken: whoever
// installs it installs something else than was signed, or nothing.
func (t *tally) damaged(s signing.Signature) {
	if s.Damage != "" {
		t.damage = clean(s.Damage)
		t.found = append(t.found, checks.Noted(assay.Low, "what "+called(s)+" is about could not be read whole", t.damage, s.Location))
	}
}

// besides notes what of the image is in no container that is signed. A signature
// in a file beside the image is over all of it.
func (t *tally) besides() {
	s := t.signed[0]
	n := s.Around + s.Apart
	if !s.Outermost || n == 0 || slices.ContainsFunc(t.signed, func(s signing.Signature) bool { return s.Beside }) {
		return
	}
	severity := assay.Info
	if s.Around > leftBeside || s.Apart > 0 {
		severity, t.beside = assay.Low, n
	}
	t.found = append(t.found, checks.Observed(severity, fmt.Sprintf("%d bytes of the image stand beside what is signed", n), s.Location))
}

func (t *tally) judgement(c *checks.Context) checks.Judgement {
	t.besides()
	signed, valid := t.signed, t.verdicts[signature.Valid]
	switch {
	case t.verdicts[signature.Invalid] > 0 || checks.Fails(t.found):
		return c.Fail(assay.Verified, t.found...)
	case valid == 0 && t.verdicts[signature.Undeclared] == len(signed) && len(c.Keys) > 0:
		return c.Fail(assay.Verified, append(t.found, checks.Observed(assay.High, t.undeclared(), signed[0].Location))...)
	case valid < len(signed):
		return c.Inconclusive("%d of %d signatures are valid; %s", valid, len(signed), t.reason).With(t.found...)
	case !signed[0].Outermost:
		return c.Inconclusive("parts of the image are signed, and the whole is not").With(t.found...)
	case t.damage != "":
		return c.Inconclusive("the signature is valid, but what it is about could not be read whole: %s", t.damage).With(t.found...)
	case loose(signed):
		return c.Inconclusive("images are signed one by one, and no configuration that says which belong together").With(t.found...)
	case t.doubt != "":
		return c.Inconclusive("the signature is valid, but %s", t.doubt).With(t.found...)
	case t.beside > 0:
		return c.Inconclusive("the signature is valid, but %d bytes of the image stand beside what it is about", t.beside).With(t.found...)
	case t.left > 0:
		return c.Inconclusive("the signature is valid, but leaves out %d bytes", t.left).With(t.found...)
	}
	return c.Pass(assay.Verified, examined(signed)...).With(t.found...)
}

// loose reports whether the images in a tree for U-Boot are signed, and none of
// its configurations: then anybody can put signed images together as he likes.
func loose(signed []signing.Signature) bool {
	images := false
	for _, s := range signed {
		if s.Kind == "fit" && !strings.HasPrefix(s.Name, "images/") {
			return false
		}
		images = images || s.Kind == "fit"
	}
	return images
}
