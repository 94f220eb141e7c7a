package main

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/examples/device"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// tree is the root file system of the good example, in which violations are
// planted.
type tree map[string]firmwaretest.File

func goodTree(t *testing.T) tree {
	t.Helper()
	files, err := device.Files(t.Context(), "../../examples", device.Devices()[0])
	if err != nil {
		t.Fatal(err)
	}
	tr := tree{}
	for _, f := range files {
		tr[f.Name] = f
	}
	return tr
}

// put adds a file or gives it another content.
func (tr tree) put(name string, mode fs.FileMode, content string) {
	tr[name] = firmwaretest.Text(name, mode, content)
}

// change replaces a part of a text file; the part must be there.
func (tr tree) change(name, from, to string) {
	f := tr[name]
	if !strings.Contains(string(f.Data), from) {
		panic(name + " does not hold " + from)
	}
	f.Data = []byte(strings.Replace(string(f.Data), from, to, 1))
	tr[name] = f
}

func (tr tree) chmod(name string, mode fs.FileMode) {
	f := tr[name]
	f.Mode = mode
	tr[name] = f
}

// program adds a copy of a program under another name.
func (tr tree) program(name string) {
	f := tr["usr/sbin/hubd"]
	f.Name = name
	tr[name] = f
}

// start adds a command to the boot.
func (tr tree) start(command string) {
	tr.change("etc/init.d/rcS", "for script", command+"\nfor script")
}

func (tr tree) files() []firmwaretest.File { return slices.Collect(maps.Values(tr)) }

// violation is one thing that is wrong, and what every check must say of it that
// says something else than of the good example.
type violation struct {
	name    string
	plant   func(tr tree)
	product [2]string // what in the product file is replaced by what
	want    string
}

// TestMetamorphic plants one violation after the other into the good example:
// exactly the results that it should change do.
func TestMetamorphic(t *testing.T) {
	if testing.Short() {
		t.Skip("assesses some forty devices")
	}
	clean := assessTree(t, violation{})
	for _, v := range violations {
		t.Run(v.name, func(t *testing.T) {
			var changed []string
			for id, r := range assessTree(t, v) {
				if old := clean[id]; old.Verdict != r.Verdict || said(old) != said(r) {
					changed = append(changed, string(id)+" "+r.Verdict.String())
				}
			}
			slices.Sort(changed)
			if got := strings.Join(changed, ", "); got != v.want {
				t.Errorf("changed\n\t%s\nwant\n\t%s", got, v.want)
			}
		})
	}
}

// said is what a result found.
func said(r assay.Result) string {
	var messages []string
	for _, f := range r.Findings {
		messages = append(messages, f.Severity.String()+" "+f.Message)
	}
	return strings.Join(messages, "\n")
}

// assessTree runs the program on the good example with one thing wrong.
func assessTree(t *testing.T, v violation) map[assay.CheckID]assay.Result {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "product")
	if err := os.CopyFS(dir, os.DirFS("../../examples/hearth-hub")); err != nil {
		t.Fatal(err)
	}
	if v.product[0] != "" {
		name := filepath.Join(dir, "product.hcl")
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(text), v.product[0]) {
			t.Fatalf("product.hcl does not hold %q", v.product[0])
		}
		if err := os.WriteFile(name, []byte(strings.Replace(string(text), v.product[0], v.product[1], 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tr := goodTree(t)
	if v.plant != nil {
		v.plant(tr)
	}
	d := device.Devices()[0]
	image, err := device.Image(d, tr.files())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "dist"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, d.Image), image, 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := assess(t, dir)
	var a assay.Assessment
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	results := map[assay.CheckID]assay.Result{}
	for _, r := range a.Results {
		results[r.Check] = r
	}
	return results
}
