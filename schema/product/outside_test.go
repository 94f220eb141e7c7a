package product

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// outside is a small world for product files.
func outside(image hcl.DiagnosticSeverity) Options {
	return Options{Outside: &Outside{
		Checks: []string{"storage/private-key"},
		Schemes: []SchemeName{
			{ID: "mark", Edition: "2020", Levels: 1}, {ID: "mark", Edition: "2025", InForce: true, Levels: 3}, {ID: "old", Edition: "1999"},
		},
		Requirements: []string{"mark:1", "mark:2"},
		AsOf:         time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
		MissingImage: image,
	}}
}

// summaries lists what diagnostics say, each with the fix.
func summaries(diags hcl.Diagnostics) []string {
	var all []string
	for _, d := range diags {
		all = append(all, d.Summary+" > "+d.Detail)
	}
	return all
}

func TestOutside(t *testing.T) {
	const head = "schema_version = 1\nproduct \"lamp\" {\n  name   = \"Lamp\"\n  models = [\"L1\"]\n"
	const noFile = "Put the file there, correct the path, or leave the attribute out."
	for _, c := range []struct {
		body string
		want []string
	}{
		{`target "mark" { level = 3 }`, nil},
		{`target "mark" { edition = "2020" }`, nil},
		{`target "mark" { level = 4 }`, []string{"scheme mark has no level 4 > Its levels are 1 to 3."}},
		{"target \"mark\" {\nedition = \"2020\"\nlevel = 2\n}", []string{"scheme mark has no level 2 > Its levels are 1 to 1."}},
		{`target "mark" { edition = "202" }`, []string{`scheme mark has no edition "202" > Did you mean 2020?`}},
		{`target "old" {}`, []string{`no edition of scheme old counts on 2026-11-23 > Name one: edition = "…". There are: 1999.`}},
		{`target "marc" { level = 7 }`, []string{`there is no scheme "marc" > Did you mean mark?`}},
		{"unmet \"mark:1\" { reason = \"r\" }\nunmet \"mark:22\" { reason = \"r\" }", []string{`scheme mark has no requirement "22" > Did you mean "mark:2"?`}},
		{"evidence \"e\" { covers = [\"marc:1\", \"mark:2\"] }", []string{`"marc:1": there is no scheme "marc" > Did you mean mark?`}},
		{"evidence \"e\" { file = \"gone.pdf\" }", []string{"file: gone.pdf: there is no such file > " + noFile}},
		{"evidence \"e\" { file = \"docs/there.pdf\" }", nil},
		{"label { languages = [\"EN\", \"en-GB\"] }", nil},
		{"data \"x\" { purpose = \" CHANGE ME \" }", []string{"this was left to be filled in > Write what is true of the product here, or leave it out if it may be."}},
	} {
		_, diags := Load(folder(t, map[string]string{"product.hcl": head + c.body + "\n}\n", "docs/there.pdf": "%PDF"}), outside(hcl.DiagError))
		if got := summaries(diags); !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.body, got, c.want)
		}
	}
}

// TestOutsideInJSON: the same is told of JSON, with its place.
func TestOutsideInJSON(t *testing.T) {
	src := `{"schema_version": 1, "product": {"lamp": {"name": "CHANGE ME", "models": ["L1"],
  "target": {"marc": {}},
  "firmware": {"main": {"version": "1", "sbom": "gone.json"}},
  "exception": {"storage/privat-key": {"reason": "r", "author": "a", "expires": "2027-01-01"}}}}}`
	_, diags := Load(folder(t, map[string]string{"product.hcl.json": src}), outside(hcl.DiagError))
	var lines []int
	for _, d := range diags {
		lines = append(lines, d.Subject.Start.Line)
	}
	if !slices.Equal(lines, []int{1, 2, 3, 4}) {
		t.Errorf("lines %v: %q", lines, summaries(diags))
	}
}

// TestMissingImage: an error, a warning or nothing, as the caller needs the image;
// that of a release is fetched.
func TestMissingImage(t *testing.T) {
	released := strings.Replace(lamp, "    sbom    = \"dist/lamp.cdx.json\"\n  }\n",
		"  }\n  release {\n    tag = \"v1\"\n    asset = \"a\"\n    sha256 = \""+strings.Repeat("a", 64)+"\"\n  }\n", 1)
	plain := strings.Replace(lamp, "    sbom    = \"dist/lamp.cdx.json\"\n", "", 1)
	for _, c := range []struct {
		src           string
		image         hcl.DiagnosticSeverity
		errors, warns int
	}{
		{plain, hcl.DiagError, 1, 0}, {plain, hcl.DiagWarning, 0, 1}, {plain, hcl.DiagInvalid, 0, 0}, {released, hcl.DiagError, 0, 0},
	} {
		p, diags := Load(folder(t, map[string]string{"product.hcl": c.src}), outside(c.image))
		if errors := len(diags.Errs()); errors != c.errors || len(diags)-errors != c.warns || (p == nil) != (c.errors > 0) {
			t.Errorf("image %d: product %v, %v", c.image, p != nil, diags)
		}
	}
}
