// Package checks judges: it is the only room that sees both what was declared
// and what was observed.
//
// A [Check] is a variable: metadata as data, and a function that reads like a
// sentence. It declares the facts that it needs, asks for them with [Ask], and
// ends in one of the judgements of [Context].
//
//	var ExtraRoot = &checks.Check{
//		ID:        "credentials/extra-root",
//		Title:     "no second account has the rights of root",
//		Doc:       extraRootDoc,
//		Remedy:    "Give each account a user id of its own.",
//		Principle: assay.Credentials,
//		Version:   1,
//		Needs:     checks.Needs(facts.Accounts),
//		Run:       extraRoot,
//	}
//
//	func extraRoot(c *checks.Context) checks.Judgement {
//		accounts := checks.Ask(c, facts.Accounts)
//		var found []assay.Finding
//		for _, a := range accounts {
//			if a.UID == 0 && a.Name != "root" {
//				found = append(found, checks.Observed(assay.High, "account "+a.Name+" has user id 0", a.Location))
//			}
//		}
//		return c.None(found, checks.Ask(c, facts.RootPlaces)...)
//	}
//
// The runner keeps authors honest: a fact that is not known, a panic, a pass
// that examined nothing and a failure without a finding are all inconclusive.
package checks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/schema/product"
)

// Reads says what a check looks at, in the letters of the catalogue.
type Reads string

// The letters; a check may have several, as "FD".
const (
	Firmware   Reads = "F" // the firmware image
	Declared   Reads = "D" // the product file
	Published  Reads = "W" // web documents
	Repository Reads = "R" // the source repository
)

// Check asks one question and gives one verdict.
type Check struct {
	ID          assay.CheckID
	Title       string // what holds when it passes: lower case, no period
	Doc         string // embedded Markdown: why a buyer should care, what is read, what it cannot see, how to fix
	Remedy      string // one sentence for the maker
	Principle   assay.Principle
	Reads       Reads
	Severity    assay.Severity // of its gravest finding
	Provision   []string       // ETSI EN 303 645 V3.1.3 provisions that it bears on
	Informative bool           // no scheme uses it
	Version     int            // raised whenever the same image could get another verdict
	Needs       []facts.Node
	Run         func(*Context) Judgement
}

// Needs lists the facts that a check may ask for.
func Needs(nodes ...facts.Node) []facts.Node { return nodes }

// NeedsImage reports whether the check is run for each image.
func (c *Check) NeedsImage() bool { return facts.NeedsImage(c.Needs...) }

// Judgement is what a check says. Make it with the methods of Context; the zero
// Judgement is inconclusive.
type Judgement struct {
	Verdict  assay.Verdict
	Proof    assay.Proof
	Reason   string
	Examined []assay.Location
	Findings []assay.Finding
}

// Context is all that a check may look at.
type Context struct {
	// Product is what the maker declares; nil if nothing was declared, as under
	// "assay inspect".
	Product *product.Product
	// Firmware is the block of the image that is judged; nil without a product
	// and for checks that need no image.
	Firmware *product.Firmware
	// Keys are those that signatures of the image may be of: declared in the
	// product file, or named on the command line.
	Keys []signature.Key
	// AsOf is the day that all dates are compared with.
	AsOf time.Time
	// Terms are the least support periods of the schemes that the product claims.
	Terms []Term
	// LabelEnd is the last day of the label that is asked for; zero if none is.
	LabelEnd time.Time
	// Coverage says how much of the image was examined.
	Coverage assay.Coverage
	// Tested are the digests of the image files that are judged, by firmware block;
	// a folder has none.
	Tested map[string]assay.Digest

	observer *facts.Observer
}

// Term is the least support period that a scheme demands, counted from the day
// on which the product was first sold.
type Term struct {
	Scheme string
	Years  int
}

// stop ends a check from within Ask; the runner turns it into inconclusive.
type stop struct{ err error }

// Ask gives a fact. If it is not known, the check ends here as inconclusive
// with the reason: a missing fact is never an empty one.
func Ask[T any](c *Context, f facts.Source[T]) T {
	v, err := f.Of(c.observer)
	if err != nil {
		panic(stop{err})
	}
	return v
}

// Try gives a fact, or why it is not known, for a check that can do without.
func Try[T any](c *Context, f facts.Source[T]) (T, error) { return f.Of(c.observer) }

// Declaration gives the product; without one the check ends as inconclusive.
func (c *Context) Declaration() *product.Product {
	if c.Product == nil {
		panic(stop{fmt.Errorf("nothing is declared: there is no product file")})
	}
	return c.Product
}

// None judges a search for something bad: fail if any finding is of Medium or
// above, else pass, but only if the coverage of the image allows to say that
// there is none. Lesser findings stand as notes. examined says what was looked
// through; with nothing examined it is inconclusive.
func (c *Context) None(findings []assay.Finding, examined ...assay.Location) Judgement {
	j := Judgement{Proof: assay.Observed, Examined: examined, Findings: findings}
	for _, f := range findings {
		if f.Severity.Fails() {
			j.Verdict = assay.Fail
			return j
		}
	}
	if gap := c.Gap(); gap != "" {
		j.Reason = "nothing was found, but " + gap
		return j
	}
	j.Verdict = assay.Pass
	return j
}

// Gap says in words why the image was not examined whole; empty if it was.
func (c *Context) Gap() string {
	v := c.Coverage
	switch {
	case v.Complete():
		return ""
	case v.Bytes == 0:
		return "there is no image"
	case v.Opaque:
		return "the image could not be opened"
	case len(v.Skipped) > 0:
		s := v.Skipped[0]
		return fmt.Sprintf("%s could not be examined: %s%s", s.Path, s.Reason, more(len(v.Skipped)-1))
	}
	n, first := 0, assay.Range{}
	for _, r := range v.Ranges {
		if r.Class == assay.Unexplained && r.Length > assay.UnexplainedLimit {
			if n++; n == 1 {
				first = r
			}
		}
	}
	return fmt.Sprintf("%d bytes at offset 0x%x are unexplained%s", first.Length, first.Offset, more(n-1))
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n)
}

// Pass says that what is demanded was found; examined says where.
func (c *Context) Pass(proof assay.Proof, examined ...assay.Location) Judgement {
	return Judgement{Verdict: assay.Pass, Proof: proof, Examined: examined}
}

// With adds findings that are notes, of Low or Info, and returns the judgement;
// a graver one makes it a failure.
func (j Judgement) With(findings ...assay.Finding) Judgement {
	j.Findings = append(j.Findings, findings...)
	return j
}

// Because adds a reason to a judgement.
func (j Judgement) Because(format string, args ...any) Judgement {
	j.Reason = fmt.Sprintf(format, args...)
	return j
}

// Fail says that the product differs from what is demanded or declared.
func (c *Context) Fail(proof assay.Proof, findings ...assay.Finding) Judgement {
	j := Judgement{Verdict: assay.Fail, Proof: proof, Findings: findings}
	for _, f := range findings {
		for _, e := range f.Evidence {
			j.Examined = append(j.Examined, e.Location)
		}
	}
	return j
}

// NotDescribed fails because the declaration leaves out what the principle
// asks: block is the missing block or attribute, as "support.until".
func (c *Context) NotDescribed(severity assay.Severity, block string) Judgement {
	return c.Fail(assay.Declared, Undescribed(severity, block, c.Declaration().Range))
}

// Inconclusive says that the question could not be decided, and why.
func (c *Context) Inconclusive(format string, args ...any) Judgement {
	return Judgement{Reason: fmt.Sprintf(format, args...)}
}

// NotApplicable says that the question does not arise for the product, and why.
// It follows from declared or observed features, and is never just asserted.
func (c *Context) NotApplicable(format string, args ...any) Judgement {
	return Judgement{Verdict: assay.NotApplicable, Reason: fmt.Sprintf(format, args...)}
}

// Observed makes a finding with evidence from the image.
func Observed(severity assay.Severity, message string, places ...assay.Location) assay.Finding {
	f := assay.Finding{Severity: severity, Message: message, Evidence: []assay.Evidence{}}
	for _, l := range places {
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindObserved, Location: l})
	}
	return f
}

// Undescribed makes a finding of a block or attribute that the declaration
// leaves out of the block at the range.
func Undescribed(severity assay.Severity, what string, in hcl.Range) assay.Finding {
	return assay.Finding{Severity: severity, Message: "not described: " + what, Evidence: []assay.Evidence{
		{Kind: assay.KindAbsent, Note: what, Location: Place(in)},
	}}
}

// Misdeclared makes a finding with evidence from the product file alone.
func Misdeclared(severity assay.Severity, message string, declared hcl.Range) assay.Finding {
	return Contradiction(severity, message, declared)
}

// Contradiction makes a finding with two pieces of evidence: the line of the
// product file, and the place in the image.
func Contradiction(severity assay.Severity, message string, declared hcl.Range, places ...assay.Location) assay.Finding {
	f := assay.Finding{Severity: severity, Message: message, Evidence: []assay.Evidence{
		{Kind: assay.KindDeclared, Location: Place(declared)},
	}}
	for _, l := range places {
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindObserved, Location: l})
	}
	return f
}

// Place is the location of a range of a product file.
func Place(r hcl.Range) assay.Location {
	return assay.Location{Path: r.Filename, Line: r.Start.Line}
}

// Graded lowers a severity to Low where the path is documentation, a test, an
// example or a bundle of other people's certificates.
func Graded(severity assay.Severity, l assay.Location) assay.Severity {
	if facts.ClassOf(l.Path) != facts.Product {
		return min(severity, assay.Low)
	}
	return severity
}

// Folder is the first part of the id: the principle.
func Folder(id assay.CheckID) string {
	folder, _, _ := strings.Cut(string(id), "/")
	return folder
}

// Fails reports whether any finding makes its check fail.
func Fails(findings []assay.Finding) bool {
	return slices.ContainsFunc(findings, func(f assay.Finding) bool { return f.Severity.Fails() })
}
