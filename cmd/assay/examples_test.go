package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

var update = flag.Bool("update", false, "write the expected results anew")

// expected is the part of an assessment that does not depend on the version of
// Go that compiled the example's programs.
type expected struct {
	AsOf        string             `json:"as_of"`
	Product     assay.ProductInfo  `json:"product"`
	Containers  []string           `json:"containers"`
	Results     []assay.Result     `json:"results"`
	Conclusions []assay.Conclusion `json:"conclusions"`
	Exceptions  []assay.Marked     `json:"exceptions,omitempty"`
}

// TestExamples compares the whole result of each example product with the one
// that lies beside it: examples/<product>/expected.json.
func TestExamples(t *testing.T) {
	root, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	for product, code := range map[string]int{"hearth-hub": exitYes, "leaky-cam": exitNo} {
		t.Run(product, func(t *testing.T) {
			out, got := assess(t, filepath.Join(root, product))
			if got != code {
				t.Errorf("exit code %d, want %d", got, code)
			}
			text := fixed(t, out)
			file := filepath.Join(root, product, "expected.json")
			if *update {
				if err := os.WriteFile(file, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(text, want) {
				t.Errorf("the result differs from %s (run with -update and look at the difference):\n%s", file, firstDifference(text, want))
			}
		})
	}
}

// TestEveryPrincipleIsViolated holds the bad example to its promise.
func TestEveryPrincipleIsViolated(t *testing.T) {
	root, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	out, _ := assess(t, filepath.Join(root, "leaky-cam"))
	var a assay.Assessment
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	for _, c := range a.Conclusions {
		if c.Scheme != "platform-statement" {
			continue
		}
		for _, r := range c.Requirements {
			if r.Outcome != assay.NotMet {
				t.Errorf("%s: %s, want not met", r.ID, r.Outcome)
			}
		}
		return
	}
	t.Error("the platform statement was not concluded")
}

// TestGoodExample holds the good example to its promise: nothing to advise, and
// no finding above a note.
func TestGoodExample(t *testing.T) {
	root, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	out, _ := assess(t, filepath.Join(root, "hearth-hub"))
	var a assay.Assessment
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	for _, c := range a.Conclusions {
		for _, r := range c.Requirements {
			if r.Outcome != assay.Met || len(r.Advice) > 0 {
				t.Errorf("%s, %s: %s, advice %v", c.Scheme, r.ID, r.Outcome, r.Advice)
			}
		}
	}
	for _, r := range a.Results {
		for _, f := range r.Findings {
			if f.Severity.Fails() {
				t.Errorf("%s: %s", r.Check, f.Message)
			}
		}
	}
}

// TestDeterminism: the same input and date give the same bytes, run included.
func TestDeterminism(t *testing.T) {
	root, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	first, _ := assess(t, filepath.Join(root, "leaky-cam"))
	for range 4 {
		if again, _ := assess(t, filepath.Join(root, "leaky-cam")); !bytes.Equal(first, again) {
			t.Fatalf("two runs differ:\n%s", firstDifference(again, first))
		}
	}
}

func assess(t *testing.T, dir string) ([]byte, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(context.Background(), env{
		args: []string{"check", dir, "--format", "json", "--as-of", "2026-11-23"},
		out:  &out, err: &errs, getenv: func(string) string { return "" }, now: today,
	})
	if out.Len() == 0 {
		t.Fatalf("no result, exit code %d:\n%s", code, &errs)
	}
	return out.Bytes(), code
}

var digests = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

// fixed leaves out what another version of Go would change: digests, and places
// counted in bytes of programs.
func fixed(t *testing.T, out []byte) []byte {
	t.Helper()
	var a assay.Assessment
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	e := expected{AsOf: a.AsOf, Product: a.Product, Results: a.Results, Conclusions: a.Conclusions, Exceptions: a.Exceptions}
	for _, img := range a.Images {
		for _, c := range img.Containers {
			e.Containers = append(e.Containers, c.Path)
		}
	}
	for _, r := range e.Results {
		for i := range r.Examined {
			unplace(&r.Examined[i])
		}
		for _, f := range r.Findings {
			for i := range f.Evidence {
				unplace(&f.Evidence[i].Location)
			}
		}
	}
	var b bytes.Buffer
	if err := report.JSON(&b, e); err != nil {
		t.Fatal(err)
	}
	return digests.ReplaceAll(b.Bytes(), []byte("sha256:…"))
}

func unplace(l *assay.Location) {
	if l.Line == 0 {
		l.Offset, l.Length = 0, 0
	}
}

// firstDifference shows the first line that differs.
func firstDifference(got, want []byte) string {
	a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return "got  " + string(a[i]) + "\nwant " + string(b[i])
		}
	}
	return "one is longer"
}
