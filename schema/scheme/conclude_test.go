package scheme_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/scheme"
)

const (
	emptyPassword  = "credentials/empty-password"
	staticPassword = "credentials/static-password"
	weakHash       = "credentials/weak-hash"
)

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// oneRequirement makes a scheme of a single requirement out of its attributes.
func oneRequirement(t *testing.T, attributes string) *scheme.Scheme {
	t.Helper()
	return parse(t, `requirement "1" {
  principle = "credentials"
  title     = "A title"
  `+attributes+`
}`)
}

func parse(t *testing.T, body string) *scheme.Scheme {
	t.Helper()
	s, _, diags := scheme.Parse("test.hcl", []byte(`scheme "test" {
title   = "Test"
edition = "1"
source  = "here"
from    = "2020-01-01"
`+body+`
}`), scheme.Vocabulary{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return s
}

func pass(id assay.CheckID, proof assay.Proof) assay.Result {
	return assay.Result{Check: id, Verdict: assay.Pass, Proof: proof}
}

func fail(id assay.CheckID, kinds ...assay.EvidenceKind) assay.Result {
	f := assay.Finding{Severity: assay.High, Message: "account admin is open"}
	for _, k := range kinds {
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: k})
	}
	return assay.Result{Check: id, Verdict: assay.Fail, Proof: assay.Observed, Findings: []assay.Finding{f}}
}

// noted fails for two reasons that were not seen, the graver one last, and has a
// note on something that was.
func noted(id assay.CheckID) assay.Result {
	r := fail(id, assay.KindAbsent)
	r.Findings = append(r.Findings,
		assay.Finding{Severity: assay.Critical, Message: "account root is open", Evidence: []assay.Evidence{{Kind: assay.KindAbsent}}},
		assay.Finding{Severity: assay.Low, Message: "account guest is there", Evidence: []assay.Evidence{{Kind: assay.KindObserved}}})
	return r
}

func by(r assay.Result, proof assay.Proof) assay.Result {
	r.Proof = proof
	return r
}

func unknown(id assay.CheckID) assay.Result {
	return assay.Result{Check: id, Reason: "the image could not be opened"}
}

func unasked(id assay.CheckID) assay.Result {
	return assay.Result{Check: id, Verdict: assay.NotApplicable, Reason: "there is no web server"}
}

func yes(paths ...string) scheme.Declaration { return says(scheme.Yes, paths...) }
func no(paths ...string) scheme.Declaration  { return says(scheme.No, paths...) }

func says(a scheme.Answer, paths ...string) scheme.Declaration {
	d := scheme.Declaration{}
	for _, p := range paths {
		d[p] = scheme.Said{Answer: a, Each: true}
	}
	return d
}

func record(outcome assay.Outcome) scheme.Record {
	return scheme.Record{Requirement: "test:1", Outcome: outcome, By: "R. Assessor", Date: "2026-10-01", Reason: "looked at it"}
}

// TestConclude holds each rule of Conclude for one requirement: what decides, what
// does not, and what is beside the point.
func TestConclude(t *testing.T) {
	const (
		two      = `required = ["` + emptyPassword + `", "` + staticPassword + `"]` + "\n"
		observed = `proof = "observed"` + "\n"
		either   = `any_of = ["` + emptyPassword + `", "` + staticPassword + `"]` + "\n"
		when     = `when = has("credential")` + "\n"
	)
	a, b := assay.CheckID(emptyPassword), assay.CheckID(staticPassword)
	both := []assay.Result{pass(a, assay.Observed), pass(b, assay.Verified)}
	reason := []assay.Marked{{Subject: "test:1", Reason: "no screen"}}
	for _, c := range []struct {
		name       string
		status     string // M if empty
		attributes string
		basis      scheme.Basis
		want       assay.Outcome
		proof      assay.Proof
		reason     string // part of it
		checks     []assay.CheckID
	}{
		// Checks.
		{name: "all pass, by the least proof", attributes: two + observed, basis: scheme.Basis{Results: both}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{a, b}},
		{name: "one fails", attributes: two, basis: scheme.Basis{Results: []assay.Result{pass(a, assay.Observed), fail(b)}}, want: assay.NotMet, proof: assay.Observed, reason: "credentials/static-password: account admin is open", checks: []assay.CheckID{b}},
		{name: "a failure goes before an open question", attributes: two, basis: scheme.Basis{Results: []assay.Result{unknown(a), fail(b)}}, want: assay.NotMet, proof: assay.Observed, checks: []assay.CheckID{b}},
		{name: "both fail", attributes: two, basis: scheme.Basis{Results: []assay.Result{fail(a), fail(b)}}, want: assay.NotMet, proof: assay.Observed, reason: "(and 1 more)", checks: []assay.CheckID{a, b}},
		{name: "both fail, by the least proof", attributes: two, basis: scheme.Basis{Results: []assay.Result{fail(a), by(fail(b), assay.Declared)}}, want: assay.NotMet, proof: assay.Declared, checks: []assay.CheckID{a, b}},
		{name: "the gravest finding is told", attributes: two, basis: scheme.Basis{Results: []assay.Result{noted(a)}}, want: assay.NotMet, proof: assay.Observed, reason: "account root is open", checks: []assay.CheckID{a}},
		{name: "one is inconclusive", attributes: two, basis: scheme.Basis{Results: []assay.Result{pass(a, assay.Observed), unknown(b)}}, want: assay.Undecided, reason: "could not be opened", checks: []assay.CheckID{b}},
		{name: "one was not run", attributes: two, basis: scheme.Basis{Results: both[:1]}, want: assay.Undecided, reason: "credentials/static-password was not run", checks: []assay.CheckID{b}},
		{name: "a pass without proof is none", attributes: two, basis: scheme.Basis{Results: []assay.Result{pass(a, assay.Observed), pass(b, assay.NotAssessed)}}, want: assay.Undecided, reason: "passed without proof", checks: []assay.CheckID{b}},
		{name: "another check fails", attributes: two, basis: scheme.Basis{Results: append(slices.Clone(both), fail(weakHash))}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{a, b}},
		{name: "known by less than is needed", attributes: two + observed, basis: scheme.Basis{Results: []assay.Result{pass(a, assay.Observed), pass(b, assay.Documented)}}, want: assay.Undecided, proof: assay.Documented, reason: "known only as documented; at least observed", checks: []assay.CheckID{a, b}},

		// What does not apply.
		{name: "one does not apply, the other passes", attributes: two, basis: scheme.Basis{Results: []assay.Result{pass(a, assay.Observed), unasked(b)}}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{a}},
		{name: "one does not apply, the other is open", attributes: two, basis: scheme.Basis{Results: []assay.Result{unknown(a), unasked(b)}}, want: assay.Undecided, checks: []assay.CheckID{a}},
		{name: "none applies", attributes: two, basis: scheme.Basis{Results: []assay.Result{unasked(a), unasked(b)}}, want: assay.Undecided, reason: "none of its checks applies", checks: []assay.CheckID{a, b}},
		{name: "none applies, described facts do not step in", attributes: two + `declared = ["credential"]`, basis: scheme.Basis{Results: []assay.Result{unasked(a), unasked(b)}, Declaration: yes("credential")}, want: assay.Undecided, checks: []assay.CheckID{a, b}},

		// Several images.
		{name: "one image fails", attributes: two, basis: scheme.Basis{Results: append(slices.Clone(both), fail(a))}, want: assay.NotMet, proof: assay.Observed, checks: []assay.CheckID{a}},
		{name: "one image is inconclusive", attributes: two, basis: scheme.Basis{Results: append([]assay.Result{unknown(a)}, both...)}, want: assay.Undecided, checks: []assay.CheckID{a}},
		{name: "a later image is known by less", attributes: two, basis: scheme.Basis{Results: append(slices.Clone(both), pass(a, assay.Declared))}, want: assay.Met, proof: assay.Declared, checks: []assay.CheckID{a, b}},
		{name: "one image has no such thing", attributes: two, basis: scheme.Basis{Results: append([]assay.Result{unasked(a)}, both...)}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{a, b}},
		{name: "one image is known by less", attributes: two, basis: scheme.Basis{Results: append([]assay.Result{pass(a, assay.Declared)}, both...)}, want: assay.Met, proof: assay.Declared, checks: []assay.CheckID{a, b}},

		// Any of.
		{name: "any of: one passes, one fails", attributes: either, basis: scheme.Basis{Results: []assay.Result{fail(a, assay.KindAbsent), pass(b, assay.Observed)}}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{b}},
		{name: "any of: a contradiction is not outvoted", attributes: either, basis: scheme.Basis{Results: []assay.Result{fail(a, assay.KindDeclared, assay.KindObserved), pass(b, assay.Verified)}}, want: assay.NotMet, proof: assay.Observed, checks: []assay.CheckID{a}},
		{name: "any of: a wrong declaration alone is outvoted", attributes: either, basis: scheme.Basis{Results: []assay.Result{fail(a, assay.KindDeclared), pass(b, assay.Observed)}}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{b}},
		{name: "any of: an observation alone is outvoted", attributes: either, basis: scheme.Basis{Results: []assay.Result{fail(a, assay.KindObserved), pass(b, assay.Observed)}}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{b}},
		{name: "any of: the best proof carries", attributes: either + observed, basis: scheme.Basis{Results: []assay.Result{pass(a, assay.Declared), pass(b, assay.Observed)}}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{b}},
		{name: "any of: one open, one fails", attributes: either, basis: scheme.Basis{Results: []assay.Result{unknown(a), fail(b)}}, want: assay.Undecided, checks: []assay.CheckID{a}},
		{name: "any of: all fail", attributes: either, basis: scheme.Basis{Results: []assay.Result{fail(a), fail(b)}}, want: assay.NotMet, proof: assay.Observed, checks: []assay.CheckID{a}},
		{name: "any of: none applies", attributes: either, basis: scheme.Basis{Results: []assay.Result{unasked(a), unasked(b)}}, want: assay.Undecided, reason: "none of its checks applies", checks: []assay.CheckID{a}},

		// What is declared.
		{name: "described facts alone", attributes: `declared = ["credential"]`, basis: scheme.Basis{Declaration: yes("credential")}, want: assay.Met, proof: assay.Declared},
		{name: "described as absent is described", attributes: `declared = ["credential"]`, basis: scheme.Basis{Declaration: no("credential")}, want: assay.Met, proof: assay.Declared},
		{name: "not described", attributes: `declared = ["credential", "support.until"]`, basis: scheme.Basis{Declaration: yes("credential")}, want: assay.NotMet, proof: assay.Declared, reason: "not described: support.until"},
		{name: "a recommendation, not described", status: "R", attributes: `declared = ["credential"]`, want: assay.Undecided, reason: "not described: credential"},
		{name: "a recommendation, described otherwise", status: "R", attributes: `declared = ["credential.initial=user-set"]`, basis: scheme.Basis{Declaration: yes("credential", "credential.initial")}, want: assay.NotMet, proof: assay.Declared, reason: "not described: credential.initial=user-set"},
		{name: "a recommendation, not described, and the maker says that it is not met", status: "R", attributes: `declared = ["credential"]`, basis: scheme.Basis{Unmet: reason}, want: assay.NotMet, proof: assay.Declared, reason: "no screen"},
		{name: "another value than the one asked for", attributes: `declared = ["credential.initial=user-set"]`, basis: scheme.Basis{Declaration: yes("credential", "credential.initial")}, want: assay.NotMet, proof: assay.Declared, reason: "not described: credential.initial=user-set"},
		{name: "not described, though checks pass", attributes: two + `declared = ["credential"]`, basis: scheme.Basis{Results: both}, want: assay.NotMet, proof: assay.Declared, reason: "not described: credential"},
		{name: "one of two paths", attributes: `declared = ["interface|connection"]`, basis: scheme.Basis{Declaration: yes("connection")}, want: assay.Met, proof: assay.Declared},
		{name: "neither of two paths", attributes: `declared = ["interface|connection"]`, want: assay.NotMet, proof: assay.Declared, reason: "not described: interface or connection"},
		{name: "described facts do not lower the proof of checks", attributes: two + observed + `declared = ["credential"]`, basis: scheme.Basis{Results: both, Declaration: yes("credential")}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{a, b}},
		{name: "described facts alone are not observed", attributes: observed + `declared = ["credential"]`, basis: scheme.Basis{Declaration: yes("credential")}, want: assay.Undecided, proof: assay.Declared, reason: "known only as declared"},

		// Conditions.
		{name: "the condition does not hold", attributes: two + when, basis: scheme.Basis{Results: both, Declaration: no("credential")}, want: assay.DoesNotApply, proof: assay.Declared, reason: `has("credential")`},
		{name: "the condition does not hold, but the thing was seen", attributes: two + when, basis: scheme.Basis{Results: []assay.Result{both[0], fail(b, assay.KindObserved)}, Declaration: no("credential")}, want: assay.NotMet, proof: assay.Observed, checks: []assay.CheckID{b}},
		{name: "the condition does not hold, and the thing is missing", attributes: two + when, basis: scheme.Basis{Results: []assay.Result{both[0], fail(b, assay.KindAbsent)}, Declaration: no("credential")}, want: assay.DoesNotApply, proof: assay.Declared},
		{name: "the condition does not hold, but nobody could look", attributes: two + when, basis: scheme.Basis{Results: []assay.Result{both[0], unknown(b)}, Declaration: no("credential")}, want: assay.Undecided, reason: "could not be checked", checks: []assay.CheckID{b}},
		{name: "the condition does not hold, and what was seen is a note", attributes: two + when, basis: scheme.Basis{Results: []assay.Result{both[0], noted(b)}, Declaration: no("credential")}, want: assay.DoesNotApply, proof: assay.Declared},
		{name: "the condition holds", attributes: two + when, basis: scheme.Basis{Results: both, Declaration: yes("credential")}, want: assay.Met, proof: assay.Observed, checks: []assay.CheckID{a, b}},
		{name: "silence makes nothing inapplicable", attributes: two + when, basis: scheme.Basis{Results: []assay.Result{fail(a)}}, want: assay.NotMet, proof: assay.Observed, checks: []assay.CheckID{a}},

		// Assessors.
		{name: "only a person can decide", attributes: two + "assessor = true", basis: scheme.Basis{Results: both}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "a person said yes", attributes: two + "assessor = true", basis: scheme.Basis{Results: both, Records: []scheme.Record{record(assay.Met)}}, want: assay.Met, proof: assay.Observed, reason: "looked at it", checks: []assay.CheckID{a, b}},
		{name: "a person decides what checks could not", attributes: two, basis: scheme.Basis{Results: []assay.Result{unknown(a)}, Records: []scheme.Record{record(assay.Met)}}, want: assay.Met},
		{name: "a person does not outvote a failure", attributes: two + "assessor = true", basis: scheme.Basis{Results: []assay.Result{fail(a)}, Records: []scheme.Record{record(assay.Met)}}, want: assay.NotMet, proof: assay.Observed, checks: []assay.CheckID{a}},
		{name: "a person cannot describe the product", attributes: `assessor = true` + "\n" + `declared = ["credential"]`, basis: scheme.Basis{Records: []scheme.Record{record(assay.Met)}}, want: assay.NotMet, proof: assay.Declared, reason: "not described"},
		{name: "a failure is told before a person's no", attributes: two, basis: scheme.Basis{Results: []assay.Result{fail(a)}, Records: []scheme.Record{record(assay.NotMet)}}, want: assay.NotMet, proof: assay.Observed, reason: "account admin", checks: []assay.CheckID{a}},
		{name: "a person takes a yes back", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{record(assay.Met), {Requirement: "test:1", Outcome: assay.Undecided, By: "R. Assessor", Date: "2026-11-01", Reason: "new firmware"}}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "another person's doubt takes nothing back", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{{Requirement: "test:1", Outcome: assay.Undecided, By: "Another", Date: "2026-11-01", Reason: "not seen"}, record(assay.Met)}}, want: assay.Met},
		{name: "not applicable by a person, where only the condition is printed", status: "C", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{record(assay.DoesNotApply)}}, want: assay.DoesNotApply},
		{name: "a person said no", attributes: two, basis: scheme.Basis{Results: both, Records: []scheme.Record{record(assay.NotMet)}}, want: assay.NotMet, proof: assay.Observed, reason: "looked at it", checks: []assay.CheckID{a, b}},
		{name: "not applicable by a person, where no condition is printed", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{record(assay.DoesNotApply)}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "not applicable by a person, where one is printed", status: "M C (15)", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{record(assay.DoesNotApply)}}, want: assay.DoesNotApply},
		{name: "a record of somebody nameless", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{{Requirement: "test:1", Outcome: assay.Met, Date: "2026-10-01", Reason: "fine"}}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "a record without a reason", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{{Requirement: "test:1", Outcome: assay.Met, By: "R. Assessor", Date: "2026-10-01"}}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "a record of the future", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{{Requirement: "test:1", Outcome: assay.Met, By: "R. Assessor", Date: "2026-11-23", Reason: "fine"}}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "a record about another requirement", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{{Requirement: "other:1", Outcome: assay.Met, By: "R. Assessor", Date: "2026-10-01", Reason: "fine"}}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "a later record of the same person", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{record(assay.NotMet), {Requirement: "test:1", Outcome: assay.Met, By: "R. Assessor", Date: "2026-11-01", Reason: "repaired"}}}, want: assay.Met, reason: "repaired"},
		{name: "a later record of another person", attributes: "assessor = true", basis: scheme.Basis{Records: []scheme.Record{record(assay.NotMet), {Requirement: "test:1", Outcome: assay.Met, By: "Another", Date: "2026-11-01", Reason: "fine"}}}, want: assay.NotMet, reason: "looked at it"},

		// The maker's own word.
		{name: "the maker says that it is not met", status: "R", attributes: "assessor = true", basis: scheme.Basis{Unmet: reason}, want: assay.NotMet, proof: assay.Declared, reason: "no screen"},
		{name: "the maker's reason changes no failure", status: "R", attributes: two, basis: scheme.Basis{Results: []assay.Result{fail(a)}, Unmet: reason}, want: assay.NotMet, proof: assay.Observed, reason: "account admin", checks: []assay.CheckID{a}},
		{name: "the maker's reason has run out", status: "R", attributes: "assessor = true", basis: scheme.Basis{Unmet: []assay.Marked{{Subject: "test:1", Reason: "no screen", Expires: "2026-11-21"}}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "the maker gives no reason", status: "R", attributes: "assessor = true", basis: scheme.Basis{Unmet: []assay.Marked{{Subject: "test:1"}}}, want: assay.Undecided, reason: "needs an assessor"},
		{name: "the maker's reason is for something else", status: "R", attributes: "assessor = true", basis: scheme.Basis{Unmet: []assay.Marked{{Subject: "test:2", Reason: "no screen"}}}, want: assay.Undecided, reason: "needs an assessor"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.status == "" {
				c.status = "M"
			}
			c.basis.AsOf = day
			s := oneRequirement(t, `status = "`+c.status+"\"\n"+c.attributes)
			got := scheme.Conclude(s, c.basis).Requirements[0]
			if got.Outcome != c.want || got.Proof != c.proof {
				t.Errorf("got %s, %s; want %s, %s (reason %q)", got.Outcome, got.Proof, c.want, c.proof, got.Reason)
			}
			if !strings.Contains(got.Reason, c.reason) {
				t.Errorf("got reason %q, want %q in it", got.Reason, c.reason)
			}
			if !slices.Equal(got.Checks, c.checks) {
				t.Errorf("got checks %v, want %v", got.Checks, c.checks)
			}
		})
	}
}

// TestOverall holds what decides for the scheme as a whole.
func TestOverall(t *testing.T) {
	one := func(id, status string, met assay.Outcome) string {
		rule := map[assay.Outcome]string{
			assay.Met:          `declared = ["there"]`,
			assay.NotMet:       `declared = ["silent"]`,
			assay.Undecided:    `assessor = true`,
			assay.DoesNotApply: "when = has(\"absent\")\nassessor = true",
		}[met]
		return "requirement \"" + id + "\" {\nprinciple = \"support\"\ntitle = \"T\"\nstatus = \"" + status + "\"\n" + rule + "\n}\n"
	}
	declared := scheme.Declaration{"there": {Answer: scheme.Yes}, "absent": {Answer: scheme.No}}
	for _, c := range []struct {
		name string
		body string
		want assay.Outcome
	}{
		{"all met", one("1", "M", assay.Met) + one("2", "M", assay.Met), assay.Met},
		{"one undecided", one("1", "M", assay.Met) + one("2", "M", assay.Undecided), assay.Undecided},
		{"not met goes before undecided", one("1", "M", assay.Undecided) + one("2", "M", assay.NotMet), assay.NotMet},
		{"recommended, not met", one("1", "M", assay.Met) + one("2", "R", assay.NotMet), assay.Met},
		{"recommended, undecided", one("1", "M", assay.Met) + one("2", "R F (a)", assay.Undecided), assay.Met},
		{"conditional, not met", one("1", "M", assay.Met) + one("2", "C", assay.NotMet), assay.NotMet},
		{"one does not apply", one("1", "M", assay.Met) + one("2", "M", assay.DoesNotApply), assay.Met},
		{"nothing applies", one("1", "M", assay.DoesNotApply), assay.Undecided},
		{"only recommendations are met", one("1", "R", assay.Met), assay.Undecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := scheme.Conclude(parse(t, c.body), scheme.Basis{Declaration: declared, AsOf: day})
			if got.Outcome != c.want {
				t.Errorf("got %s, want %s", got.Outcome, c.want)
			}
		})
	}
}

func TestConcludeShowsAdviceAndAssessor(t *testing.T) {
	s := oneRequirement(t, `status = "M"
required = ["`+emptyPassword+`"]
advisory = ["`+staticPassword+`", "`+weakHash+`", "credentials/extra-root", "storage/private-key"]
assessor = true`)
	got := scheme.Conclude(s, scheme.Basis{
		Results: []assay.Result{pass(emptyPassword, assay.Observed), pass(staticPassword, assay.Observed), fail(weakHash), unknown("storage/private-key")},
		Records: []scheme.Record{record(assay.Met)}, AsOf: day,
	})
	r := got.Requirements[0]
	if got.Outcome != assay.Met || !slices.Equal(r.Advice, []assay.CheckID{weakHash}) {
		t.Errorf("got %s with advice %v, want met with advice %s", got.Outcome, r.Advice, weakHash)
	}
	if want := (assay.Assessed{By: "R. Assessor", Date: "2026-10-01", Reason: "looked at it"}); r.Assessed == nil || *r.Assessed != want {
		t.Errorf("got assessed %v, want %v", r.Assessed, want)
	}
}

// TestLevels holds that a level leaves out what only higher ones demand.
func TestLevels(t *testing.T) {
	s := parse(t, `
level "1" { title = "Basic" }
level "2" { title = "More" }
requirement "1" {
  principle = "support"
  title     = "T"
  status    = "M"
  declared  = ["support"]
}
requirement "2" {
  principle = "support"
  title     = "T"
  status    = "M"
  level     = 2
  assessor  = true
}`)
	for level, want := range map[int]assay.Outcome{0: assay.Met, 1: assay.Met, 2: assay.Undecided} {
		got := scheme.Conclude(s, scheme.Basis{Level: level, Declaration: yes("support"), AsOf: day})
		if got.Outcome != want || got.Level != max(level, 1) {
			t.Errorf("level %d: got %s at level %d, want %s", level, got.Outcome, got.Level, want)
		}
	}
}

// TestUnmetReasons holds EN 303 645 V3.1.3 provision 5.0-1: each recommendation
// that is not met has its reason.
func TestUnmetReasons(t *testing.T) {
	s := parse(t, `
requirement "0" {
  principle     = "lifecycle"
  title         = "Reasons are written down"
  status        = "M"
  unmet_reasons = true
}
requirement "1" {
  principle = "support"
  title     = "T"
  status    = "R"
  declared  = ["support.until=2030-12-31"]
}
requirement "2" {
  principle = "support"
  title     = "T"
  status    = "R"
  assessor  = true
}`)
	reason := func(id string) assay.Marked { return assay.Marked{Subject: "test:" + id, Reason: "no screen"} }
	otherwise := yes("support", "support.until")
	met := scheme.Record{Requirement: "test:2", Outcome: assay.Met, By: "A", Date: "2026-01-01", Reason: "seen"}
	refusal := scheme.Record{Requirement: "test:0", Outcome: assay.NotMet, By: "A", Date: "2026-01-01", Reason: "the reasons are no reasons"}
	for _, c := range []struct {
		name   string
		basis  scheme.Basis
		want   assay.Outcome
		reason string
	}{
		{"one not met, without a reason", scheme.Basis{Declaration: otherwise}, assay.NotMet, "without a reason: 1"},
		{"one not met, with a reason; one undecided", scheme.Basis{Declaration: otherwise, Unmet: []assay.Marked{reason("1")}}, assay.Undecided, "not known whether these are met: 2"},
		{"reasons for both", scheme.Basis{Unmet: []assay.Marked{reason("1"), reason("2")}}, assay.Met, ""},
		{"nothing described", scheme.Basis{}, assay.Undecided, "not known whether these are met: 1, 2"},
		{"all met", scheme.Basis{Declaration: yes("support.until=2030-12-31"), Records: []scheme.Record{met}}, assay.Met, ""},
		{"one not met, without a reason; an assessor is content", scheme.Basis{Declaration: otherwise, Records: []scheme.Record{met}}, assay.NotMet, "without a reason: 1"},
		{"an assessor does not accept the reasons", scheme.Basis{Unmet: []assay.Marked{reason("1"), reason("2")}, Records: []scheme.Record{refusal}}, assay.NotMet, "no reasons"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.basis.AsOf = day
			got := scheme.Conclude(s, c.basis)
			first := got.Requirements[0]
			if first.Outcome != c.want || !strings.Contains(first.Reason, c.reason) || got.Outcome != c.want {
				t.Errorf("got %s (%q), scheme %s; want %s (%q)", first.Outcome, first.Reason, got.Outcome, c.want, c.reason)
			}
		})
	}
}

// TestUnmetReasonsOfNothing holds that a scheme without recommendations is not met
// by giving no reasons.
func TestUnmetReasonsOfNothing(t *testing.T) {
	s := oneRequirement(t, "status = \"M\"\nunmet_reasons = true")
	got := scheme.Conclude(s, scheme.Basis{AsOf: day})
	if got.Requirements[0].Outcome != assay.DoesNotApply || got.Outcome != assay.Undecided {
		t.Errorf("got %s, scheme %s", got.Requirements[0].Outcome, got.Outcome)
	}
}
