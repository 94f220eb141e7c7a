// Package scheme holds what is demanded of a product, as data, and says what
// follows for a product from the answers of checks.
//
// A law, a standard and a label programme are alike here: each is a [Scheme] in
// one edition, written in one file of the folder data, and made of requirements.
// A [Requirement] names checks by their ids and facts of the declaration by their
// paths; neither a check nor the product language knows of any scheme. So a new
// scheme, or a new edition, is one new file:
//
//	scheme "lamp-mark" {
//	  title   = "Mark for lamps"
//	  edition = "2026"
//	  source  = "https://lamps.example/mark"
//	  from    = "2026-01-01"
//
//	  requirement "1" {
//	    principle = "credentials"
//	    title     = "No lamp has a password that another lamp has"
//	    status    = "M"
//	    when      = has("credential.kind=password")
//	    required  = ["credentials/static-password"]
//	    declared  = ["credential.initial"]
//	    proof     = "observed"
//	  }
//	}
//
// [Bundled] gives the schemes that come with the program, [Load] reads one of
// somebody else, and [Conclude] says what follows.
package scheme

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
)

// Scheme is one edition of a law, a standard or a label programme.
type Scheme struct {
	ID         string  // as architecture.md lists them: "uk-psti"
	Title      string  // its name, in full
	Edition    string  // as printed, or as cited
	Source     string  // where it is published
	From       Day     // since when this edition counts
	Until      Day     // last day on which it counts; empty if that is open
	Note       string  // what a reader should know of our encoding of it
	MaxLabel   Period  // longest time that a label of it may be valid; zero if it sets none
	MinSupport Period  // shortest support period that it accepts; zero if it sets none
	Levels     []Level // in rising order; none if it has no levels

	Requirements []Requirement // in the order of the file

	Digest assay.Digest // of the bytes of its file
	Range  hcl.Range
}

// Level is one rung of a scheme that has levels.
type Level struct {
	Number int
	Title  string
}

// Requirement is one thing that a scheme demands or recommends.
type Requirement struct {
	ID        string          // as printed
	Principle assay.Principle // the one of the nine that it serves
	Title     string          // in our words, never the scheme's text
	Status    Status
	When      *Condition // when it applies; nil if always
	Level     int        // from which level on; 0 for all

	Required []assay.CheckID // each must pass, or not apply
	AnyOf    []assay.CheckID // one must pass
	Advisory []assay.CheckID // shown, but they never decide
	Declared []Fact          // what the product file must describe

	Proof        assay.Proof // the least that counts
	Assessor     bool        // only a person can find it met; checks can only find it not met
	UnmetReasons bool        // it asks that each recommendation that is not met has its reason
	Note         string

	SameAs []Edge

	Range hcl.Range
}

// Status is how binding a requirement is, as printed: "M" mandatory, "R"
// recommended, each with the printed letters of its conditions, as "M F (a)" or
// "R C (12)". "C" alone is mandatory where its condition holds.
type Status string

// Mandatory reports whether the requirement decides the scheme's outcome.
func (s Status) Mandatory() bool { return strings.HasPrefix(string(s), "M") || s == "C" }

// Conditional reports whether the scheme prints a condition, without which "not
// applicable" is no answer.
func (s Status) Conditional() bool { return len(s) > 1 || s == "C" }

// Relation says how two requirements stand to each other, in the words of NIST
// IR 8477: this one is equal to, a subset of, a superset of, or intersects that
// one.
type Relation string

// The relations.
const (
	Equal      Relation = "equal"
	Subset     Relation = "subset"
	Superset   Relation = "superset"
	Intersects Relation = "intersects"
)

func relations() []string {
	return []string{string(Equal), string(Subset), string(Superset), string(Intersects)}
}

// Edge leads from the requirement that holds it to one of another scheme. It is
// written once, on one side.
type Edge struct {
	To        string // "scheme:requirement"
	Relation  Relation
	Rationale string
	Source    string
	Range     hcl.Range
}

// Fact is a path of the declaration, or several of which one will do, written
// "interface|connection". [Declaration] says what a path is.
type Fact string

// Paths lists the paths of which one must be described.
func (f Fact) Paths() []string { return strings.Split(string(f), "|") }

// Find gives the requirement with this id.
func (s *Scheme) Find(id string) (*Requirement, bool) {
	for i := range s.Requirements {
		if s.Requirements[i].ID == id {
			return &s.Requirements[i], true
		}
	}
	return nil, false
}

// Checks lists the checks that the requirement names, in the order required,
// any of, advisory.
func (r *Requirement) Checks() []assay.CheckID {
	var ids []assay.CheckID
	ids = append(ids, r.Required...)
	ids = append(ids, r.AnyOf...)
	return append(ids, r.Advisory...)
}
