package product

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// lamp is a small product file, to which tests add.
const lamp = `schema_version = 1
product "lamp" {
  name   = "Lamp"
  models = ["L1"]
  firmware "main" {
    version = "1"
    image   = "dist/lamp.bin"
    sbom    = "dist/lamp.cdx.json"
  }
}
`

// only fails the test unless there is exactly one mistake, that one.
func only(t *testing.T, diags hcl.Diagnostics, summary string) *hcl.Diagnostic {
	t.Helper()
	if len(diags) != 1 || diags[0].Summary != summary {
		t.Fatalf("got %v, want only %q", diags, summary)
	}
	if diags[0].Subject == nil || diags[0].Detail == "" {
		t.Errorf("%q has no place or no fix", summary)
	}
	return diags[0]
}

func TestFolder(t *testing.T) {
	file := filepath.Join(folder(t, map[string]string{"product.hcl": lamp}), "product.hcl")
	many := map[string]string{}
	for i := range MaxFiles + 1 {
		many[fmt.Sprintf("f%02d.hcl", i)] = ""
	}
	for summary, dir := range map[string]string{
		"the folder cannot be opened: there is no such file":            filepath.Join(t.TempDir(), "gone"),
		"the folder cannot be opened: not a directory":                  file,
		"the folder holds no *.hcl or *.hcl.json file":                  folder(t, map[string]string{"product.txt": lamp, ".hidden.hcl": lamp}),
		"the folder holds more than 64 product files":                   folder(t, many),
		"product.hcl: is larger than 256 KiB":                           folder(t, map[string]string{"product.hcl": strings.Repeat("#", MaxFileBytes+1)}),
		"the product files have more than 1 MiB together":               folder(t, map[string]string{"a.hcl": full, "b.hcl": full, "c.hcl": full, "d.hcl": full, "e.hcl": full}),
		"there is no variable \"x\"":                                    folder(t, map[string]string{"product.hcl": strings.Replace(lamp, `"1"`, "var.x", 1)}),
		"schema_version is written twice: it stands at a.hcl:1 already": folder(t, map[string]string{"a.hcl": "schema_version = 1\n", "b.hcl": lamp}),
	} {
		_, diags := Load(dir, Options{})
		only(t, diags, summary)
	}
}

var full = strings.Repeat("#", MaxFileBytes)

// TestDeep: nesting without end is one clear mistake, at once, whatever it is
// made of.
func TestDeep(t *testing.T) {
	const n = 100_000
	inText := `{"schema_version": 1, "product": {"lamp": {"models": ["L1"], "name": "${` + strings.Repeat("[", 1000) + `}"}}}`
	for name, src := range map[string]string{
		"lists.hcl":        "a = " + strings.Repeat("[", n),
		"calls.hcl":        "a = " + strings.Repeat("f(", n),
		"blocks.hcl":       strings.Repeat("a {\n", n/4),
		"objects.hcl":      "a = " + strings.Repeat("{a=", n/3),
		"templates.hcl":    "a = " + strings.Repeat(`"${`, n/3),
		"lists.hcl.json":   `{"product": ` + strings.Repeat("[", n),
		"objects.hcl.json": strings.Repeat(`{"a":`, n/5),
		"text.hcl.json":    inText,
	} {
		start := time.Now()
		_, diags := Load(folder(t, map[string]string{name: src}), Options{})
		d := only(t, diags, "more than 32 brackets inside one another")
		if d.Subject.Filename != name || d.Subject.Start.Byte == 0 {
			t.Errorf("%s: at %s", name, d.Subject)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
	for name, src := range map[string]string{
		"not.hcl":   "a = " + strings.Repeat("!", n),
		"minus.hcl": "a = " + strings.Repeat("- ", n/2),
		"plus.hcl":  "a = 1" + strings.Repeat("+1", n/2),
		"if.hcl":    "a = " + strings.Repeat("a?b:", n/4),
	} {
		_, diags := Load(folder(t, map[string]string{name: src}), Options{})
		if len(diags) != 1 || !strings.HasSuffix(diags[0].Summary, "is no part of the product language") {
			t.Errorf("%s: %v", name, diags)
		}
	}
	ten := folder(t, map[string]string{"product.hcl": strings.Repeat("[", 10<<20)})
	_, diags := Load(ten, Options{})
	only(t, diags, "product.hcl: is larger than 256 KiB")
}

func TestLongNumber(t *testing.T) {
	for _, name := range []string{"product.hcl", "product.hcl.json"} {
		src := "schema_version = " + strings.Repeat("9", 100_000)
		if strings.HasSuffix(name, ".json") {
			src = `{"schema_version": ` + strings.Repeat("9", 100_000) + "}"
		}
		_, diags := Load(folder(t, map[string]string{name: src}), Options{})
		only(t, diags, "a number of more than 32 digits")
	}
}

// TestConfined: nothing outside the folder is read, by whatever way.
func TestConfined(t *testing.T) {
	outside := folder(t, map[string]string{"release.pub": publicKey, "lamp.bin": "firmware", "lamp.hcl": lamp})
	dir := folder(t, map[string]string{"product.hcl": lamp + `key "release" { public = file("keys/release.pub") }`, "keys/own.pub": publicKey})
	link := func(target, name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("this file system has no links: ", err)
		}
	}
	link(filepath.Join(outside, "release.pub"), "keys/release.pub")
	_, diags := Load(dir, Options{})
	only(t, diags, "file(): leads out of the product's folder")

	if err := os.Remove(filepath.Join(dir, "keys/release.pub")); err != nil {
		t.Fatal(err)
	}
	link("own.pub", "keys/release.pub") // a link inside the folder is fine
	link(filepath.Join(outside, "lamp.bin"), "dist/lamp.bin")
	link(filepath.Join(outside, "lamp.bin"), "dist/lamp.cdx.json")
	p, diags := Load(dir, Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if d := p.Documents["dist/lamp.cdx.json"]; d.Err == nil || d.Data != nil || d.Digest != "" {
		t.Errorf("a document outside the folder was read: %+v", d)
	}
	if path, err := p.ImagePath(&p.Firmwares[0]); err == nil {
		t.Errorf("an image outside the folder was accepted: %s", path)
	}

	link(filepath.Join(outside, "lamp.hcl"), "more.hcl")
	_, diags = Load(dir, Options{})
	only(t, diags, "more.hcl: leads out of the product's folder")
}

// TestPrivateKey: a private key is refused wherever it stands, and is not shown.
func TestPrivateKey(t *testing.T) {
	secret := "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIH\n-----END PRIVATE KEY-----\n"
	inFile := folder(t, map[string]string{"product.hcl": lamp + `key "release" { public = file("release.key") }`, "release.key": secret})
	_, diags := Load(inFile, Options{})
	only(t, diags, "file(): the file holds a private key; name the public half, and keep the private one elsewhere")
	inText := folder(t, map[string]string{"product.hcl": lamp + `key "release" { public = ` + fmt.Sprintf("%q", secret) + ` }`})
	_, diags = Load(inText, Options{})
	only(t, diags, "a private key stands in the product file")
	for _, dir := range []string{inFile, inText} {
		_, diags := Load(dir, Options{})
		var out strings.Builder
		if err := Print(&out, dir, diags, false); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "MC4CAQ") {
			t.Errorf("the key is shown:\n%s", out.String())
		}
	}
}

// TestDocuments: a file that is missing is no mistake; the document says so.
func TestDocuments(t *testing.T) {
	dir := folder(t, map[string]string{"product.hcl": lamp, "dist/lamp.bin": "firmware"})
	p, diags := Load(dir, Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	d := p.Documents["dist/lamp.cdx.json"]
	if !errors.Is(d.Err, fs.ErrNotExist) || d.Err.Error() != "dist/lamp.cdx.json: there is no such file" {
		t.Errorf("got %v", d.Err)
	}
	if path, err := p.ImagePath(&p.Firmwares[0]); err != nil || path != filepath.Join(dir, "dist/lamp.bin") {
		t.Errorf("image at %q, %v", path, err)
	}
	digest := p.Digest
	if err := os.WriteFile(filepath.Join(dir, "dist/lamp.cdx.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, _ = Load(dir, Options{})
	if d := p.Documents["dist/lamp.cdx.json"]; d.Err != nil || string(d.Data) != "{}" || d.Digest != "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" {
		t.Errorf("got %+v", d)
	}
	if p.Digest != digest {
		t.Error("a document changed the digest of the product files")
	}
	if err := os.WriteFile(filepath.Join(dir, "more.hcl"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if p, _ = Load(dir, Options{}); p.Digest == digest {
		t.Error("a further product file did not change the digest")
	}
}

func TestVars(t *testing.T) {
	src := strings.Replace(lamp, `"1"`, "var.version", 1) + `
variable "version" {}
variable "automatic" {
  default = false
}
`
	dir := folder(t, map[string]string{"product.hcl": strings.Replace(src, "firmware", "update { automatic = var.automatic }\n  firmware", 1)})
	p, diags := Load(dir, Options{Vars: map[string]string{"version": "2.0", "automatic": "true"}})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if p.Firmwares[0].Version != "2.0" || !*p.Update.Automatic {
		t.Errorf("got %+v, %v", p.Firmwares[0], *p.Update.Automatic)
	}
	_, diags = Load(dir, Options{})
	if d := only(t, diags, `variable "version" has no value`); !strings.Contains(d.Detail, "--var version=VALUE") {
		t.Error(d.Detail)
	}
	_, diags = Load(dir, Options{Vars: map[string]string{"version": "2", "automtic": "true"}})
	if d := only(t, diags, `there is no variable "automtic"`); d.Detail != "Did you mean automatic?" {
		t.Error(d.Detail)
	}
	_, diags = Load(dir, Options{Vars: map[string]string{"version": "2", "automatic": "often"}})
	only(t, diags, `"often" is not true or false`)
}

// TestMany: hundreds of mistakes are counted, not all told.
func TestMany(t *testing.T) {
	_, diags := Load(folder(t, map[string]string{"product.hcl": lamp + strings.Repeat("gadget {}\n", maxDiagnostics+100)}), Options{})
	if len(diags) != maxDiagnostics+1 || diags[maxDiagnostics].Summary != "there are 100 mistakes more from here on" {
		t.Errorf("%d, last %v", len(diags), diags[len(diags)-1])
	}
}
