package checks_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

func TestMarkExceptions(t *testing.T) {
	at := func(path string) assay.Location { return assay.Location{Path: "image!squashfs!" + path} }
	results := []assay.Result{
		{Check: "storage/known-key", Verdict: assay.Pass, Proof: assay.Observed},
		{Check: "storage/private-key", Verdict: assay.Fail, Findings: []assay.Finding{
			checks.Observed(assay.Critical, "a", at("etc/key.pem"), at("usr/share/x/key.pem")),
			checks.Observed(assay.Critical, "b", at("usr/share/xy/key.pem")),
		}},
	}
	exception := func(check, path string, until product.Date) product.Exception {
		return product.Exception{Check: check, Path: path, Reason: "r", Author: "A", Expires: until}
	}
	p := &product.Product{Exceptions: []product.Exception{
		exception("storage/private-key", "/usr/share/x", "2026-12-31"),
		exception("storage/private-key", "/etc/other.pem", "2026-12-31"),
		exception("storage/private-key", "", "2026-11-22"),
		exception("storage/known-key", "", "2026-12-31"),
	}}
	counting := checks.MarkExceptions(results, p, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if len(counting) != 1 || counting[0].Path != "/usr/share/x" || counting[0].Author != "A" || counting[0].Expires != "2026-12-31" {
		t.Errorf("%+v", counting)
	}
	if results[0].Verdict != assay.Pass || results[1].Verdict != assay.Fail {
		t.Error("a verdict has changed")
	}
	var got []string
	for _, r := range results {
		for _, f := range r.Findings {
			s := f.Severity.String() + " " + f.Message
			if f.Exception != nil {
				s += " excepted"
			}
			got = append(got, s)
		}
	}
	want := []string{
		"low the exception of A speaks of nothing that was found",
		"critical a excepted",
		"critical b",
		"low the exception of A ended on 2026-11-22: it counts no more",
		"low the exception of A speaks of nothing that was found",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

// A pattern as the path of an exception speaks of nothing, and the note says why.
func TestExceptionOfPattern(t *testing.T) {
	for path, want := range map[string]string{
		"**/key.pem": "the exception of A speaks of nothing that was found: its path is that of a file or folder, and no pattern",
		"/etc/other": "the exception of A speaks of nothing that was found",
	} {
		results := []assay.Result{{Check: "storage/private-key", Verdict: assay.Pass}}
		p := &product.Product{Exceptions: []product.Exception{{Check: "storage/private-key", Path: path, Reason: "r", Author: "A", Expires: "2026-12-31"}}}
		checks.MarkExceptions(results, p, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
		if len(results[0].Findings) != 1 || results[0].Findings[0].Message != want {
			t.Errorf("%s: %+v", path, results[0].Findings)
		}
	}
}
