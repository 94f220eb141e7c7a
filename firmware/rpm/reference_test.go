package rpm_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

const spec = `
Name: sample
Version: 1.0
Release: 2
Summary: sample
License: MIT
BuildArch: noarch
%global __os_install_post %{nil}
%global debug_package %{nil}
AutoReqProv: no
%description
sample
%install
cp -a TREE/. %{buildroot}
%files
%attr(-,root,root) /*
`

// TestReference builds packages with each compression and compares what is in
// them with the tree.
func TestReference(t *testing.T) {
	rpmbuild := reference.Need(t, "rpmbuild")
	tree := reference.Tree(t)
	for _, name := range []string{"odd/new\nline", "odd/\xff\xfe", "loop"} { // rpmbuild refuses them
		if err := os.Remove(filepath.Join(tree, name)); err != nil {
			t.Fatal(err)
		}
	}
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "a.spec"), []byte(strings.Replace(spec, "TREE", tree, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for payload, kinds := range map[string]string{
		"w9.gzdio": "gzip", "w7.xzdio": "xz", "w19.zstdio": "zstd", "w9.bzdio": "bzip2", "w6.lzdio": "lzma", "w.ufdio": "",
	} {
		t.Run(payload, func(t *testing.T) {
			reference.Run(t, work, rpmbuild, "-bb", "-D", "_topdir "+work, "-D", "_binary_payload "+payload, "-D", "_rpmfilename "+payload+".rpm", "a.spec")
			data, err := os.ReadFile(filepath.Join(work, "RPMS", payload+".rpm"))
			if err != nil {
				t.Fatal(err)
			}
			img := reference.Open(t, data)
			for _, s := range img.Skipped {
				t.Errorf("skipped: %v", s)
			}
			var types []string
			for _, c := range img.Containers {
				types = append(types, c.Type)
			}
			if got := strings.Join(types, " "); got != strings.Join(strings.Fields("rpm "+kinds+" cpio raw"), " ") { // raw is what the headers say
				t.Errorf("containers %s", got)
			}
			if a := img.Containers[0].Attributes; a["name"] != "sample" || a["version"] != "1.0-2" || a["architecture"] != "noarch" {
				t.Errorf("attributes %v", a)
			}
			reference.Compare(t, reference.InImage(img, "cpio"), reference.OnDisk(t, tree))
		})
	}
}
