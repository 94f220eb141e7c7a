package product

import (
	"slices"
	"strings"
	"testing"
)

// TestImplied: what a folder has one of need not be named; what it has several
// of, or of another use, is never guessed.
func TestImplied(t *testing.T) {
	key := `key "release" { public = file("keys/release.pub") }` + "\n"
	for name, c := range map[string]struct {
		more string
		want []Ref
	}{
		"one key":        {key, []Ref{{"key.release"}}},
		"no key":         {"", nil},
		"two keys":       {key + `key "next" { public = file("keys/release.pub") }`, nil},
		"key for tls":    {"key \"tls\" {\n public = file(\"keys/release.pub\")\n uses = [\"tls\"]\n}", nil},
		"key for images": {"key \"fw\" {\n public = file(\"keys/release.pub\")\n uses = [\"tls\", \"firmware\"]\n}", []Ref{{"key.fw"}}},
	} {
		src := lamp[:len(lamp)-2] + "  update {}\n}\n" + c.more
		p, diags := Load(folder(t, map[string]string{"product.hcl": src, "keys/release.pub": publicKey}), Options{})
		if len(diags) > 0 {
			t.Fatal(name, diags)
		}
		if !slices.Equal(p.Update.SignedBy, c.want) {
			t.Errorf("%s: signed by %v, want %v", name, p.Update.SignedBy, c.want)
		}
	}
	src := lamp[:len(lamp)-2] + "  update { mechanism = \"none\" }\n}\n" + key
	p, _ := Load(folder(t, map[string]string{"product.hcl": src, "keys/release.pub": publicKey}), Options{})
	if p.Update.SignedBy != nil {
		t.Error("a product without updates was given a key that signs them")
	}
}

// TestDamaged: what stands in a file that does not parse is not called missing.
func TestDamaged(t *testing.T) {
	_, diags := Load(folder(t, map[string]string{
		"a.hcl":       "manufacturer \"acme\" {\n  name = \n}\n\nkey \"release\" {\n",
		"product.hcl": lamp[:len(lamp)-2] + "  update { signed_by = [key.relaese] }\n  gadget {}\n}\n",
	}), Options{})
	var got []string
	for _, d := range diags {
		got = append(got, d.Subject.Filename+": "+d.Summary)
	}
	want := []string{"a.hcl: Invalid expression", `product.hcl: "gadget" does not exist in a product block`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestBrokenTemplates: a text whose inner part does not parse has one mistake,
// where it stands, and none for the value that it has not.
func TestBrokenTemplates(t *testing.T) {
	for expr, want := range map[string]string{
		`"a${}"`:         "Invalid expression",
		`"a${}b"`:        "Invalid expression",
		`"a${ $ }"`:      "Invalid character",
		`"x${"a${}"}"`:   "Invalid expression",
		"<<E\na${}\nE\n": "Invalid expression",
	} {
		for _, place := range []string{`"Lamp"`, `"L1"`, "1\n"} {
			src := strings.Replace(lamp, place, expr+"\n", 1)
			_, diags := Load(folder(t, map[string]string{"product.hcl": src}), Options{})
			if len(diags) == 0 || diags[0].Summary != want || place != "1\n" && len(diags) > 1 {
				t.Errorf("%s for %q: %v", expr, place, diags)
			}
		}
	}
}
