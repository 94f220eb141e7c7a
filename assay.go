// Package assay holds the words that every room of the project speaks.
//
// A manufacturer declares a product, its firmware is observed, checks judge the
// one against the other, a scheme says what follows, and a label carries the
// answer. The words for that are here and nowhere else: [Principle], [Verdict],
// [Proof], [Location], [Evidence], [Finding], [Result], [Coverage],
// [Assessment], [Conclusion] and [Digest].
//
// The package does no input or output and imports the standard library only.
// One idea runs through it: a zero value claims nothing. The zero Verdict is
// inconclusive, the zero Proof is "not assessed", the zero Coverage has
// examined no byte.
package assay

import "slices"

// Principle is one of the nine common principles of the IoT Security Policy
// Platform's statement of 14 November 2019.
type Principle string

// The nine principles, in the order of the statement.
const (
	Lifecycle     Principle = "lifecycle"     // security in design, development and life-cycle
	PersonalData  Principle = "personaldata"  // personal and critical data is protected
	Deletion      Principle = "deletion"      // users can easily delete personal data
	Disclosure    Principle = "disclosure"    // a vulnerability disclosure policy
	Support       Principle = "support"       // the minimum length of security updates is clear
	Updates       Principle = "updates"       // software can be updated securely
	Credentials   Principle = "credentials"   // passwords and credentials are unique
	Communication Principle = "communication" // security-sensitive data is protected in transit
	Storage       Principle = "storage"       // credentials and sensitive data are stored securely
)

// Principles lists the nine principles in the order of the statement.
func Principles() []Principle {
	return []Principle{
		Lifecycle, PersonalData, Deletion,
		Disclosure, Support, Updates, Credentials, Communication, Storage,
	}
}

// Valid reports whether p is one of the nine.
func (p Principle) Valid() bool { return slices.Contains(Principles(), p) }

// Title names the principle for a reader who has never seen its id.
func (p Principle) Title() string {
	switch p {
	case Lifecycle:
		return "Security through the whole life-cycle"
	case PersonalData:
		return "Personal and critical data protected"
	case Deletion:
		return "Personal data easy to delete"
	case Disclosure:
		return "Vulnerability disclosure policy"
	case Support:
		return "Clear period of security updates"
	case Updates:
		return "Secure software updates"
	case Credentials:
		return "Unique passwords and credentials"
	case Communication:
		return "Protected communication"
	case Storage:
		return "Secure storage of credentials and data"
	}
	return string(p)
}
