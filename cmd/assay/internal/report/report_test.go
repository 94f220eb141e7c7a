package report

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

// hostile is a name as an attacker would put it into an image.
const hostile = "a b:c\x1b[31m\u202e<script>|`*\n::error::"

func sample() assay.Assessment {
	finding := func(s assay.Severity, message string, evidence ...assay.Evidence) assay.Finding {
		return assay.Finding{Severity: s, Message: message, Evidence: evidence}
	}
	seen := func(path string, line int) assay.Evidence {
		return assay.Evidence{Kind: assay.KindObserved, Location: assay.Location{Path: path, Line: line, Offset: 7, Length: 3}}
	}
	excepted := finding(assay.Critical, "account root has an empty password", seen("cam.bin!squashfs!etc/shadow", 1), seen("cam.bin!squashfs!"+hostile, 2))
	excepted.Exception = &assay.Marked{Subject: "credentials/empty-password", Reason: hostile, Author: "J. Example", Expires: "2026-12-31"}
	return assay.Assessment{
		Format: assay.AssessmentFormat, Tool: assay.Tool{Name: "assay", Version: "v1.2.3"}, AsOf: "2026-11-23",
		Product: assay.ProductInfo{ID: "cam", Name: hostile, Manufacturer: assay.Manufacturer{Name: "M & Co"}},
		Images: []assay.Image{{
			Firmware: "main", Path: "cam.bin", Size: 1000, Digest: assay.Digest("sha256:" + strings.Repeat("ab", 32)),
			Coverage: assay.Coverage{Bytes: 1000, Opened: 900, Unexplained: 100, Skipped: []assay.Skipped{{Path: hostile, Reason: "damaged"}}},
		}},
		Results: []assay.Result{
			{Check: "credentials/empty-password", Firmware: "main", Verdict: assay.Fail, Proof: assay.Observed, Findings: []assay.Finding{
				excepted,
				finding(assay.Low, "a note", seen("cam.bin!squashfs!etc/passwd", 1)),
			}},
			{Check: "personaldata/sensors", Firmware: "main", Verdict: assay.Fail, Proof: assay.Observed, Findings: []assay.Finding{
				finding(assay.High, "a microphone is not declared",
					assay.Evidence{Kind: assay.KindDeclared, Location: assay.Location{Path: "product.hcl", Line: 12}},
					seen("cam.bin!squashfs!usr/bin/arecord", 0)),
			}},
			{Check: "support/end-date", Verdict: assay.Pass, Proof: assay.Declared},
			{Check: "updates/transport", Firmware: "main", Verdict: assay.Inconclusive, Reason: hostile},
		},
		Conclusions: []assay.Conclusion{{Scheme: "uk-psti", Edition: "x", Title: "PSTI", Outcome: assay.NotMet, Requirements: []assay.RequirementOutcome{
			{ID: "1", Title: "Passwords", Mandatory: true, Outcome: assay.NotMet, Reason: hostile},
		}}},
	}
}

func sarifOf(t *testing.T) []byte {
	t.Helper()
	a := sample()
	var b bytes.Buffer
	err := SARIF(&b, SARIFInput{
		Tool: a.Tool, Product: a.Product.ID, Results: a.Results, Images: a.Images, ExitCode: 3,
		Checks: []*checks.Check{{
			ID: "credentials/empty-password", Title: "no account has an empty password", Remedy: "Lock it.", Doc: "# Why",
			Principle: assay.Credentials, Severity: assay.Critical, Provision: []string{"5.1-1"},
		}},
		ImageLine: map[string]assay.Location{"main": {Path: "my cam/product.hcl", Line: 31}},
		Default:   assay.Location{Path: "my cam/product.hcl", Line: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The schema is the one that GitHub's upload action validates with.
func TestSARIFSchema(t *testing.T) {
	schemas, err := filepath.Glob("../../../../../shared/vectors/sarif/*schema*.json")
	if err != nil || len(schemas) == 0 {
		t.Skip("the SARIF schema of ../shared/vectors is not there")
	}
	f, err := os.Open(schemas[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	// The file has a rule in a place where JSON Schema knows none; the action's
	// own validator passes over it.
	region := doc.(map[string]any)["definitions"].(map[string]any)["region"].(map[string]any)
	delete(region["properties"].(map[string]any), "anyOf")
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	log, err := jsonschema.UnmarshalJSON(bytes.NewReader(sarifOf(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(log); err != nil {
		t.Error(err)
	}
}

func TestSARIFPlaces(t *testing.T) {
	var log struct {
		Runs []struct {
			Artifacts []struct {
				Location struct{ URI string }
				Parent   *int `json:"parentIndex"`
			}
			Results []struct {
				RuleID    string
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           *struct{ StartLine int }
					}
				}
				RelatedLocations []any
				Fingerprints     map[string]string `json:"partialFingerprints"`
			}
		}
	}
	if err := json.Unmarshal(sarifOf(t), &log); err != nil {
		t.Fatal(err)
	}
	results := log.Runs[0].Results
	if len(results) != 2 {
		t.Fatalf("%d results; the low note and the passes must stay out", len(results))
	}
	first := results[0].Locations[0].PhysicalLocation
	if first.ArtifactLocation.URI != "my%20cam/product.hcl" || first.Region.StartLine != 31 {
		t.Errorf("the first place is %+v, want the line of the product file that names the image", first)
	}
	if second := results[1].Locations[0].PhysicalLocation; second.Region.StartLine != 12 {
		t.Errorf("a contradiction must point at the declared line, got %+v", second)
	}
	if !strings.HasPrefix(results[0].Message.Text, "cam.bin!squashfs!etc/shadow: ") || len(results[0].RelatedLocations) != 2 {
		t.Errorf("the place inside the image is lost: %+v", results[0])
	}
	for i, a := range log.Runs[0].Artifacts {
		u, err := url.Parse(a.Location.URI)
		if err != nil || u.IsAbs() || strings.ContainsAny(a.Location.URI, " <>\x1b") {
			t.Errorf("artifact %d: %q is no relative URI (%v)", i, a.Location.URI, err)
		}
		if a.Parent != nil && *a.Parent >= i {
			t.Errorf("artifact %d stands before its parent %d", i, *a.Parent)
		}
	}
}

// Whatever an image holds, no report lets it act on the reader's terminal, page
// or workflow.
func TestHostileText(t *testing.T) {
	a := sample()
	var table, page, summary, annotations bytes.Buffer
	g := GitHub{Assessment: a, Default: assay.Location{Path: "product.hcl"}, Details: true}
	for _, err := range []error{
		Results(&table, a.Results, Plain), Conclusions(&table, a.Conclusions, Plain),
		HTML(&page, a), g.Summary(&summary), g.Annotations(&annotations),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"table": table.String(), "page": page.String(), "summary": summary.String(), "annotations": annotations.String()} {
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%s: a control character came through", name)
		}
	}
	if strings.Contains(page.String(), "<script>") || strings.Contains(summary.String(), "<script>") {
		t.Error("markup came through")
	}
	for line := range strings.Lines(annotations.String()) {
		if !strings.HasPrefix(line, "::error file=") && !strings.HasPrefix(line, "::warning file=") && !strings.HasPrefix(line, "::notice file=") {
			t.Errorf("an image wrote a workflow command: %q", line)
		}
	}
}

// In a public repository places stay out of log and summary unless asked for.
func TestGitHubWithoutDetails(t *testing.T) {
	var b bytes.Buffer
	g := GitHub{Assessment: sample(), Default: assay.Location{Path: "product.hcl", Line: 1}}
	if err := g.Annotations(&b); err != nil {
		t.Fatal(err)
	}
	if err := g.Summary(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "shadow") || strings.Contains(b.String(), "arecord") {
		t.Errorf("a place came through:\n%s", b.String())
	}
	if !strings.Contains(b.String(), "1 check failed") {
		t.Errorf("the counts are missing:\n%s", b.String())
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"etc/shadow": "etc/shadow", "naïve": "naïve", "a\nb": `a\u000ab`, "\xff\xfe": `\xff\xfe`, "\u202e": `\u202e`, "\uFFFD": "\uFFFD",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// An exception stands beside its finding in every form that shows findings.
func TestException(t *testing.T) {
	var table, page, github bytes.Buffer
	a := sample()
	g := GitHub{Assessment: a, Details: true}
	for _, err := range []error{Results(&table, a.Results, Plain), HTML(&page, a), g.Annotations(&github), g.Summary(&github)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for form, text := range map[string]string{"table": table.String(), "html": page.String(), "github": github.String(), "sarif": string(sarifOf(t))} {
		if !strings.Contains(text, "J. Example, until 2026-12-31") {
			t.Errorf("%s does not show the exception:\n%s", form, text)
		}
	}
}

// TestPlaces: the name of the one image and a word that repeats are left out, a
// place is said once, and what is cut is counted right.
func TestPlaces(t *testing.T) {
	evidence := func(paths ...string) (all []assay.Evidence) {
		for _, p := range paths {
			all = append(all, assay.Evidence{Kind: assay.KindObserved, Location: assay.Location{Path: p}})
		}
		return all
	}
	declared := assay.Evidence{Kind: assay.KindDeclared, Location: assay.Location{Path: "product.hcl", Line: 7}}
	text := func(evidence ...assay.Evidence) string {
		b := &strings.Builder{}
		result := assay.Result{Check: "storage/plaintext-secret", Verdict: assay.Fail, Findings: []assay.Finding{{Severity: assay.High, Message: "m", Evidence: evidence}}}
		if err := Results(b, []assay.Result{result}, Plain); err != nil {
			t.Fatal(err)
		}
		_, places, _ := strings.Cut(b.String(), " m\n")
		return places
	}
	const indent = "               "
	for _, c := range []struct{ name, got, want string }{
		{"one image", text(append(evidence("a.bin!x", "a.bin!x", "a.bin!y"), declared)...), "seen in x\n" + indent + "        y\n" + indent + "declared in product.hcl:7\n"},
		{"two images", text(evidence("a.bin!x", "b.bin!x")...), "seen in a.bin!x\n" + indent + "        b.bin!x\n"},
		{"five", text(evidence("1", "2", "3", "4", "5")...), "seen in 1\n" + indent + "        2\n" + indent + "        3\n" + indent + "        4\n" + indent + "        5\n"},
		{"six", text(evidence("1", "2", "3", "4", "5", "6")...), "seen in 1\n" + indent + "        2\n" + indent + "        3\n" + indent + "        4\n" + indent + "        … and 2 more places\n"},
	} {
		if c.got != indent+c.want {
			t.Errorf("%s:\n%s", c.name, c.got)
		}
	}
}
