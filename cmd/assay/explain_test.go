package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/catalogue"
)

// The catalogue has 67 rows, and each is explained.
func TestExplainEveryCheck(t *testing.T) {
	all := catalogue.Checks()
	if len(all) != 67 {
		t.Errorf("%d checks, and the catalogue has 67 rows", len(all))
	}
	for _, c := range all {
		var out, errs bytes.Buffer
		code := run(t.Context(), env{args: []string{"explain", string(c.ID)}, out: &out, err: &errs, getenv: func(string) string { return "" }, now: today})
		if code != exitYes {
			t.Errorf("assay explain %s ends with %d: %s", c.ID, code, &errs)
		}
		for _, part := range []string{c.Title, c.Remedy, "What it cannot see"} {
			if !strings.Contains(out.String(), part) {
				t.Errorf("assay explain %s does not say %q", c.ID, part)
			}
		}
	}
}
