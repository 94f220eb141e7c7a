package ar_test

import (
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

func TestBadSignatures(t *testing.T) {
	for content, want := range map[string]string{
		"noise": "no signature of OpenPGP", "-----BEGIN PGP SIGNED MESSAGE-----\nFiles:\n": "which is not read", "": "no signature of OpenPGP",
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
