package product

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assay-iot/assay"
)

// TestCurrent: the reference page and the JSON Schema are those of the types.
func TestCurrent(t *testing.T) {
	schema, err := JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]byte{"../README.md": Reference(), "product.schema.json": schema} {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not current; run: go generate ./schema/...", path)
		}
	}
}

// TestTags: every block and attribute is explained, and every tag means
// something.
func TestTags(t *testing.T) {
	for _, p := range paths(grammar(), nil) {
		if p.attribute == nil {
			if p.block.Doc == "" || p.block.Principle != "" && !assay.Principle(p.block.Principle).Valid() {
				t.Errorf("%s: doc %q, principle %q", p.name(), p.block.Doc, p.block.Principle)
			}
			continue
		}
		a := p.attribute
		if !strings.HasSuffix(a.Doc, ".") {
			t.Errorf("%s: doc %q is no sentence", p.name(), a.Doc)
		}
		if _, ok := formats[a.Format]; a.Format != "" && a.Kind != number && !ok {
			t.Errorf("%s: there is no format %q", p.name(), a.Format)
		}
		if (a.Kind == reference) != (len(a.Refs) > 0) {
			t.Errorf("%s: %s with refs %v", p.name(), a.Kind, a.Refs)
		}
	}
}

// TestFormats: each form's example is right by its check and by the pattern
// that the JSON Schema has for it.
func TestFormats(t *testing.T) {
	for name, f := range formats {
		if name == "sha256" || name == "public-key" { // too long to show
			continue
		}
		var example string
		if err := json.Unmarshal([]byte(f.example), &example); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if problem := f.check(example); problem != nil {
			t.Errorf("%s: %q %s", name, example, problem.what)
		}
		if !regexp.MustCompile(f.pattern).MatchString(example) {
			t.Errorf("%s: %q does not fit the pattern", name, example)
		}
	}
}

func TestLength(t *testing.T) {
	for d, want := range map[Duration]time.Duration{
		"": 0, "90s": 90 * time.Second, "15m": 15 * time.Minute, "24h": 24 * time.Hour, "30d": 720 * time.Hour,
		"2w": 336 * time.Hour, "5y": 5 * 8760 * time.Hour, "999999y": 1<<63 - 1, "5 days": 0,
	} {
		if got := d.Length(); got != want {
			t.Errorf("%q is %s, want %s", d, got, want)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open("product.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("product.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("product.schema.json")
}

// TestJSONSchema: the schema lets the example through, and not the example with
// a mistake in it that Load finds as well.
func TestJSONSchema(t *testing.T) {
	schema := compiled(t)
	src, err := os.ReadFile("testdata/valid/json/product.hcl.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(src string) error {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(src))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	if err := validate(string(src)); err != nil {
		t.Error(err)
	}
	for written, instead := range map[string]string{
		`"schema_version": 1`:        `"schema_version": 3`,
		`"automatic": true`:          `"automatic": "often"`,
		`"automatic"`:                `"automatc"`,
		`"kind": "password"`:         `"kind": "pasword"`,
		`"country": "AT"`:            `"country": "Austria"`,
		`"models": [`:                `"models": [4, `,
		`"min_length": 10`:           `"min_length": -1`,
		`"name": "Thermo 3",`:        ``,
		`"${key.release}"`:           `"key.release"`,
		`"acknowledge": "5d"`:        `"acknowledge": "five days"`,
		`"storage/private-key"`:      `"private key"`,
		`"owner"`:                    `"the owner"`,
		`"expires": "2027-01-01" },`: `"expires": "soon" },`,
	} {
		changed := strings.Replace(string(src), written, instead, 1)
		if changed == string(src) {
			t.Fatalf("the example has no %s", written)
		}
		if validate(changed) == nil {
			t.Errorf("the schema lets %s through", instead)
		}
		_, diags := Load(folder(t, map[string]string{"product.hcl.json": changed, "keys/release.pub": publicKey}), Options{})
		if !diags.HasErrors() {
			t.Errorf("Load lets %s through", instead)
		}
		for _, d := range diags {
			if d.Subject.Filename != "product.hcl.json" || d.Subject.Start.Line < 1 {
				t.Errorf("%s: %s at %s", instead, d.Summary, d.Subject)
			}
		}
	}
}

// TestExplain: everything that can be written can be explained, by its short
// and by its full name.
func TestExplain(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range paths(grammar(), nil) {
		if seen[p.name()] {
			t.Errorf("%s names two things", p.name())
		}
		seen[p.name()] = true
		for _, name := range []string{p.name(), p.full()} {
			if text, ok := Explain(name); !ok || !strings.HasPrefix(text, p.name()+": ") {
				t.Errorf("%s: %q, %v", name, text, ok)
			}
		}
	}
	for path, want := range map[string]string{
		"suport.until": "Did you mean support.until?",
		"until":        "Did you mean support.until?",
		"firmwear":     "Did you mean firmware?",
		"no such":      "",
	} {
		if text, ok := Explain(path); ok || text != want {
			t.Errorf("%s: %q, %v, want %q", path, text, ok, want)
		}
	}
	want := `support.until: text, may be left out

Last day of the support period.
Values: a day, YYYY-MM-DD.

  product "NAME" {
    support {
      until = "2031-12-31"
    }
  }

Principle: Clear period of security updates (support).
`
	if got, _ := Explain("product.support.until"); got != want {
		t.Errorf("got:\n%s", got)
	}
}

// TestFormat: what is formatted stays as it is, and the examples are formatted.
func TestFormat(t *testing.T) {
	files, err := filepath.Glob("testdata/valid/*/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out, diags := Format(file, src)
		if len(diags) > 0 || !bytes.Equal(out, src) {
			t.Errorf("%s is not formatted: %v\n%s", file, diags, out)
		}
	}
	out, diags := Format("a.hcl", []byte("a=1\nlonger   = [ 2,3 ] # why\n"))
	if want := "a      = 1\nlonger = [2, 3] # why\n"; string(out) != want || len(diags) > 0 {
		t.Errorf("got %q, %v", out, diags)
	}
	if out, diags := Format("a.hcl", []byte("a = {\n")); out != nil || !diags.HasErrors() {
		t.Errorf("a file that does not parse gives %q, %v", out, diags)
	}
	if _, diags := Format("a.hcl", bytes.Repeat([]byte("["), 1<<16)); !diags.HasErrors() {
		t.Error("deep nesting was formatted")
	}
}

// TestPrint: what, where with the line, and the fix.
func TestPrint(t *testing.T) {
	dir := folder(t, map[string]string{"product.hcl": strings.Replace(lamp, "models ", "modell ", 1)})
	_, diags := Load(dir, Options{})
	var out strings.Builder
	if err := Print(&out, dir, diags, false); err != nil {
		t.Fatal(err)
	}
	want := `error: the product has no models
  DIR/product.hcl:2
     2 | product "lamp" {
  fix: Add models = ["…"]. Model designations, as printed on the device.

error: "modell" does not exist in a product block
  DIR/product.hcl:4
     4 |   modell = ["L1"]
       |   ^^^^^^
  fix: Did you mean models?
`
	if got := strings.ReplaceAll(out.String(), dir, "DIR"); got != want {
		t.Errorf("got:\n%s", got)
	}
}

// TestPrintHostile: what a file holds cannot move the cursor, nor fill the
// screen.
func TestPrintHostile(t *testing.T) {
	dir := folder(t, map[string]string{"product.hcl": "schema_version = 1\n" + strings.Repeat("#", 50) + "\nproduct \"\x1b[2J\x1b]0;x\a\" {\n name = \"" + strings.Repeat("x", 9000) + "\x1b[31m\" }\nnope = \"\x1b[5m\" " + strings.Repeat("y", 9000)})
	_, diags := Load(dir, Options{})
	var out strings.Builder
	if err := Print(&out, dir, diags, false); err != nil {
		t.Fatal(err)
	}
	if !diags.HasErrors() || strings.ContainsAny(out.String(), "\x1b\a") || out.Len() > 8<<10 {
		t.Errorf("%d bytes: %q", out.Len(), out.String())
	}
}

// TestInit: what init writes loads and is formatted, whatever was answered and
// seen; the suggestions in it are of the language as well.
func TestInit(t *testing.T) {
	seen := Seen{
		Image: "dist/lamp.bin", Version: "1.2", Mechanism: "opkg", Accounts: []string{"root", "admin\n\x1b", "ROOT", " "},
		Services: []SeenService{{"uhttpd", 80, "tcp"}, {"uhttpd", 443, "tcp"}, {"2way", 0, ""}, {"", 99999, "sctp"}},
	}
	for name, given := range map[string]struct {
		answers map[string]string
		seen    Seen
	}{
		"nothing":  {nil, Seen{}},
		"seen":     {nil, seen},
		"nonsense": {nil, Seen{Image: "/abs/lamp.bin", Mechanism: "magic"}},
		"answers": {map[string]string{
			"product.name": `Glow "1" ${x} %{y}`, "product.models": "G1, G2", "manufacturer.name": "Ä GmbH", "manufacturer.country": "DE",
			"support.until": "2031-12-31", "update.automatic": "true", "vulnerability_disclosure.contacts": "mailto:a@b.example",
			"deletion.device": "Hold the key.",
		}, seen},
	} {
		t.Run(name, func(t *testing.T) {
			src, err := Init(given.answers, given.seen)
			if err != nil {
				t.Fatal(err)
			}
			p, diags := Load(folder(t, map[string]string{"product.hcl": string(src)}), Options{})
			if len(diags) > 0 {
				t.Fatalf("%v\n%s", diags, src)
			}
			if out, diags := Format("product.hcl", src); len(diags) > 0 || !bytes.Equal(out, src) {
				t.Errorf("not formatted: %v", diags)
			}
			if name == "answers" && (p.Name != `Glow "1" ${x} %{y}` || !reflect.DeepEqual(p.Models, []string{"G1", "G2"}) || p.Support.Until != "2031-12-31") {
				t.Errorf("got %+v", p)
			}
			if name == "nothing" && (p.Support != nil || p.Credentials != nil || p.Update != nil) {
				t.Error("something was declared that nobody said")
			}
			if name == "seen" && (p.Firmwares[0].Image != "dist/lamp.bin" || len(p.Interfaces[0].Services) != 4 || len(p.Credentials) != 3 || p.Update.Mechanism != "opkg") {
				t.Errorf("got %+v", p)
			}
			suggestions(t, src)
		})
	}
}

// suggestions takes the comment signs off a file and looks that every name in
// what remains is one of the language.
func suggestions(t *testing.T, src []byte) {
	t.Helper()
	code := regexp.MustCompile(`(?m)^(\s*)# (\s*[a-z_0-9]+( "[^"]*")? +(\{|= .*)|\s*\})$`).ReplaceAll(src, []byte("$1$2"))
	f, diags := hclsyntax.ParseConfig(code, "product.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, code)
	}
	names := 0
	var walk func(*hclsyntax.Body, *blockType)
	walk = func(b *hclsyntax.Body, typ *blockType) {
		for name := range b.Attributes {
			names++
			if typ.attribute(name) == nil {
				t.Errorf("%s has no attribute %s", typ.Name, name)
			}
		}
		for _, inner := range b.Blocks {
			names++
			if typ.block(inner.Type) == nil {
				t.Fatalf("%s has no block %s", typ.Name, inner.Type)
			}
			walk(inner.Body, typ.block(inner.Type))
		}
	}
	walk(f.Body.(*hclsyntax.Body), grammar())
	if names < 150 {
		t.Errorf("only %d names are suggested", names)
	}
}

func TestQuestions(t *testing.T) {
	for _, q := range Questions(Seen{}) {
		if q.Check("") != nil {
			t.Errorf("%s: no answer is refused: %v", q.Path, q.Check(""))
		}
	}
	for path, answer := range map[string]string{
		"support.until": "soon", "update.automatic": "yes", "manufacturer.country": "Germany", "update.mechanism": "magic", "firmware.image": "../x",
		"vulnerability_disclosure.contacts": "mailto:a@b.example, nobody", "no.question": "x",
	} {
		if _, err := Init(map[string]string{path: answer}, Seen{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s = %s: %v", path, answer, err)
		}
	}
}
