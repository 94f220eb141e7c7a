package firmware_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestUsual makes images and archives as people make them every day: all of each is
// read, and nothing is offered but the files that were put in.
func TestUsual(t *testing.T) {
	const tree = "mkdir -p t/etc t/usr/bin && echo hello > t/etc/motd && head -c 30000 /bin/ls > t/usr/bin/ls && "
	const commit = "git init -q t && cd t && git add . && git -c user.name=a -c user.email=a@b.invalid commit -qm x && git archive --format="
	for name, c := range map[string]struct {
		tools, script string
		alien         []string // what stands beside the files
	}{
		"vfat of 12 bits":    {"mkfs.vfat mcopy", "mkfs.vfat -C img 1440 && mcopy -i img -s t/* ::", nil},
		"vfat of 16 bits":    {"mkfs.vfat mcopy", "mkfs.vfat -n BOOT -C img 40000 && mcopy -i img -s t/* ::", nil},
		"vfat of 32 bits":    {"mkfs.vfat mcopy", "mkfs.vfat -F 32 -C img 70000 && mcopy -i img -s t/* ::", nil},
		"vfat by mtools":     {"mformat mcopy", "mformat -C -f 1440 -i img :: && mcopy -i img -s t/* ::", nil},
		"ISO by xorriso":     {"xorriso", "xorriso -as mkisofs -quiet -R -J -o img t", []string{"!unread!"}},
		"ISO by xorriso, RR": {"xorriso", "xorriso -outdev img -map t / -commit", []string{"!unread!"}},
		"tar by git":         {"git", commit + "tar HEAD > ../img", nil},
		"tar.gz by git":      {"git", commit + "tgz HEAD > ../img", nil},
		"zip by git":         {"git", commit + "zip HEAD > ../img", nil},
		"pzstd":              {"pzstd tar", "tar -cf a -C t . && pzstd -q a -o img", nil},
		"zip":                {"zip", "cd t && zip -qr ../img.zip . && mv ../img.zip ../img", nil},
		"7z's zip":           {"7z", "cd t && 7z a ../img.zip . > /dev/null && mv ../img.zip ../img", nil},
		"rpm":                {"rpmbuild", rpmSpec, []string{"!unread!"}},
	} {
		t.Run(name, func(t *testing.T) {
			for tool := range strings.FieldsSeq(c.tools) {
				reference.Need(t, tool)
			}
			dir := t.TempDir()
			run := exec.Command("sh", "-ec", tree+c.script)
			run.Dir, run.Env = dir, append(os.Environ(), "HOME="+dir, "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			data, err := os.ReadFile(filepath.Join(dir, "img"))
			if err != nil {
				t.Fatal(err)
			}
			img := reference.Open(t, data)
			for _, r := range img.Ranges {
				if r.Class == firmware.Unexplained {
					t.Errorf("%d bytes at %d: %s", r.Length, r.Offset, r.What)
				}
			}
			for _, s := range img.Skipped {
				t.Errorf("told: %+v", s)
			}
			n := 0
			for _, f := range img.Files {
				if f.Kind == firmware.Regular {
					n++
				}
				if f.Kind == firmware.Raw && !slices.ContainsFunc(c.alien, func(s string) bool { return strings.Contains(f.Path, s) }) {
					t.Errorf("offered: %s of %d bytes", f.Path, f.Size)
				}
			}
			if n < 2 {
				t.Errorf("%d files", n)
			}
		})
	}
}

// rpmSpec builds a package.
const rpmSpec = `cat > p.spec <<E
Name: cam
Version: 1
Release: 1
Summary: A program
License: MIT
URL: https://www.vendor.invalid/program
BuildArch: noarch
%description
A program.
%install
mkdir -p %{buildroot}/usr/bin && cp -r $PWD/t/etc %{buildroot}/ && cp $PWD/t/usr/bin/ls %{buildroot}/usr/bin/list
%post
echo done
%files
/etc/motd
/usr/bin/list
E
rpmbuild -bb --define "_topdir $PWD/rb" --define "_rpmdir $PWD/out" p.spec >log 2>&1 || (cat log; false)
cp out/noarch/*.rpm img`
