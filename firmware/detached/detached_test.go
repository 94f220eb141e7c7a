package detached_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

var content = bytes.Repeat([]byte("an image "), 1000)

func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "image"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func parse(t *testing.T, b []byte) []format.Signature {
	t.Helper()
	s, err := detached.Parse(t.Context(), b, format.InMemory(content))
	if err != nil || len(s) == 0 || s[0].Problem != "" {
		t.Fatalf("%v, %v", s, err)
	}
	return s
}

// holds verifies an Ed25519 signature with a key in its own text.
func holds(t *testing.T, key []byte, s format.Signature, message []byte) {
	t.Helper()
	der, name, err := detached.SignifyKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	if name != s.KeyName {
		t.Errorf("signed with %s, the key is %s", s.KeyName, name)
	}
	if !ed25519.Verify(public.(ed25519.PublicKey), message, s.Value) {
		t.Errorf("%s %s does not verify", s.Kind, s.Name)
	}
}

func TestSignify(t *testing.T) {
	tool := reference.Need(t, "signify-openbsd")
	dir := folder(t)
	reference.Run(t, dir, tool, "-G", "-n", "-p", "key.pub", "-s", "key.sec")
	reference.Run(t, dir, tool, "-S", "-s", "key.sec", "-m", "image", "-x", "image.sig")
	s := parse(t, read(t, dir, "image.sig"))
	if len(s) != 1 || s[0].Kind != "signify" || s[0].Algorithm != format.Ed25519 {
		t.Errorf("%+v", s)
	}
	holds(t, read(t, dir, "key.pub"), s[0], s[0].Message)
}

func TestMinisign(t *testing.T) {
	tool := reference.Need(t, "minisign")
	for _, flag := range []string{"-l", "-H"} {
		dir := folder(t)
		cmd := exec.Command(tool, "-G", "-W", "-p", "key.pub", "-s", "key.sec")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("minisign makes no key without a password: %s", out)
		}
		reference.Run(t, dir, tool, "-S", flag, "-s", "key.sec", "-m", "image", "-t", "version 7")
		s := parse(t, read(t, dir, "image.minisig"))
		want := map[string]string{"-l": format.Ed25519, "-H": format.Ed25519ph}[flag]
		if len(s) != 2 || s[0].Kind != "minisign" || s[0].Algorithm != want || !bytes.HasSuffix(s[1].Message, []byte("version 7")) {
			t.Errorf("%+v", s)
		}
		if want == format.Ed25519 {
			holds(t, read(t, dir, "key.pub"), s[0], s[0].Message)
		}
		holds(t, read(t, dir, "key.pub"), s[1], s[1].Message)
	}
}

// TestOpenSSH: what is signed is that of PROTOCOL.sshsig, for each kind of key.
func TestOpenSSH(t *testing.T) {
	tool := reference.Need(t, "ssh-keygen")
	for kind, want := range map[string]string{"ed25519": format.Ed25519, "rsa": format.RSASHA512, "ecdsa": format.ECDSASHA256} {
		dir := folder(t)
		reference.Run(t, dir, tool, "-q", "-N", "", "-C", "", "-t", kind, "-f", "key")
		reference.Run(t, dir, tool, "-q", "-Y", "sign", "-n", "firmware", "-f", "key", "image")
		s := parse(t, read(t, dir, "image.sig"))
		if len(s) != 1 || s[0].Algorithm != want || s[0].Name != "for firmware" || s[0].PublicKey == nil || !bytes.HasPrefix(s[0].Message, []byte("SSHSIG\x00\x00\x00\x08firmware")) {
			t.Errorf("%s: %+v", kind, s)
		}
	}
}

func TestOpenPGP(t *testing.T) {
	gpg := reference.Need(t, "gpg")
	dir := folder(t)
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		return reference.Run(t, dir, gpg, append([]string{"--homedir", home, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""}, args...)...)
	}
	t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() })
	for _, kind := range []string{"rsa2048", "ed25519"} {
		run("--quick-generate-key", kind+"@example.org", kind, "sign")
		fingerprint := ""
		for line := range strings.Lines(string(run("--with-colons", "--list-keys", kind+"@example.org"))) {
			if f := strings.Split(line, ":"); f[0] == "fpr" {
				fingerprint = strings.ToLower(f[9])
			}
		}
		for _, armour := range []string{"--armor", "--no-armor"} {
			run("--yes", armour, "-u", kind+"@example.org", "--output", "image.sig", "--detach-sign", "image")
			s := parse(t, read(t, dir, "image.sig"))
			if len(s) != 1 || s[0].Algorithm != format.OpenPGP || s[0].KeyName != fingerprint {
				t.Errorf("%s: key %q, want %q", kind, s[0].KeyName, fingerprint)
			}
			if !bytes.Equal(s[0].Message, content) {
				t.Error("another message")
			}
		}
	}
}

func TestCMS(t *testing.T) {
	openssl := reference.Need(t, "openssl")
	dir := folder(t)
	reference.Run(t, dir, openssl, "req", "-batch", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=dev", "-keyout", "key.pem", "-out", "cert.pem")
	for _, form := range []string{"DER", "PEM"} {
		for _, hash := range []string{"sha256", "sha512"} {
			sign := []string{"cms", "-sign", "-binary", "-in", "image", "-signer", "cert.pem", "-inkey", "key.pem", "-md", hash, "-outform", form, "-out", "sig"}
			reference.Run(t, dir, openssl, sign...)
			s := parse(t, read(t, dir, "sig"))
			if s[0].Algorithm != format.CMS || len(s[0].Digest) != map[string]int{"sha256": 32, "sha512": 64}[hash] {
				t.Errorf("%s %s: %d bytes of digest", form, hash, len(s[0].Digest))
			}
			reference.Run(t, dir, openssl, append(sign, "-nodetach")...)
			parse(t, read(t, dir, "sig")) // its own content is that of the image
			if s, err := detached.Parse(t.Context(), read(t, dir, "sig"), format.InMemory(content[1:])); err != nil || s[0].Problem == "" {
				t.Errorf("a message with another content: %v", err)
			}
		}
	}
}

// TestBroken has files that are no signatures, and some that are cut.
func TestBroken(t *testing.T) {
	for name, b := range map[string]string{
		"nothing": "", "noise": "noise", "a comment": "untrusted comment: x\n", "no base64": "untrusted comment: x\n***\n",
		"short": "untrusted comment: x\nRWQ=\n", "an armour without an end": "-----BEGIN PGP SIGNATURE-----\n\niQ==\n", "a packet that is cut": "\x88\x75\x04\x00",
		"a signature of OpenSSH that is cut": "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAADMAAAAL\n-----END SSH SIGNATURE-----\n",
		"another version of it":              "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAgAAADMAAAAL\n-----END SSH SIGNATURE-----\n",
		"text of 256 letters":                strings.Repeat("a b ", 64), "two numbers of which one is negative": "\x30\x06\x02\x01\xff\x02\x01\x01",
		"the start of a message": "\x30\x20\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07",
	} {
		if s, err := detached.Parse(t.Context(), []byte(b), format.InMemory(content)); err == nil {
			t.Errorf("%s is taken for a signature of the kind %s", name, s[0].Kind)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("untrusted comment: x\nRWRCSwAAAAB"))
	f.Add([]byte("\x30\x82\x00\x20\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x12\x30\x10\x02\x01\x01\x31\x00\x30\x02\x06\x00\x31\x07\x30\x05\x02\x00\x30\x00\x06\x00"))
	f.Add([]byte("\x88\x13\x04\x00\x01\x08\x00\x06\x05\x10\x01\x02\x03\x04\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("-----BEGIN PGP SIGNATURE-----\n\niHUEABYIAB0=\n=abcd\n-----END PGP SIGNATURE-----\n"))
	f.Add([]byte("-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEZmlsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQyNTUxOQAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END SSH SIGNATURE-----\n"))
	f.Add([]byte("\x30\x06\x02\x01\x01\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		found, err := detached.Parse(t.Context(), b, format.InMemory(content))
		for _, s := range found {
			if err == nil && len(s.Covers) == 0 && s.Message == nil {
				t.Errorf("a signature over nothing: %+v", s)
			}
		}
		_, _, _ = detached.SignifyKey(b)
	})
}
