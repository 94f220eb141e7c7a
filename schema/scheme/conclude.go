package scheme

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
)

// Basis is all that a conclusion rests on.
type Basis struct {
	Level       int            // that is applied for; 0 for the lowest, or where there are none
	Results     []assay.Result // of checks, one or more for each
	Declaration Declaration
	Records     []Record       // of assessors
	Unmet       []assay.Marked // the maker's reasons for recommendations not followed
	AsOf        time.Time
}

// Conclude says what follows for one scheme and level.
//
// The scheme is not met if any mandatory requirement is not met; else it is
// undecided if any is undecided, or if none is met at all; else it is met.
// Recommended requirements never decide. For each requirement the first rule
// that has an answer decides:
//
//  1. A required check that failed, or any_of checks that all failed, or of
//     which one shows a contradiction between declared and observed: not met. No
//     condition, assessor or maker outvotes what was seen. (Where the condition
//     does not hold, only a failure that saw something in the product counts: that a
//     thing is missing is what the maker declares.)
//  2. An assessor said no: not met.
//  3. The condition does not hold: not applicable; but undecided while a required
//     check could not be decided, since what is declared absent might be there.
//  4. An assessor said that a printed condition does not hold: not applicable.
//  5. The maker says that it is not met: not met, with the maker's reason.
//  6. A fact of the declaration is not described: not met, but undecided for a
//     recommendation, unless the product file says the opposite.
//  7. An assessor said yes: met.
//  8. A required check was inconclusive or not run: undecided.
//  9. Only a person can decide: undecided.
//  10. No check applied, and nothing else carries it: undecided.
//  11. What carries it is known by less than the least proof: undecided.
//  12. Met.
//
// What carries a requirement are the checks that passed; its proof is the least
// of theirs. A check that did not apply carries nothing and stands in the way of
// nothing: a product without a web server is not held up by the question whether
// its web server has TLS. Described facts carry a requirement, as declared, only
// where it names no check. Of several results of one check, one for each image,
// the worst counts.
//
// A condition that rests on something not described is taken to hold: silence
// makes nothing inapplicable.
func Conclude(s *Scheme, b Basis) assay.Conclusion {
	out := assay.Conclusion{
		Scheme: s.ID, Edition: s.Edition, Title: s.Title, Level: b.Level,
		Requirements: []assay.RequirementOutcome{},
	}
	level := b.Level
	if len(s.Levels) > 0 {
		level = max(level, 1)
		out.Level = level
	}
	var asking []*Requirement // those about reasons, which come last
	for i := range s.Requirements {
		q := &s.Requirements[i]
		if q.Level > level {
			continue
		}
		if q.UnmetReasons {
			asking = append(asking, q)
		}
		out.Requirements = append(out.Requirements, b.decide(s, q))
	}
	for _, q := range asking {
		i := slices.IndexFunc(out.Requirements, func(o assay.RequirementOutcome) bool { return o.ID == q.ID })
		askReasons(&out.Requirements[i], out.Requirements)
	}
	out.Outcome = overall(out.Requirements)
	return out
}

// overall is what follows from the mandatory requirements.
func overall(requirements []assay.RequirementOutcome) assay.Outcome {
	outcome := assay.Undecided // nothing met, nothing claimed
	for _, o := range requirements {
		switch {
		case !o.Mandatory:
		case o.Outcome == assay.NotMet:
			return assay.NotMet
		case o.Outcome == assay.Met:
			outcome = assay.Met
		}
	}
	for _, o := range requirements {
		if o.Mandatory && o.Outcome == assay.Undecided {
			return assay.Undecided
		}
	}
	return outcome
}

// decide applies the rules to one requirement.
func (b *Basis) decide(s *Scheme, q *Requirement) assay.RequirementOutcome {
	c := b.collect(s, q)
	o := assay.RequirementOutcome{
		ID: q.ID, Title: q.Title, Principle: q.Principle, Status: string(q.Status), Mandatory: q.Status.Mandatory(),
		Needs: q.Proof, Assessor: q.Assessor, Unmet: c.unmet, Advice: c.advice,
	}
	for _, rule := range rules {
		if rule(c, &o) {
			break
		}
	}
	return o
}

// caseFile is what there is to one requirement.
type caseFile struct {
	q       *Requirement
	applies Answer
	answers []answer // of the required checks, and one for all of any_of
	silent  []Fact   // what is not described as it is asked for
	denied  bool     // the opposite of one of these is described
	record  *Record
	unmet   *assay.Marked
	advice  []assay.CheckID
}

func (b *Basis) collect(s *Scheme, q *Requirement) *caseFile {
	c := &caseFile{q: q, applies: q.When.Holds(b.Declaration), record: b.record(s.ID, q.ID), unmet: b.unmet(s.ID, q.ID)}
	for _, id := range q.Required {
		c.answers = append(c.answers, b.answer(id))
	}
	if len(q.AnyOf) > 0 {
		c.answers = append(c.answers, b.anyOf(q.AnyOf))
	}
	for _, id := range q.Advisory {
		if b.answer(id).verdict == assay.Fail {
			c.advice = append(c.advice, id)
		}
	}
	for _, f := range q.Declared {
		if !b.Declaration.Describes(f) {
			c.silent = append(c.silent, f)
			c.denied = c.denied || b.Declaration.denies(f)
		}
	}
	return c
}

// rule answers one requirement, or says that it has no answer.
type rule func(*caseFile, *assay.RequirementOutcome) bool

var rules = []rule{failed, refused, inapplicable, waived, admitted, undescribed, assessed, open, forPeople, uncarried, carried}

func failed(c *caseFile, o *assay.RequirementOutcome) bool {
	return c.settle(o, assay.NotMet, func(a answer) bool {
		return a.verdict == assay.Fail && (c.applies != No || a.seen)
	})
}

func refused(c *caseFile, o *assay.RequirementOutcome) bool {
	if c.record == nil || c.record.Outcome != assay.NotMet {
		return false
	}
	return c.byRecord(o)
}

func inapplicable(c *caseFile, o *assay.RequirementOutcome) bool {
	if c.applies != No {
		return false
	}
	if c.settle(o, assay.Undecided, func(a answer) bool { return a.verdict == assay.Inconclusive }) {
		o.Reason = "declared not to apply, which could not be checked: " + o.Reason
		return true
	}
	o.Outcome, o.Proof = assay.DoesNotApply, assay.Declared
	o.Reason = "the product file says that this does not hold: " + c.q.When.String()
	return true
}

func waived(c *caseFile, o *assay.RequirementOutcome) bool {
	if c.record == nil || c.record.Outcome != assay.DoesNotApply || !c.q.Status.Conditional() {
		return false
	}
	return c.byRecord(o)
}

func undescribed(c *caseFile, o *assay.RequirementOutcome) bool {
	if len(c.silent) == 0 {
		return false
	}
	words := make([]string, len(c.silent))
	for i, f := range c.silent {
		words[i] = strings.Join(f.Paths(), " or ")
	}
	o.Outcome, o.Proof, o.Reason = assay.NotMet, assay.Declared, "not described: "+strings.Join(words, ", ")
	if !o.Mandatory && !c.denied {
		o.Outcome, o.Proof = assay.Undecided, assay.NotAssessed
	}
	return true
}

func admitted(c *caseFile, o *assay.RequirementOutcome) bool {
	if c.unmet == nil {
		return false
	}
	o.Outcome, o.Proof, o.Reason = assay.NotMet, assay.Declared, "the maker says that it is not met: "+c.unmet.Reason
	return true
}

func assessed(c *caseFile, o *assay.RequirementOutcome) bool {
	if c.record == nil || c.record.Outcome != assay.Met {
		return false
	}
	return c.byRecord(o)
}

func open(c *caseFile, o *assay.RequirementOutcome) bool {
	return c.settle(o, assay.Undecided, func(a answer) bool { return a.verdict == assay.Inconclusive })
}

func forPeople(c *caseFile, o *assay.RequirementOutcome) bool {
	if !c.q.Assessor {
		return false
	}
	o.Outcome, o.Reason = assay.Undecided, "needs an assessor"
	return true
}

func uncarried(c *caseFile, o *assay.RequirementOutcome) bool {
	if len(c.answers) == 0 || slices.ContainsFunc(c.answers, answer.passed) {
		return false
	}
	o.Outcome, o.Reason = assay.Undecided, "none of its checks applies to the product, and nothing else shows that it is met"
	for _, a := range c.answers {
		o.Checks = append(o.Checks, a.checks...)
	}
	return true
}

func carried(c *caseFile, o *assay.RequirementOutcome) bool {
	o.Outcome = assay.Met
	o.Proof, o.Checks = c.proof()
	if o.Proof < c.q.Proof {
		o.Outcome = assay.Undecided
		o.Reason = fmt.Sprintf("known only as %s; at least %s is needed", o.Proof, c.q.Proof)
	}
	return true
}

// proof is the least among the checks that passed, and which those were.
func (c *caseFile) proof() (assay.Proof, []assay.CheckID) {
	least, checks := assay.NotAssessed, []assay.CheckID(nil)
	for _, a := range c.answers {
		if !a.passed() {
			continue
		}
		if checks = append(checks, a.checks...); least == assay.NotAssessed || a.proof < least {
			least = a.proof
		}
	}
	if least == assay.NotAssessed && len(c.q.Declared) > 0 {
		least = assay.Declared
	}
	return least, checks
}

// settle gives the outcome if any answer is of the kind, with those checks and
// the first reason.
func (c *caseFile) settle(o *assay.RequirementOutcome, outcome assay.Outcome, kind func(answer) bool) bool {
	n := 0
	for _, a := range c.answers {
		if !kind(a) {
			continue
		}
		if n++; n == 1 {
			o.Reason, o.Proof = a.reason, a.proof
		} else {
			o.Proof = min(o.Proof, a.proof)
		}
		o.Checks = append(o.Checks, a.checks...)
	}
	if n == 0 {
		return false
	}
	if n > 1 {
		o.Reason += fmt.Sprintf(" (and %d more)", n-1)
	}
	o.Outcome = outcome
	return true
}

// byRecord gives what an assessor decided, with the proof that checks add.
func (c *caseFile) byRecord(o *assay.RequirementOutcome) bool {
	r := c.record
	o.Outcome, o.Reason = r.Outcome, r.Reason
	o.Proof, o.Checks = c.proof()
	o.Assessed = &assay.Assessed{By: r.By, Date: r.Date, Reason: r.Reason}
	return true
}

// askReasons decides a requirement that asks for the reason of each
// recommendation that is not met (EN 303 645 V3.1.3 provision 5.0-1). What a
// rule before already found stands, but for a plain "met".
func askReasons(o *assay.RequirementOutcome, all []assay.RequirementOutcome) {
	if o.Assessed != nil || o.Outcome == assay.NotMet {
		return
	}
	var bare, undecided []string
	recommendations := 0
	for _, r := range all {
		if !r.Mandatory {
			recommendations++
		}
		switch {
		case r.Mandatory || r.Unmet != nil:
		case r.Outcome == assay.NotMet:
			bare = append(bare, r.ID)
		case r.Outcome == assay.Undecided:
			undecided = append(undecided, r.ID)
		}
	}
	o.Proof = assay.Declared
	switch {
	case recommendations == 0:
		o.Outcome, o.Reason = assay.DoesNotApply, "there are no recommendations"
	case len(bare) > 0:
		o.Outcome, o.Reason = assay.NotMet, "not met, and without a reason: "+few(bare)
	case len(undecided) > 0:
		o.Outcome, o.Proof, o.Reason = assay.Undecided, assay.NotAssessed, "not known whether these are met: "+few(undecided)
	default:
		o.Outcome, o.Reason = assay.Met, ""
	}
}

// few writes the first of many names.
func few(names []string) string {
	const enough = 5
	if len(names) <= enough {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s (and %d more)", strings.Join(names[:enough], ", "), len(names)-enough)
}
