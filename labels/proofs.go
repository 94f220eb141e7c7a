package labels

import (
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
)

// outside are the principles of which something can be seen without an image: on a
// page of the maker's, or in its repository. A test of the program holds the table to
// the checks that its schemes name.
var outside = []assay.Principle{assay.Lifecycle, assay.PersonalData, assay.Disclosure, assay.Support}

// tried are the principles for which an image can be put to the test that nobody can
// look into: whether the signature over it is valid.
var tried = []assay.Principle{assay.Updates}

// Outside reports whether something of a principle can be seen without an image.
func Outside(p assay.Principle) bool { return slices.Contains(outside, p) }

// Tried reports whether something of a principle can be tried on an image that
// nobody can look into.
func Tried(p assay.Principle) bool { return slices.Contains(tried, p) }

// validateProofs holds what the label says of the nine principles to the
// requirements that stand on it: it follows from them. And none of these can be
// known by more than there was to look at.
func (l *Label) validateProofs() error {
	carried := map[assay.Principle][]assay.RequirementOutcome{}
	for _, s := range l.Schemes {
		for _, r := range s.Requirements {
			if !r.Principle.Valid() {
				return fmt.Errorf("requirement %s of %s is about %q, which is no principle", r.ID, s.ID, r.Principle)
			}
			if why := l.tooSure(r); why != "" {
				return fmt.Errorf("requirement %s of %s is %s as %s, but %s", r.ID, s.ID, r.Outcome, r.Proof, why)
			}
			carried[r.Principle] = append(carried[r.Principle], assay.RequirementOutcome{Mandatory: r.Mandatory, Outcome: r.Outcome, Proof: r.Proof})
		}
	}
	for _, p := range l.Principles {
		rs := carried[p.Principle]
		want := conclusion(p.Principle, rs)
		want.Examined = p.Examined
		if p.Outcome != want.Outcome || p.Proof != want.Proof || p.Requirements != want.Requirements || p.Decided != want.Decided {
			return fmt.Errorf("principle %s is %s as %s, %d of %d requirements decided; from the requirements on the label follows %s as %s, %d of %d",
				p.Principle, p.Outcome, p.Proof, p.Decided, p.Requirements, want.Outcome, want.Proof, want.Decided, want.Requirements)
		}
	}
	return nil
}

// tooSure says why it cannot be known as it is said that a requirement is met.
// Nothing was seen in an image that could not be read, and nothing in none; and what
// a document says has one, known by its digest.
func (l *Label) tooSure(r Requirement) string {
	if r.Outcome == assay.Met && r.Proof == assay.Documented && len(l.Documents) == 0 {
		return "no document stands on the label"
	}
	if r.Outcome != assay.Met || r.Proof < assay.Observed || Outside(r.Principle) {
		return ""
	}
	at := slices.IndexFunc(l.Principles, func(p Principle) bool { return p.Principle == r.Principle })
	examined := l.Principles[at].Examined // there are all nine
	switch {
	case len(examined) == 0:
		return "no image was looked into for it"
	case slices.ContainsFunc(examined, l.readable), r.Proof == assay.Verified && Tried(r.Principle):
		return ""
	}
	return fmt.Sprintf("nothing in %q could be read", examined)
}

// readable reports whether something in the image of a name could be read.
func (l *Label) readable(name string) bool {
	return l.Coverage.Opened > 0 && slices.ContainsFunc(l.Firmware, func(f Firmware) bool { return f.Name == name && !f.Opaque })
}
