package page

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

var update = flag.Bool("update", false, "write the short forms of the script and the styles anew")

// TestLean makes the short forms again: of the verifier alone, which node runs, and
// of all of the page's script.
func TestLean(t *testing.T) {
	for name, from := range map[string][]string{"verifier.js": {"verifier.js"}, "page.js": {"verifier.js", "page.js"}, "page.css": {"page.css"}} {
		written, loader := "", api.LoaderCSS
		for _, part := range from {
			data, err := os.ReadFile("source/" + part)
			if err != nil {
				t.Fatal(err)
			}
			written += string(data)
		}
		if strings.HasSuffix(name, ".js") {
			loader = api.LoaderJS
		}
		if len(from) > 1 { // nobody else calls a name in it, so that all can be short
			written = "(()=>{" + written + "})()"
		}
		made := api.Transform(written, api.TransformOptions{
			Loader: loader, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
			MangleProps:      internal(name),
			MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
			Target: api.ES2020, // browsers of 2020 run it
		})
		if len(made.Errors)+len(made.Warnings) > 0 {
			t.Fatalf("%s: %v %v", name, made.Errors, made.Warnings)
		}
		if loader == api.LoaderCSS {
			made.Code = shortVariables(made.Code)
		}
		if *update {
			if err := os.WriteFile("source/lean/"+name, made.Code, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if have, err := os.ReadFile("source/lean/" + name); err != nil || string(have) != string(made.Code) {
			t.Errorf("source/lean/%s is not the short form of source/%v (%v): run go generate ./labels/page", name, from, err)
		}
		if strings.Contains(string(made.Code), "</") {
			t.Errorf("source/lean/%s holds what would end the script in a page", name)
		}
	}
}

// internal are the members of what the verifier gives to the page, which can be short where
// nobody else calls them. Those of the trust that a page embeds are not among them.
func internal(name string) string {
	if name != "page.js" {
		return ""
	}
	return "^(moreModels|moreSchemes|standing|shortened|minimum|firmware|expires|issued|support|maker|product|models|gtin|changes|signature|payload|unknown|unlisted|why|asOf|edition|issuer|status|index|head|end)$"
}

// TestLeanNames: a member that is short is never read by the text of its name: that is
// what the script finds nothing under.
func TestLeanNames(t *testing.T) {
	short := regexp.MustCompile(internal("page.js"))
	for _, part := range []string{"verifier.js", "page.js"} {
		data, err := os.ReadFile("source/" + part)
		if err != nil {
			t.Fatal(err)
		}
		// Objects that are read by a text: const NAME = {…}, and NAME[…] somewhere.
		for _, o := range regexp.MustCompile(`(?s)const (\w+) = \{(.*?)\n?\};`).FindAllSubmatch(data, -1) {
			if !regexp.MustCompile(`\b` + string(o[1]) + `\[`).Match(data) {
				continue
			}
			for _, m := range regexp.MustCompile(`(?:^|[,{])\s*(\w+)(?:\(.*?\) \{|:)`).FindAllSubmatch(o[2], -1) {
				if short.Match(m[1]) {
					t.Errorf("source/%s: %s is read by the text of a name, and its member %s is made short", part, o[1], m[1])
				}
			}
		}
	}
}

// shortVariables gives the variables of a style sheet, which no script names, one
// letter each.
func shortVariables(css []byte) []byte {
	letter := map[string]string{}
	return regexp.MustCompile(`--[a-z-]+`).ReplaceAllFunc(css, func(name []byte) []byte {
		if letter[string(name)] == "" {
			letter[string(name)] = "--" + string(rune('a'+len(letter)))
		}
		return []byte(letter[string(name)])
	})
}
