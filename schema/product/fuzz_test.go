package product

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad: whatever a product file holds, there is either a product or a
// mistake with a place, and no panic.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/valid/*/*.hcl", "testdata/valid/*/*.hcl.json", "testdata/invalid/*.hcl"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src, strings.HasSuffix(file, ".json"))
		}
	}
	dir := folder(f, map[string]string{"keys/release.pub": publicKey})
	root, err := os.OpenRoot(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte, inJSON bool) {
		if len(src) > MaxFileBytes {
			return
		}
		name := "product.hcl"
		if inJSON {
			name += ".json"
		}
		p, diags := load(root, []source{{name: name, src: src, json: inJSON}}, Options{})
		diags = tidy(diags)
		if (p == nil) != diags.HasErrors() {
			t.Fatalf("product %v with %v", p != nil, diags)
		}
		for _, d := range diags {
			r := d.Subject
			if d.Summary == "" || d.Summary == alreadyReported || r.Filename == "" || r.Start.Line < 1 || r.Start.Byte > r.End.Byte || r.End.Byte > len(src)+1 {
				t.Fatalf("%q at %#v", d.Summary, r)
			}
		}
		if p != nil {
			p.Info()
		}
		if !inJSON {
			_, _ = Format(name, src)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, diags := Load("testdata/valid/camera", Options{}); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}
