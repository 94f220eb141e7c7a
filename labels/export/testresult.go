package export

import (
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// TestResult is an in-toto statement with a test result, version 0.1: one run of
// all checks.
type TestResult struct {
	Type          string           `json:"_type"`
	Subject       []labels.Subject `json:"subject"`
	PredicateType string           `json:"predicateType"`
	Predicate     Tests            `json:"predicate"`
}

// Tests says which checks passed. Inconclusive is a warning; what does not apply is
// left out.
type Tests struct {
	Result        string     `json:"result"`        // PASSED, WARNED or FAILED
	Configuration []Resource `json:"configuration"` // what was judged by
	Passed        []string   `json:"passedTests,omitempty"`
	Warned        []string   `json:"warnedTests,omitempty"`
	Failed        []string   `json:"failedTests,omitempty"`
}

// TestResults gives the run of checks behind an assessment. A run in which nothing
// failed and nothing passed is WARNED: that nothing was seen is no pass.
func TestResults(a *assay.Assessment) TestResult {
	t := Tests{Configuration: []Resource{}}
	for _, r := range a.Rules {
		name := r.Kind + "/" + r.Name
		if r.Version != "" {
			name += "@" + r.Version
		}
		t.Configuration = append(t.Configuration, Resource{Name: name, Digest: sha256Of(r.Digest)})
	}
	for _, r := range a.Results {
		name := string(r.Check)
		if r.Firmware != "" {
			name += "@" + r.Firmware
		}
		switch r.Verdict {
		case assay.Pass:
			t.Passed = append(t.Passed, name)
		case assay.Fail:
			t.Failed = append(t.Failed, name)
		case assay.NotApplicable:
		default:
			t.Warned = append(t.Warned, name)
		}
	}
	for _, list := range [][]string{t.Passed, t.Warned, t.Failed} {
		slices.Sort(list)
	}
	switch {
	case len(t.Failed) > 0:
		t.Result = "FAILED"
	case len(t.Warned) > 0 || len(t.Passed) == 0:
		t.Result = "WARNED"
	default:
		t.Result = "PASSED"
	}
	return TestResult{Type: labels.StatementType, Subject: subjects(a.Images), PredicateType: TestResultType, Predicate: t}
}
