package labels_test

import (
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

// everywhere gives each requirement of a principle, and the principle, a proof.
func everywhere(l *labels.Label, p assay.Principle, proof assay.Proof) {
	for _, s := range l.Schemes {
		for i := range s.Requirements {
			if s.Requirements[i].Principle == p {
				s.Requirements[i].Proof = proof
			}
		}
	}
	about(l, p).Proof = proof
}

func about(l *labels.Label, p assay.Principle) *labels.Principle {
	for i := range l.Principles {
		if l.Principles[i].Principle == p {
			return &l.Principles[i]
		}
	}
	return nil
}

// sealed makes the image one that nobody can look into, with what can honestly be
// said of it.
func sealed(l *labels.Label) {
	l.Firmware[0].Opaque = true
	l.Coverage = labels.Coverage{Bytes: 4096, Unexplained: 4096}
	for _, p := range []assay.Principle{assay.Credentials, assay.Communication, assay.Storage} {
		everywhere(l, p, assay.Documented)
	}
}

// What a label says of a principle follows from its requirements, and nothing is
// known by more than there was to look at.
func TestProofs(t *testing.T) {
	const notSeen, follows = "could be read", "from the requirements on the label follows"
	for name, c := range map[string]struct {
		change func(*labels.Label)
		want   string
	}{
		"as it is": {func(*labels.Label) {}, ""},
		"a principle better known than its requirements":   {func(l *labels.Label) { about(l, assay.Deletion).Proof = assay.Verified }, follows},
		"a principle less known than its requirements":     {func(l *labels.Label) { about(l, assay.Credentials).Proof = assay.Declared }, follows},
		"a principle met that is not":                      {func(l *labels.Label) { l.Schemes[0].Requirements[2].Outcome = assay.DoesNotApply }, follows},
		"a principle that counts a requirement more":       {func(l *labels.Label) { about(l, assay.Credentials).Requirements++ }, follows},
		"less decided than is":                             {func(l *labels.Label) { about(l, assay.Credentials).Decided-- }, follows},
		"a requirement about nothing":                      {func(l *labels.Label) { l.Schemes[0].Requirements[0].Principle = "luck" }, "no principle"},
		"a requirement about another principle":            {func(l *labels.Label) { l.Schemes[0].Requirements[0].Principle = assay.Storage }, follows},
		"an image that nobody could look into":             {sealed, ""},
		"seen in it":                                       {func(l *labels.Label) { sealed(l); everywhere(l, assay.Credentials, assay.Observed) }, notSeen},
		"tried on it":                                      {func(l *labels.Label) { sealed(l); everywhere(l, assay.Credentials, assay.Verified) }, notSeen},
		"its signature only seen":                          {func(l *labels.Label) { sealed(l); everywhere(l, assay.Updates, assay.Observed) }, notSeen},
		"tried on no image":                                {func(l *labels.Label) { about(l, assay.Updates).Examined = nil }, "no image was looked into"},
		"seen in no image":                                 {func(l *labels.Label) { about(l, assay.Storage).Examined = nil }, "no image was looked into"},
		"seen in an image that is none of the label's":     {func(l *labels.Label) { about(l, assay.Storage).Examined = []string{"radio"} }, "none of the label"},
		"seen in an image of which no byte was opened":     {func(l *labels.Label) { l.Coverage = labels.Coverage{Bytes: 4096, Unexplained: 4096} }, notSeen},
		"a page that was fetched, though nothing was read": {func(l *labels.Label) { sealed(l); everywhere(l, assay.Disclosure, assay.Verified) }, ""},
		"nine principles better known than anything": {func(l *labels.Label) {
			sealed(l)
			for i, p := range l.Principles {
				l.Principles[i] = labels.Principle{Principle: p.Principle, Outcome: assay.Met, Proof: assay.Verified}
			}
		}, "no image was looked into"},
		"documented, without a document": {func(l *labels.Label) { l.Documents = nil }, "no document stands on the label"},
		"images without a byte":          {func(l *labels.Label) { l.Coverage = labels.Coverage{} }, "no byte"},
		"not met, as was seen": {func(l *labels.Label) {
			sealed(l)
			r := &l.Schemes[0].Requirements[6]
			r.Mandatory, r.Outcome, r.Proof = false, assay.NotMet, assay.Observed
		}, ""},
	} {
		s := labeltest.Statement(t)
		c.change(&s.Predicate)
		check(t, name, s.Validate(), c.want)
	}
}
