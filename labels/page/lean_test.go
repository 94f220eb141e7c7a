package page

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

var update = flag.Bool("update", false, "write the short forms of the script and the styles anew")

// TestLean makes the short form of each source file again.
func TestLean(t *testing.T) {
	for name, loader := range map[string]api.Loader{"verifier.js": api.LoaderJS, "page.js": api.LoaderJS, "page.css": api.LoaderCSS} {
		written, err := os.ReadFile("source/" + name)
		if err != nil {
			t.Fatal(err)
		}
		made := api.Transform(string(written), api.TransformOptions{
			Loader: loader, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
			MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
			Target: api.ES2020, // browsers of 2020 run it
		})
		if len(made.Errors)+len(made.Warnings) > 0 {
			t.Fatalf("%s: %v %v", name, made.Errors, made.Warnings)
		}
		if *update {
			if err := os.WriteFile("source/lean/"+name, made.Code, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if have, err := os.ReadFile("source/lean/" + name); err != nil || string(have) != string(made.Code) {
			t.Errorf("source/lean/%s is not the short form of source/%s (%v): run go generate ./labels/page", name, name, err)
		}
		if strings.Contains(string(made.Code), "</") {
			t.Errorf("source/lean/%s holds what would end the script in a page", name)
		}
	}
}
