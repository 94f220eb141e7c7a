package pdf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	all := cases(t)
	for name, s := range all {
		c, err := compact.FromStatement(s, labeltest.Key().Public())
		var m []byte
		if err == nil {
			m, _ = c.Sign(labeltest.Key())
		}
		for _, v := range picture.Variants() {
			out, err := Render(s, []byte("b"), m, v)
			if err != nil {
				t.Errorf("%s %s: %v", name, v, err)
				continue
			}
			os.WriteFile(filepath.Join(dir, name+"-"+string(v.Format)+"-"+string(v.Language)+".pdf"), out, 0o644)
		}
	}
}
