package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

// corpus is a folder of real firmware images beside the project.
const corpus = "../../../shared/corpus"

func corpusImages(t *testing.T, pattern string) []string {
	t.Helper()
	images, err := filepath.Glob(filepath.Join(corpus, pattern))
	if err != nil || len(images) == 0 {
		t.Skipf("no image %s in ../shared/corpus", pattern)
	}
	return images
}

// call runs the program and gives its exit code and output.
func call(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), env{
		args: args, in: strings.NewReader(""), out: &o, err: &e, getenv: func(string) string { return "" }, now: today,
	})
	return code, o.String(), e.String()
}

// A real router image goes the whole way, from a first product file to the
// answer that it earns no label.
func TestRealRouter(t *testing.T) {
	for _, image := range corpusImages(t, "openwrt-*.img") {
		t.Run(filepath.Base(image), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "router")
			if code, _, errs := call("init", dir, "--from", image, "--yes", "--set", "product.name=Old Router", "--set", "product.models=OR-1",
				"--set", "manufacturer.name=Old Maker", "--set", "firmware.version=1", "--set", "support.until=2030-01-01"); code != exitYes {
				t.Fatalf("init: exit code %d\n%s", code, errs)
			}
			if code, _, errs := call("validate", dir); code != exitYes {
				t.Fatalf("validate: exit code %d\n%s", code, errs)
			}
			code, out, errs := call("check", dir, "--format", "json")
			if code != exitNo {
				t.Fatalf("check: exit code %d\n%s", code, errs)
			}
			var a assay.Assessment
			if err := json.Unmarshal([]byte(out), &a); err != nil {
				t.Fatal(err)
			}
			if a.Images[0].Files < 500 || a.Images[0].Coverage.Opened < a.Images[0].Size/2 {
				t.Errorf("%d files, coverage %+v: a router image must open", a.Images[0].Files, a.Images[0].Coverage)
			}
			label := filepath.Join(dir, "label")
			if code, _, errs := call("label", dir, "--demo", "--out", label); code != exitNo {
				t.Errorf("label: exit code %d\n%s", code, errs)
			}
			if _, err := os.Stat(label); !os.IsNotExist(err) {
				t.Error("label left something behind")
			}
		})
	}
}

// Every image of the corpus is inspected, its coverage adds up, and a second run
// gives the same bytes.
func TestInspectCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short: it inspects every image of the corpus")
	}
	for _, image := range corpusImages(t, "*.*") {
		switch filepath.Ext(image) {
		case ".md", ".json", ".sh", ".pem", ".crt":
			continue
		}
		t.Run(filepath.Base(image), func(t *testing.T) {
			code, out, errs := call("inspect", "--format", "json", image)
			if code != exitYes {
				t.Fatalf("exit code %d\n%s", code, errs)
			}
			var in report.Inspection
			if err := json.Unmarshal([]byte(out), &in); err != nil {
				t.Fatal(err)
			}
			c := in.Coverage
			if sum := c.Opened + c.Padding + c.Verified + c.DeclaredOpaque + c.Unexplained; sum != in.Image.Size || c.Bytes != in.Image.Size {
				t.Errorf("the classes sum to %d of %d bytes", sum, in.Image.Size)
			}
			next := int64(0)
			for _, r := range c.Ranges {
				if r.Offset != next || r.Length <= 0 {
					t.Fatalf("range at %d, want %d", r.Offset, next)
				}
				next += r.Length
			}
			if next != in.Image.Size {
				t.Errorf("the ranges end at %d of %d bytes", next, in.Image.Size)
			}
			if c.Opaque {
				for _, r := range in.Results {
					if r.Verdict == assay.Pass {
						t.Errorf("%s passes on an image that could not be opened", r.Check)
					}
				}
			}
			if _, again, _ := call("inspect", "--format", "json", image); again != out {
				t.Error("a second run gives other bytes")
			}
		})
	}
}
