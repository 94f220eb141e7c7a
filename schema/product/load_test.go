package product

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestValid loads each folder of testdata/valid and compares the whole product
// with its golden file, source ranges aside.
func TestValid(t *testing.T) {
	for _, dir := range folders(t, "testdata/valid") {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			p, diags := Load(dir, Options{})
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			golden(t, filepath.Join(dir, "golden.json"), readable(t, p))
		})
	}
}

// TestInvalid loads each file of testdata/invalid as a folder of its own. The
// mistakes are exactly those that its comments "# ERROR: summary" announce,
// each on its line, and each says what to do.
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".hcl"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, diags := Load(folder(t, map[string]string{"product.hcl": string(src), "keys/release.pub": publicKey}), Options{})
			var got []string
			for _, d := range diags {
				got = append(got, fmt.Sprintf("%d: %s", d.Subject.Start.Line, d.Summary))
				if d.Detail == "" {
					t.Errorf("%s: no fix", d.Summary)
				}
			}
			if want := announced(string(src)); !slices.Equal(got, want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

// announced lists the mistakes that a file's comments announce.
func announced(src string) []string {
	var want []string
	for i, line := range strings.Split(src, "\n") {
		for _, summary := range strings.Split(line, "# ERROR: ")[1:] {
			want = append(want, fmt.Sprintf("%d: %s", i+1, strings.TrimSpace(summary)))
		}
	}
	return want
}

// publicKey is an Ed25519 key whose private half was thrown away.
const publicKey = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
`

// folder writes files into a folder of their own.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func folders(t *testing.T, dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatal("no folders", err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, filepath.Join(dir, e.Name()))
	}
	return out
}

// readable is a product as JSON, without source ranges and contents.
func readable(t *testing.T, p *Product) []byte {
	docs := map[string]string{}
	for name, d := range p.Documents {
		docs[name] = string(d.Digest)
		if d.Err != nil {
			docs[name] = d.Err.Error()
		}
	}
	plain := *p
	plain.Documents = nil
	raw, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	tree["Documents"] = docs
	out, err := json.MarshalIndent(prune(tree), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// prune takes out ranges and what is empty.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if strings.HasSuffix(k, "Range") || inner == nil || inner == "" {
				delete(v, k)
				continue
			}
			v[k] = prune(inner)
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return v
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; run with -update and look at the difference. Got:\n%s", path, got)
	}
}

// TestRanges: facts carry the line that they stand on.
func TestRanges(t *testing.T) {
	p, diags := Load("testdata/valid/smallest", Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for what, r := range map[string]struct {
		got  hcl.Range
		line int
	}{
		"product": {p.Range, 18}, "support": {p.Support.Range, 24}, "until": {p.Support.UntilRange, 25},
		"image": {p.Firmwares[0].ImageRange, 30}, "policy": {p.Manufacturer.Disclosure.PolicyRange, 9},
	} {
		if r.got.Filename != "product.hcl" || r.got.Start.Line != r.line {
			t.Errorf("%s stands at %s, want product.hcl:%d", what, r.got, r.line)
		}
	}
}

// TestReadme: what the README shows as a product file is one, as it stands there.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(readme), "```hcl\n")
	block, _, end := strings.Cut(block, "```\n")
	if !ok || !end {
		t.Fatal("the README shows no product file")
	}
	p, diags := Load(folder(t, map[string]string{"product.hcl": block}), Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if p.Name != "Hearth Hub" {
		t.Errorf("the product is called %q", p.Name)
	}
}
