package product

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDeepest(t *testing.T) {
	const limit = 3
	for src, want := range map[string]int{
		"a = [[[[":                            7,
		"a = [[[]]]\nb = [[[]]]":              -1,
		"a { b { c { d {":                     14,
		"# [[[[\n// ((((\n/* {{{{ */":         -1,
		`a = "[[[[ \" [[[[ \\" [[[`:           -1,
		"a = [\"]\", \"[[[[\"] b [[[[":        23,
		"a = \"${\"${":                        9,
		"a = \"$${ %%{ $${ %%{\"":             -1,
		"a = \"open [[[[\nb = [[[":            -1,
		"a = <<END\n[[[[ ${\"x\"}\nEND\n[[[[": 29,
		"a = <<-END\n  [[[[\n  END\n[[[":      -1,
		"[#]\n[#]\n[//]\n[/*]*/":              13,
		"/* [[[[":                             -1,
		`a = "\`:                              -1,
	} {
		if got := deepest([]byte(src), limit); got != want {
			t.Errorf("%q: %d, want %d", src, got, want)
		}
	}
}

// TestDeepestOfProducts: no product file that loads comes near the limit.
func TestDeepestOfProducts(t *testing.T) {
	files, _ := filepath.Glob("testdata/valid/*/*.hcl")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if at := deepest(src, 10); at >= 0 {
			t.Errorf("%s: deep at byte %d", file, at)
		}
	}
}

// TestCostly: the largest file that is read costs little, whatever it is full of.
func TestCostly(t *testing.T) {
	full := func(s string) string { return strings.Repeat(s, MaxFileBytes/len(s)) }
	for name, src := range map[string]string{
		"brackets": full("["), "pairs": "a = [" + full("[],")[5:], "attributes": full("a=1\n"), "blocks": full("a{}\n"),
		"comments": full("[#]\n"), "texts": "a=[" + full(`"[",`)[8:],
	} {
		start := time.Now()
		if _, diags := Load(folder(t, map[string]string{"product.hcl": src}), Options{}); !diags.HasErrors() {
			t.Errorf("%s: no mistake", name)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}
