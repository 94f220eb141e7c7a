package facts

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
)

// TestLongSettings has a password behind much text: where settings may stand it is
// found, and a text that is too long for that is no file that was looked into.
func TestLongSettings(t *testing.T) {
	text := func(size int) *fstest.MapFile {
		filler := strings.Repeat("<entry name=\"a\">some value</entry>\n", size/36)
		return &fstest.MapFile{Data: []byte("<settings>\n" + filler + "<admin_password>Tr0ub4dor&3x</admin_password>\n</settings>\n"), Mode: 0o644}
	}
	for _, c := range []struct {
		name    string
		size    int
		found   bool
		skipped bool
	}{
		{"etc/default.xml", 100 << 10, true, false},
		{"etc/default.xml", 2 * MaxText, true, false},
		{"etc/default.xml", MaxSettings + 1<<20, false, true},
		{"usr/share/games/words.xml", 2 * MaxText, false, false}, // data
	} {
		files := fstest.MapFS{c.name: text(c.size), "etc/passwd": {Data: []byte("root:x:0:0::/:/bin/sh\n"), Mode: 0o644}}
		o, err := Observe(t.Context(), firmware.Source{Name: "root", Folder: files, Modes: true}, firmware.Options{}, PlainSecrets)
		if err != nil {
			t.Fatal(err)
		}
		secrets, err := PlainSecrets.Of(o.For("test", []Node{PlainSecrets}))
		if err != nil || (len(secrets) > 0) != c.found {
			t.Errorf("%s of %d bytes: %d passwords, %v", c.name, c.size, len(secrets), err)
		}
		if (len(o.Coverage.Skipped) > 0) != c.skipped {
			t.Errorf("%s of %d bytes: not looked into: %v", c.name, c.size, o.Coverage.Skipped)
		}
	}
}
