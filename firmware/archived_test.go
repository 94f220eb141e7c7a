package firmware_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// deflated is a zip archive whose member is packed, and no longer to be read in it.
func deflated(name string, content []byte) []byte {
	return firmwaretest.Zip(firmwaretest.Text("META-INF/MANIFEST.MF", 0o644, "Manifest-Version: 1.0\n"), firmwaretest.Binary(name, 0o644, content))
}

// What the archives of programs in a root file system hold is looked at as the files of
// the root are: a key in one is seen, and what is no kind that is known is no finding.
func TestArchiveInRoot(t *testing.T) {
	secret := []byte(strings.Repeat("a line of a page\n", 400) + key)
	jar := deflated("conf/server.pem", secret)
	script := append([]byte("#!/usr/bin/env python3\n"), jar...)
	for name, file := range map[string][]byte{
		"usr/share/app/app.jar": jar,
		"usr/bin/app.pyz":       script,
		"opt/site.war":          firmwaretest.Zip(firmwaretest.Binary("WEB-INF/lib/inner.jar", 0o644, jar)),
		"opt/packed.jar.gz":     firmwaretest.Gzip("", jar),
	} {
		img := reference.Open(t, rootWith(name, file))
		if !offered(img) || len(img.Skipped) > 0 {
			t.Errorf("%s: offered %v, skipped %v", name, offered(img), img.Skipped)
		}
		f := reference.Find(t, img, "!conf/server.pem")
		if f.Container.Modes {
			t.Errorf("%s: the modes in an archive that nobody unpacks count", name)
		}
	}
	// A class, a module of Python and a table of a kind that nobody knows are as in the root.
	table := bytes.Repeat([]byte{0, 1, 0, 2, 7, 0, 3, 9, 1}, 3000)
	img := reference.Open(t, rootWith("usr/lib/app.jar", deflated("app/table.bin", table)))
	if len(img.Skipped) > 0 || slices.ContainsFunc(img.Ranges, func(r firmware.Range) bool { return r.Class == firmware.Unexplained }) {
		t.Errorf("skipped %v", img.Skipped)
	}
	img = reference.Open(t, rootWith("usr/lib/app.jar", deflated("app/table.bin", opaqueBytes(80_000))))
	if len(img.Skipped) == 0 {
		t.Error("nobody can read a member, and nothing is said")
	}
	// One with a password is told.
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, _ := w.CreateRaw(&zip.FileHeader{Name: "a", Flags: 1, CompressedSize64: 5000, UncompressedSize64: 4988})
	_, _ = f.Write(opaqueBytes(5000))
	_ = w.Close()
	if img = reference.Open(t, rootWith("etc/backup.zip", b.Bytes())); len(img.Skipped) == 0 {
		t.Error("an archive with a password is not told")
	}
}

// A program with an archive behind it is the same in a folder or archive that is no root.
func TestArchiveBehindProgram(t *testing.T) {
	program, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Skip("no program to begin with")
	}
	jar := deflated("conf/server.pem", []byte(strings.Repeat("a line of a page\n", 400)+key))
	file := firmwaretest.Binary("opt/setup", 0o755, slices.Concat(program, jar))
	for name, image := range map[string][]byte{"root": rootWith("opt/setup", file.Data), "data": firmwaretest.Squashfs(file), "tar": firmwaretest.Tar(file)} {
		if img := reference.Open(t, image); !offered(img) || len(img.Skipped) > 0 {
			t.Errorf("%s: offered %v, skipped %v", name, offered(img), img.Skipped)
		}
	}
}

// A disc to start from that lies in a root may hold what is no kind that is known, as the
// code that it starts with; what looks encrypted in it is told.
func TestDiscInRoot(t *testing.T) {
	tool := reference.Need(t, "xorriso")
	code := bytes.Repeat([]byte{0, 1, 0, 2, 7, 0, 3, 9, 1}, 3000)
	for want, content := range [][]byte{code, opaqueBytes(80_000)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "floppy.img"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		reference.Run(t, dir, tool, "-as", "mkisofs", "-quiet", "-R", "-o", "img", "floppy.img")
		disc, err := os.ReadFile(filepath.Join(dir, "img"))
		if err != nil {
			t.Fatal(err)
		}
		img := reference.Open(t, rootWith("usr/lib/app/app.iso", disc))
		if len(img.Skipped) != want {
			t.Errorf("skipped %v, want %d", img.Skipped, want)
		}
	}
}
