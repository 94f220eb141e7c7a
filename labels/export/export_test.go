package export_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	testresult "github.com/in-toto/attestation/go/predicates/test_result/v0"
	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels/export"
	"github.com/assay-iot/assay/labels/labeltest"
)

// read reads a predicate with in-toto's own types, which refuse unknown members.
func read(t *testing.T, predicate any, into proto.Message) {
	t.Helper()
	data, err := json.Marshal(predicate)
	if err != nil {
		t.Fatal(err)
	}
	if err := protojson.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
}

func TestVSA(t *testing.T) {
	a := labeltest.Assessment()
	a.Conclusions[1].Outcome = assay.NotMet
	a.Conclusions[0].Level = 2
	list, err := export.VSAs(a)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 {
		t.Fatalf("%d summaries, want one for the scheme that is met and one for that which is not, none for the open one", len(list))
	}
	var passed, failed vsa.VerificationSummary
	read(t, list[0].Predicate, &passed)
	read(t, list[1].Predicate, &failed)
	if passed.GetVerificationResult() != "PASSED" || !slices.Equal(passed.GetVerifiedLevels(), []string{"ASSAY_PLATFORM_STATEMENT_LEVEL_2"}) {
		t.Errorf("%v", &passed)
	}
	if failed.GetVerificationResult() != "FAILED" || len(failed.GetVerifiedLevels()) != 0 || failed.GetPolicy().GetDigest()["sha256"] == "" {
		t.Errorf("%v", &failed)
	}
	if s := list[0].Subject; len(s) != 1 || s[0].Name != "main" || passed.GetResourceUri() != "pkg:generic/aurora-cam-2@2.4.1" {
		t.Errorf("%v %v", s, passed.GetResourceUri())
	}
	for _, v := range list {
		for _, level := range v.Predicate.VerifiedLevels {
			if strings.HasPrefix(level, "SLSA_") {
				t.Errorf("level %s is SLSA's", level)
			}
		}
	}
	a.Images = nil
	if list, err := export.VSAs(a); err != nil || len(list) != 0 {
		t.Errorf("about nothing: %v %v", list, err)
	}
}

func TestTestResult(t *testing.T) {
	result := func(v assay.Verdict) assay.Result {
		return assay.Result{Check: "credentials/" + assay.CheckID(v.String()), Firmware: "main", Verdict: v}
	}
	for _, c := range []struct {
		verdicts []assay.Verdict
		want     string
	}{
		{[]assay.Verdict{assay.Pass, assay.NotApplicable}, "PASSED"},
		{[]assay.Verdict{assay.Pass, assay.Inconclusive}, "WARNED"},
		{[]assay.Verdict{assay.Pass, assay.Inconclusive, assay.Fail}, "FAILED"},
		{[]assay.Verdict{assay.NotApplicable}, "WARNED"},
		{nil, "WARNED"},
	} {
		a := labeltest.Assessment()
		a.Results = nil
		for _, v := range c.verdicts {
			a.Results = append(a.Results, result(v))
		}
		var got testresult.TestResult
		read(t, export.TestResults(a).Predicate, &got)
		if got.GetResult() != c.want || len(got.GetConfiguration()) != len(a.Rules) {
			t.Errorf("%v: %v, want %s", c.verdicts, &got, c.want)
		}
		if slices.Contains(c.verdicts, assay.Inconclusive) && !slices.Equal(got.GetWarnedTests(), []string{"credentials/inconclusive@main"}) {
			t.Errorf("%v", &got)
		}
	}
}
