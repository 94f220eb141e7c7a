package tarball_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestIncremental reads a dump of GNU tar, whose directories and whose label are of
// kinds of its own, and holds it against the tree.
func TestIncremental(t *testing.T) {
	if !bytes.Contains(reference.Run(t, "", reference.Need(t, "tar"), "--version"), []byte("GNU tar")) {
		t.Skip("tar is not GNU tar")
	}
	dir := t.TempDir()
	tree := filepath.Join(dir, "tree")
	for name, content := range map[string]string{"etc/passwd": "root:x:0:0::/:/bin/sh\n", "etc/init.d/rcS": "#!/bin/sh\n", "empty": ""} {
		path := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	archive := filepath.Join(dir, "dump.tar")
	reference.Run(t, tree, "tar", "--format=gnu", "-g", filepath.Join(dir, "state"), "-V", "THE LABEL", "-cf", archive, ".")
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	img := reference.Open(t, data)
	reference.Compare(t, reference.InImage(img, "tar"), reference.OnDisk(t, tree))
	for _, f := range img.Files {
		if f.Kind == firmware.Raw && !strings.Contains(f.Path, "tar!unread!") {
			t.Errorf("%s of %d bytes", f.Path, f.Size)
		}
	}
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained {
			t.Errorf("%+v", r)
		}
	}
}
