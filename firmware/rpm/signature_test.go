package rpm_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/rpm"
)

// TestSigned has rpmsign sign a package, and gpg verify the signature over the
// bytes that the reader says it is over.
func TestSigned(t *testing.T) {
	rpmbuild, rpmsign, gpg := reference.Need(t, "rpmbuild"), reference.Need(t, "rpmsign"), reference.Need(t, "gpg")
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	for _, d := range []string{home, filepath.Join(dir, "tree/etc")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("tree/etc/motd", []byte("hello\n"))
	put("a.spec", []byte(strings.Replace(spec, "TREE", filepath.Join(dir, "tree"), 1)))
	run := func(args ...string) {
		reference.Run(t, dir, gpg, append([]string{"--homedir", home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""}, args...)...)
	}
	t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() })
	run("--quick-generate-key", "dev@example.org", "rsa2048", "sign")
	reference.Run(t, dir, rpmbuild, "-bb", "-D", "_topdir "+dir, "-D", "_rpmfilename a.rpm", "a.spec")
	file := filepath.Join(dir, "RPMS", "a.rpm")
	reference.Run(t, dir, rpmsign, "--addsign", "-D", "_gpg_name dev@example.org", "-D", "_gpg_path "+home, "-D", "__gpg "+gpg, file)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := formattest.Signed(t, rpm.Format, data)
	for _, one := range s {
		if one.Algorithm != format.OpenPGP || len(one.KeyName) < 16 {
			t.Errorf("%s with key %q", one.Algorithm, one.KeyName)
		}
		put("value", one.Value)
		put("message", one.Message)
		run("--verify", "value", "message")
	}
	if len(s[0].Through) != 1 {
		t.Errorf("the header's signature does not cover the payload: %v", s[0].Through)
	}
}

// TestOldSignature has a signature over header and payload, and two in one value.
func TestOldSignature(t *testing.T) {
	packet := []byte("\x88\x0a\x04\x00\x01\x08\x00\x00\x00\x00\x00\x00")
	for name, c := range map[string]struct {
		value []byte
		count int
		want  string
	}{
		"one": {packet, 1, ""}, "two": {append(packet, packet...), 2, ""},
		"noise": {[]byte("noise"), 1, "no signature of OpenPGP"}, "something behind": {append(packet, 1), 1, "follows"},
	} {
		o, err := rpm.Format.Open(t.Context(), format.InMemory(signedWith(tag{1005, c.value})), nil)
		if err != nil || len(o.Signatures) != c.count || !strings.Contains(o.Signatures[0].Problem, c.want) {
			t.Fatalf("%s: %d signatures, %v", name, len(o.Signatures), err)
		}
		if s := o.Signatures[0]; s.Covers[0].Offset+s.Covers[0].Length != o.Length || len(s.Through) > 0 {
			t.Errorf("%s: covers %v of %d bytes", name, s.Covers, o.Length)
		}
	}
	formattest.Mutate(t, rpm.Format, signedWith(tag{1005, packet}))
}

// signedWith is a package with more in its signature header.
func signedWith(more tag) []byte {
	plain := sample(false)
	at := bytes.Index(plain[100:], []byte("\x8e\xad\xe8\x01")) + 100
	whole := plain[at:]
	b := append(bytes.Clone(plain[:96]), header(tag{1000, len(whole)}, more)...)
	b = append(b, make([]byte, -len(b)&7)...)
	return append(b, whole...)
}
