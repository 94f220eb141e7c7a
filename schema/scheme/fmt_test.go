package scheme_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

var update = flag.Bool("update", false, "write golden files and format data files")

// TestDataIsFormatted keeps the data as "assay fmt" would write it.
func TestDataIsFormatted(t *testing.T) {
	files, _ := filepath.Glob("data/*.hcl")
	if len(files) == 0 {
		t.Fatal("there are no data files")
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		want := hclwrite.Format(src)
		if bytes.Equal(src, want) {
			continue
		}
		if !*update {
			t.Errorf("%s is not formatted; run go test -update", f)
			continue
		}
		if err := os.WriteFile(f, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
