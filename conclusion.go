package assay

// Outcome is what follows for a requirement, or for a scheme as a whole. The
// zero Outcome is Undecided, which people read as "inconclusive".
type Outcome uint8

// The outcomes.
const (
	Undecided Outcome = iota
	Met
	NotMet
	DoesNotApply
)

var outcomeNames = []string{"inconclusive", "met", "not-met", "not-applicable"}

func (o Outcome) String() string { return nameOf(outcomeNames, uint8(o)) }

// MarshalText writes the outcome's name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the outcome's name; another text is an error.
func (o *Outcome) UnmarshalText(text []byte) error {
	return parseName(outcomeNames, "outcome", text, (*uint8)(o))
}

// RequirementOutcome is what follows from the results for one requirement.
type RequirementOutcome struct {
	ID        string    `json:"id"` // as printed in the scheme
	Title     string    `json:"title"`
	Principle Principle `json:"principle"`
	Status    string    `json:"status"` // M, R or C, as the scheme has it
	Mandatory bool      `json:"mandatory"`
	Outcome   Outcome   `json:"outcome"`
	Proof     Proof     `json:"proof"`              // the least of those that carry the answer
	Needs     Proof     `json:"needs"`              // the least that the scheme accepts
	Checks    []CheckID `json:"checks,omitempty"`   // those that decided
	Assessor  bool      `json:"assessor,omitempty"` // only a person can decide it
	Reason    string    `json:"reason,omitempty"`
	Unmet     *Marked   `json:"unmet,omitempty"` // the maker's reason for a recommendation not followed
	Assessed  *Assessed `json:"assessed,omitempty"`
	Advice    []CheckID `json:"advice,omitempty"` // advisory checks that failed: shown, they decide nothing
}

// Assessed says that a named person or body decided. It stands beside the scale
// of Proof, not above it.
type Assessed struct {
	By     string `json:"by"`
	Date   string `json:"date"` // YYYY-MM-DD
	Reason string `json:"reason"`
}

// Conclusion is what follows for one scheme, edition and level.
//
// Outcome is NotMet if any mandatory requirement is not met, else Undecided if
// any mandatory one is undecided or below its least proof, else Met.
type Conclusion struct {
	Scheme       string               `json:"scheme"`
	Edition      string               `json:"edition"`
	Title        string               `json:"title"`
	Level        int                  `json:"level,omitempty"`
	Outcome      Outcome              `json:"outcome"`
	Requirements []RequirementOutcome `json:"requirements"`
}
