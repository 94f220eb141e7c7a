package ar_test

import (
	"crypto/sha1"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/ar"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// TestSigned has gpg sign a package as debsigs does, and verify the signature
// over the bytes that the reader says it is over.
func TestSigned(t *testing.T) {
	gpg := reference.Need(t, "gpg")
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) {
		reference.Run(t, dir, gpg, append([]string{"--homedir", home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""}, args...)...)
	}
	t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() })
	run("--quick-generate-key", "dev@example.org", "rsa2048", "sign")
	put("all", []byte("2.0\ncontroldata"))
	run("--output", "sig", "--detach-sign", "all")
	sig, err := os.ReadFile(filepath.Join(dir, "sig"))
	if err != nil {
		t.Fatal(err)
	}
	s := formattest.Signed(t, ar.Format, []byte(deb+member("_gpgorigin", string(sig))))
	if len(s) != 1 || s[0].Kind != "deb" || s[0].Name != "_gpgorigin" || s[0].Algorithm != format.OpenPGP || len(s[0].KeyName) != 40 {
		t.Fatalf("%+v", s)
	}
	put("value", s[0].Value)
	put("message", s[0].Message)
	run("--verify", "value", "message")
}

// TestListed has a list of digests that is signed in clear, as dpkg-sig writes it.
func TestListed(t *testing.T) {
	const list = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nVersion: 4\nFiles:\n" +
		"\tx c9e8b5b0c8fa9dd2b8b0b9e26eb1b0b5d3a2f7e1 4 debian-binary\n\tx SHA 7 control.tar\n\tx da39a3ee5e6b4b0d3255bfef95601890afd80709 0 gone\n" +
		"-----BEGIN PGP SIGNATURE-----\n\niBMEAAEIAAYFEAECAwQAAAAAAAAA\n-----END PGP SIGNATURE-----\n"
	text := strings.Replace(list, "SHA ", fmt.Sprintf("%x ", sha1.Sum([]byte("control"))), 1)
	o := open(t, deb+member("_gpgbuilder", text))
	if len(o.Hashes) != 3 || o.Hashes[0].OK || !o.Hashes[1].OK || o.Hashes[2].Problem == "" {
		t.Fatalf("%+v", o.Hashes)
	}
	s := o.Signatures[0]
	if len(s.Through) != 1 || s.Through[0].Path != "control.tar" || len(s.Leaves) != 2 || s.Message == nil {
		t.Errorf("%+v", s)
	}
}

func TestBadSignatures(t *testing.T) {
	for content, want := range map[string]string{
		"noise": "no signature of OpenPGP", "-----BEGIN PGP SIGNED MESSAGE-----\nFiles:\n": "with a header that is not signed", "-----BEGIN PGP SIGNED MESSAGE-----\n\nFiles:\n": "not whole", "": "no signature of OpenPGP",
	} {
		o := open(t, deb+member("_gpgorigin", content))
		if len(o.Signatures) != 1 || !strings.Contains(o.Signatures[0].Problem, want) {
			t.Errorf("%q: %+v", content, o.Signatures)
		}
	}
	if o := open(t, deb); len(o.Signatures) > 0 {
		t.Errorf("a package that nobody signed: %+v", o.Signatures)
	}
}
