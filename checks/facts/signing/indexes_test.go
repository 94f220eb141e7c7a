package signing

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/factstest"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

func digestText(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

func packed(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestIndexes has repositories of deb and rpm, signed by gpg: what is signed leads
// over indexes to the packages.
func TestIndexes(t *testing.T) {
	gpg := reference.Need(t, "gpg")
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() })
	sign := func(text []byte, how ...string) []byte {
		if err := os.WriteFile(filepath.Join(dir, "text"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		reference.Run(t, dir, gpg, append([]string{"--homedir", home, "--batch", "--yes", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "", "--output", "sig"}, append(how, "text")...)...)
		b, err := os.ReadFile(filepath.Join(dir, "sig"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	reference.Run(t, dir, gpg, "--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", "release@example.org", "ed25519", "sign", "never")
	content := []byte(strings.Repeat("package", 1000))
	list := packed(t, []byte("Package: cam\nFilename: pool/cam.deb\nSHA256: "+digestText(content)+"\n\nPackage: gone\nFilename: pool/gone.deb\nSHA256: "+digestText(nil)+"\n"))
	release := []byte(fmt.Sprintf("Origin: cam\nMD5Sum:\n 00 1 x\nSHA256:\n %s %d main/binary-armhf/Packages.gz\n %s 0 main/binary-armhf/Packages\n", digestText(list), len(list), digestText(nil)))
	primary := packed(t, []byte(`<metadata><package type="rpm"><checksum type="sha256" pkgid="YES">`+digestText(content)+`</checksum><location href="cam.rpm"/></package></metadata>`))
	repomd := []byte(`<repomd><data type="primary"><checksum type="sha256">` + digestText(primary) + `</checksum><location href="repodata/1-primary.xml.gz"/></data></repomd>`)
	for name, files := range map[string]fstest.MapFS{
		"InRelease": {
			"dists/x/InRelease": {Data: sign(release, "--clear-sign")}, "dists/x/main/binary-armhf/Packages.gz": {Data: list}, "pool/cam.deb": {Data: content},
		},
		"Release.gpg": {
			"dists/x/Release": {Data: release}, "dists/x/Release.gpg": {Data: sign(release, "--armor", "--detach-sign")}, "dists/x/main/binary-armhf/Packages.gz": {Data: list}, "pool/cam.deb": {Data: content},
		},
		"repomd.xml.asc": {
			"repodata/repomd.xml": {Data: repomd}, "repodata/repomd.xml.asc": {Data: sign(repomd, "--armor", "--detach-sign")}, "repodata/1-primary.xml.gz": {Data: primary}, "cam.rpm": {Data: content},
		},
	} {
		see := func() ([]Signature, []HashEntry) {
			o, err := facts.Observe(t.Context(), firmware.Source{Name: "feed", Folder: files}, firmware.Options{}, Signatures, HashLists)
			if err != nil {
				t.Fatal(err)
			}
			return factstest.Of(t, Signatures, o), factstest.Of(t, HashLists, o)
		}
		s, h := see()
		if len(s) != 1 || s[0].Name != name || s[0].Algorithm != "OpenPGP" || s[0].Problem != "" || !s[0].Outermost || s[0].Kept || len(s[0].Through) != 2 || len(s[0].Leaves) != 0 || len(s[0].Digest) == 0 {
			t.Errorf("%s: %d signatures, %+v", name, len(s), s)
		}
		if len(h) != 2 || !h[0].OK || !h[1].OK {
			t.Errorf("%s: %+v", name, h)
		}
		for file := range files {
			if strings.HasPrefix(filepath.Base(file), "cam.") {
				files[file] = &fstest.MapFile{Data: append(bytes.Clone(content), 'x')}
			}
		}
		if s, h = see(); len(h) != 2 || h[1].OK || len(s[0].Leaves) != 1 {
			t.Errorf("%s, a changed package: %+v", name, h)
		}
		files["etc/hostname"], files["usr/bin/x"] = &fstest.MapFile{Data: []byte("x")}, &fstest.MapFile{Data: []byte("x")}
		if s, _ = see(); len(s) != 1 || !s[0].Kept || s[0].Outermost {
			t.Errorf("%s in a root file system: %+v", name, s)
		}
	}
}

// TestSignedFiles has an image and its signature in one archive, beside notes; in a
// root file system such a file is not looked at.
func TestSignedFiles(t *testing.T) {
	files := fstest.MapFS{
		"cam.bin": {Data: []byte("firmware")}, "cam.bin.sig": {Data: bytes.Repeat([]byte{0xff}, 256)}, "README": {Data: []byte("notes")},
		"gone.sig": {Data: bytes.Repeat([]byte{0xff}, 256)}, "README.asc": {Data: []byte("no signature")},
	}
	o, err := facts.Observe(t.Context(), firmware.Source{Name: "zip", Folder: files}, firmware.Options{}, Signatures)
	if err != nil {
		t.Fatal(err)
	}
	s := factstest.Of(t, Signatures, o)
	if len(s) != 1 || s[0].Kind != "bare" || s[0].Covers[0].Path != "cam.bin" || len(s[0].Leaves) != 3 {
		t.Errorf("%+v", s)
	}
	files["etc/x"], files["usr/x"] = &fstest.MapFile{}, &fstest.MapFile{}
	if o, err = facts.Observe(t.Context(), firmware.Source{Name: "root", Folder: files}, firmware.Options{}, Signatures); err != nil {
		t.Fatal(err)
	}
	if s := factstest.Of(t, Signatures, o); len(s) != 0 {
		t.Errorf("%+v", s)
	}
}

func FuzzIndexEntries(f *testing.F) {
	f.Add("Packages", []byte("Filename: a\nSHA256: b\n\n"))
	f.Add("Release", []byte("SHA256:\n a 1 b\n"))
	f.Add("repomd.xml", []byte(`<repomd><data><checksum type="sha256">a</checksum><location href="b"/></data></repomd>`))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		for _, e := range entriesOf(name, text) {
			if e.name == "" || e.sum == "" && !strings.HasSuffix(name, "xml") {
				t.Errorf("%+v", e)
			}
		}
	})
}

// TestUntil has Release files with a day, without one, and another file with one.
func TestUntil(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"a day":         {"dists/stable/InRelease", "Suite: stable\nValid-Until: Sat, 01 Jan 2022 10:00:00 UTC\nSHA256:\n", "2022-01-01"},
		"no day":        {"Release", "Suite: stable\n", "0001-01-01"},
		"no date":       {"Release", "Valid-Until: soon\n", "0001-01-01"},
		"another index": {"Packages", "Valid-Until: Sat, 01 Jan 2022 10:00:00 UTC\n", "0001-01-01"},
	} {
		p := signedPair{target: &firmware.File{Name: c.file}, text: []byte(c.text)}
		if got := p.until().Format(time.DateOnly); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
