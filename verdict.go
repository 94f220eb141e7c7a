package assay

import (
	"fmt"
	"slices"
)

// Verdict is the answer of one check, in the words of ETSI TS 103 701.
// The zero Verdict is Inconclusive: what nobody decided is never a pass.
type Verdict uint8

// The four verdicts. Pass means: no indication that the product differs from
// what is demanded or declared.
const (
	Inconclusive Verdict = iota
	Pass
	Fail
	NotApplicable
)

var verdictNames = []string{"inconclusive", "pass", "fail", "not-applicable"}

func (v Verdict) String() string { return nameOf(verdictNames, uint8(v)) }

// MarshalText writes the verdict's name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the verdict's name; another text is an error.
func (v *Verdict) UnmarshalText(text []byte) error {
	return parseName(verdictNames, "verdict", text, (*uint8)(v))
}

// Proof says how an answer came to be known, from least to most. Proofs are
// ordered: Declared < Documented < Observed < Verified. The zero Proof is
// NotAssessed. Assessed (by a named person or body) stands beside this scale.
type Proof uint8

// The proofs, least first.
const (
	NotAssessed Proof = iota // nobody looked
	Declared                 // the maker says so
	Documented               // a document, known by its digest, says so
	Observed                 // seen in the image, the repository or a page
	Verified                 // an operation with an outcome: a signature checked, a page fetched and matched
)

var proofNames = []string{"not-assessed", "declared", "documented", "observed", "verified"}

func (p Proof) String() string { return nameOf(proofNames, uint8(p)) }

// MarshalText writes the proof's name.
func (p Proof) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the proof's name; another text is an error.
func (p *Proof) UnmarshalText(text []byte) error {
	return parseName(proofNames, "proof", text, (*uint8)(p))
}

// Severity ranks a finding. A finding of Medium or above makes its check fail;
// Info and Low are notes.
type Severity uint8

// The severities, least first.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = []string{"info", "low", "medium", "high", "critical"}

func (s Severity) String() string { return nameOf(severityNames, uint8(s)) }

// Fails reports whether a finding of this severity makes its check fail.
func (s Severity) Fails() bool { return s >= Medium }

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the severity's name; another text is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	return parseName(severityNames, "severity", text, (*uint8)(s))
}

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

func parseName(names []string, kind string, text []byte, to *uint8) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("unknown %s %q", kind, text)
	}
	*to = uint8(i)
	return nil
}
