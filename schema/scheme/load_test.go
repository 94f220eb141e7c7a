package scheme_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/scheme"
)

var vocabulary = scheme.Vocabulary{
	Checks: []assay.CheckID{emptyPassword, staticPassword, weakHash},
	Paths:  []string{"credential", "credential.initial", "support", "support.until"},
}

// TestInvalid reads files that say of themselves, on the line, what is wrong.
func TestInvalid(t *testing.T) {
	files, _ := filepath.Glob("testdata/invalid/*.hcl")
	if len(files) == 0 {
		t.Fatal("there are no fixtures")
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			s, sources, diags := scheme.Load(f, vocabulary)
			if s != nil || sources[f] == nil {
				t.Errorf("got scheme %v, sources %v", s, sources)
			}
			got := map[int][]string{}
			for _, d := range diags {
				got[d.Subject.Start.Line] = append(got[d.Subject.Start.Line], d.Summary+": "+d.Detail)
			}
			want := expected(t, f)
			for line, texts := range want {
				if len(got[line]) != len(texts) {
					t.Errorf("line %d: got %q, want %q", line, got[line], texts)
					continue
				}
				for i, text := range texts {
					summary, detail, _ := strings.Cut(text, ": ")
					if !strings.HasPrefix(got[line][i], summary+": ") || !strings.HasSuffix(got[line][i], detail) {
						t.Errorf("line %d: got %q, want %q", line, got[line][i], text)
					}
				}
			}
			for line, texts := range got {
				if want[line] == nil {
					t.Errorf("line %d: got %q, want nothing", line, texts)
				}
			}
		})
	}
}

func expected(t *testing.T, file string) map[int][]string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int][]string{}
	for i, line := range strings.Split(string(src), "\n") {
		for _, text := range strings.Split(line, "# ERROR: ")[1:] {
			want[i+1] = append(want[i+1], strings.TrimSpace(text))
		}
	}
	return want
}

// TestTooMuch holds the limits: what could exhaust the parser is refused before it
// runs.
func TestTooMuch(t *testing.T) {
	const many = 5000
	for name, src := range map[string]string{
		"bytes":                strings.Repeat("#\n", scheme.MaxBytes/2+1),
		"brackets":             "a = " + strings.Repeat("[", many),
		"parentheses":          "a = " + strings.Repeat("(", many),
		"blocks":               strings.Repeat("a {\n", many),
		"templates":            "a = " + strings.Repeat(`"${`, many),
		"negations":            "a = " + strings.Repeat("!", many),
		"negations over lines": "a = (" + strings.Repeat("!\n", many),
		"minus signs":          "a = " + strings.Repeat("-", many),
		"sums":                 "a = 1" + strings.Repeat("+1", many),
		"alternatives":         "a = " + strings.Repeat("a?a:", many),
	} {
		t.Run(name, func(t *testing.T) {
			s, _, diags := scheme.Parse("big.hcl", []byte(src), scheme.Vocabulary{})
			if s != nil || len(diags) != 1 || diags[0].Summary != "Too much for a scheme file" {
				t.Errorf("got %v, %v", s, diags)
			}
		})
	}
}

func TestTooManyRequirements(t *testing.T) {
	var b strings.Builder
	b.WriteString("scheme \"test\" {\ntitle = \"T\"\nedition = \"1\"\nsource = \"S\"\nfrom = \"2020-01-01\"\n")
	for i := range scheme.MaxRequirements + 1 {
		fmt.Fprintf(&b, "requirement \"%d\" {\nprinciple = \"support\"\ntitle = \"T\"\nstatus = \"M\"\nassessor = true\n}\n", i)
	}
	b.WriteString("}\n")
	_, _, diags := scheme.Parse("big.hcl", []byte(b.String()), scheme.Vocabulary{})
	if len(diags) != 1 || diags[0].Summary != "A scheme needs requirements" {
		t.Errorf("got %v", diags)
	}
}

func TestLoadSaysWhatCannotBeRead(t *testing.T) {
	for name, path := range map[string]string{"missing": "testdata/none.hcl", "folder": "testdata"} {
		s, _, diags := scheme.Load(path, scheme.Vocabulary{})
		if s != nil || !diags.HasErrors() || !strings.Contains(diags[0].Detail, path) {
			t.Errorf("%s: got %v, %v", name, s, diags)
		}
	}
}

// TestLoad reads all that a scheme file can say.
func TestLoad(t *testing.T) {
	s := parse(t, `
until       = "2030-12"
note        = "A note"
max_label   = "3y"
min_support = "60m"
level "1" { title = "Basic" }
level "2" { title = "More" }
requirement "5.1-1(a)" {
  principle = "credentials"
  title     = "A title"
  status    = "M C F (14, e)"
  when      = any(has("credential.kind=password"), !(all(has("sensor"), has("data.where=cloud"))))
  level     = 2
  required  = ["credentials/empty-password"]
  any_of    = ["credentials/weak-hash", "credentials/extra-root"]
  advisory  = ["credentials/static-password"]
  declared  = ["interface|connection", "credential.initial=user-set"]
  proof     = "verified"
  assessor  = true
  note      = "Another"
  same_as "other:1" {
    relation  = "subset"
    rationale = "Why"
    source    = "Where"
  }
}`)
	if s.MaxLabel.After(day).Format("2006-01-02") != "2029-11-22" || s.MinSupport.Years() != 5 || s.Note != "A note" || len(s.Levels) != 2 {
		t.Errorf("got %+v", s)
	}
	q, ok := s.Find("5.1-1(a)")
	if !ok {
		t.Fatal("the requirement is not there")
	}
	if got, want := q.When.String(), `any(has("credential.kind=password"), !all(has("sensor"), has("data.where=cloud")))`; got != want {
		t.Errorf("got condition %s, want %s", got, want)
	}
	wantChecks := []assay.CheckID{emptyPassword, weakHash, "credentials/extra-root", staticPassword}
	if !slices.Equal(q.Checks(), wantChecks) || !slices.Equal(q.Declared, []scheme.Fact{"interface|connection", "credential.initial=user-set"}) {
		t.Errorf("got checks %v, facts %v", q.Checks(), q.Declared)
	}
	if q.Proof != assay.Verified || !q.Assessor || q.Level != 2 || q.Note != "Another" || !q.Status.Mandatory() || !q.Status.Conditional() {
		t.Errorf("got %+v", q)
	}
	if e := q.SameAs[0]; e.To != "other:1" || e.Relation != scheme.Subset || e.Rationale != "Why" || e.Source != "Where" {
		t.Errorf("got edge %+v", e)
	}
	if q.Range.Filename != "test.hcl" || q.Range.Start.Line == 0 {
		t.Errorf("got range %s", q.Range)
	}
}

// FuzzLoad holds that no input makes the reader panic or hang, that a scheme is
// given exactly if there is no error, and that what was read can be used. Run it
// with -fuzzminimizetime=1x: the parser's coverage varies from run to run, and the
// fuzzer would make inputs smaller for ever.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"data/*.hcl", "testdata/invalid/*.hcl"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(src) < 8<<10 { // the fuzzer would spend its time on making a large one smaller
				f.Add(src)
			}
		}
	}
	f.Add([]byte("scheme \"a\" {\nfrom = \"2020-01\"\n}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		s, _, diags := scheme.Parse("fuzz.hcl", src, vocabulary)
		if (s == nil) != diags.HasErrors() {
			t.Fatalf("scheme %v with %v", s, diags)
		}
		for _, d := range diags {
			if d.Severity == hcl.DiagError && d.Subject == nil {
				t.Fatalf("an error without a place: %s", d)
			}
		}
		if s == nil {
			return
		}
		c, err := scheme.NewCatalogue(s)
		if err != nil {
			t.Fatal(err)
		}
		c.List()
		for i := range s.Requirements {
			s.Explain(&s.Requirements[i])
		}
		if got := scheme.Conclude(s, scheme.Basis{AsOf: day}); got.Outcome == assay.Met {
			t.Fatal("met by nothing at all")
		}
	})
}
