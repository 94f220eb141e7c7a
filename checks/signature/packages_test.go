package signature

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// gnupg is a home of gpg with two keys, and the public halves of both.
type gnupg struct {
	t          *testing.T
	dir, home  string
	key, other []Key
}

func newGnuPG(t *testing.T, kind string) *gnupg {
	gpg := reference.Need(t, "gpg")
	g := &gnupg{t: t, dir: t.TempDir()}
	g.home = filepath.Join(g.dir, "home")
	if err := os.Mkdir(g.home, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", g.home, "--kill", "all").Run() })
	for _, who := range []string{"release", "other"} {
		g.run(gpg, "--quick-generate-key", who+"@example.org", kind, "sign", "never")
	}
	g.key, g.other = pgpKeys(t, g.run(gpg, "--export", "release@example.org")), pgpKeys(t, g.run(gpg, "--export", "other@example.org"))
	return g
}

// run runs gpg and gives what it writes. Its clock stands before that of the tests.
func (g *gnupg) run(gpg string, args ...string) []byte {
	file := filepath.Join(g.dir, "out")
	_ = os.Remove(file)
	reference.Run(g.t, g.dir, gpg, append([]string{"--homedir", g.home, "--batch", "--yes", "--no-tty", "--faked-system-time", "20250601T000000!", "--pinentry-mode", "loopback", "--passphrase", "", "--output", file}, args...)...)
	b, _ := os.ReadFile(file)
	return b
}

func (g *gnupg) put(name string, b []byte) {
	g.t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, name), b, 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// judge opens a package and gives the verdicts on its signatures.
func judge(t *testing.T, data []byte, keys []Key) (verdicts []Verdict, reasons string) {
	t.Helper()
	img, err := firmware.Open(t.Context(), firmware.Bytes("package", data), firmware.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range img.Containers[0].Signatures {
		o := Verify(s, keys, today)
		verdicts = append(verdicts, o.Verdict)
		reasons += s.Name + ": " + o.Verdict.String() + ": " + o.Reason + "\n"
	}
	return verdicts, reasons
}

// everyOne has all signatures of a package the same verdict.
func everyOne(t *testing.T, what string, data []byte, keys []Key, want Verdict) {
	t.Helper()
	verdicts, reasons := judge(t, data, keys)
	if len(verdicts) == 0 {
		t.Errorf("%s: no signature", what)
	}
	for _, v := range verdicts {
		if v != want {
			t.Errorf("%s: %s\nwant %s", what, reasons, want)
		}
	}
}

// TestRPM has rpmsign sign a package, and changes it.
func TestRPM(t *testing.T) {
	rpmbuild, rpmsign := reference.Need(t, "rpmbuild"), reference.Need(t, "rpmsign")
	g := newGnuPG(t, "rsa2048")
	if err := os.MkdirAll(filepath.Join(g.dir, "tree/etc"), 0o700); err != nil {
		t.Fatal(err)
	}
	g.put("tree/etc/motd", bytes.Repeat([]byte("hello\n"), 1000))
	g.put("a.spec", []byte("Name: a\nVersion: 1\nRelease: 1\nSummary: a\nLicense: MIT\nBuildArch: noarch\n%description\na\n%install\ncp -a "+g.dir+"/tree/. %{buildroot}\n%files\n/*\n"))
	reference.Run(t, g.dir, rpmbuild, "-bb", "-D", "_topdir "+g.dir, "-D", "_rpmfilename a.rpm", "a.spec")
	file := filepath.Join(g.dir, "RPMS", "a.rpm")
	unsigned := must(os.ReadFile(file))
	if v, _ := judge(t, unsigned, g.key); len(v) > 0 {
		t.Errorf("a package that nobody signed has %d signatures", len(v))
	}
	reference.Run(t, g.dir, rpmsign, "--addsign", "-D", "_gpg_name release@example.org", "-D", "_gpg_path "+g.home, "-D", "__gpg "+reference.Need(t, "gpg"),
		"-D", "_gpg_sign_cmd_extra_args --faked-system-time 20250601T000000!", file)
	data := must(os.ReadFile(file))
	everyOne(t, "good", data, g.key, Valid)
	everyOne(t, "no key", data, nil, Undeclared)
	everyOne(t, "wrong key", data, g.other, Undeclared)
	tampered := bytes.Clone(data)
	at := bytes.Index(tampered, []byte("/etc/\x00"))
	if at < 0 {
		t.Fatal("the header names no /etc")
	}
	tampered[at+1] = 'E'
	everyOne(t, "another header", tampered, g.key, Invalid)
}

// TestSWUpdate has gpg sign a sw-description, as SWUpdate does with gpgme.
func TestSWUpdate(t *testing.T) {
	g := newGnuPG(t, "rsa2048")
	description := "software = {\n  version = \"1.0\";\n  images: ({ filename = \"z\"; sha256 = \"" + fmt.Sprintf("%x", sha256.Sum256([]byte("root file system"))) + "\"; });\n}\n"
	pack := func(description, signature string) []byte {
		return firmwaretest.Cpio(firmwaretest.Text("sw-description", 0o644, description), firmwaretest.Text("sw-description.sig", 0o644, signature), firmwaretest.Text("z", 0o644, "root file system"))
	}
	g.put("description", []byte(description))
	sig := string(g.run(reference.Need(t, "gpg"), "-u", "release@example.org", "--armor", "--detach-sign", "description"))
	everyOne(t, "good", pack(description, sig), g.key, Valid)
	everyOne(t, "wrong key", pack(description, sig), g.other, Undeclared)
	everyOne(t, "tampered", pack(strings.Replace(description, "1.0", "1.1", 1), sig), g.key, Invalid)
	everyOne(t, "truncated", pack(description, sig[:len(sig)/2]), g.key, Invalid)
}

// TestDeb has gpg sign a package as debsigs and as dpkg-sig do.
func TestDeb(t *testing.T) {
	g := newGnuPG(t, "ed25519")
	gpg := reference.Need(t, "gpg")
	members := []struct{ name, content string }{{"debian-binary", "2.0\n"}, {"control.tar", "control\n"}, {"data.tar", "data"}}
	pack := func(signer, signature string) []byte {
		b := "!<arch>\n"
		for _, m := range append(members, struct{ name, content string }{signer, signature}) {
			b += fmt.Sprintf("%-16s%-12d%-6d%-6d%-8o%-10d`\n%s", m.name, 0, 0, 0, 0o100644, len(m.content), m.content)
			if len(m.content)%2 == 1 {
				b += "\n"
			}
		}
		return []byte(b)
	}
	g.put("all", []byte("2.0\ncontrol\ndata"))
	sig := string(g.run(gpg, "-u", "release@example.org", "--detach-sign", "all"))
	everyOne(t, "good", pack("_gpgorigin", sig), g.key, Valid)
	everyOne(t, "wrong key", pack("_gpgorigin", sig), g.other, Undeclared)
	everyOne(t, "truncated", pack("_gpgorigin", sig[:len(sig)-2]), g.key, Invalid)
	g.put("list", []byte("Version: 4\nFiles: \n\td41d8cd98f00b204e9800998ecf8427e 0000000000000000000000000000000000000000 4 debian-binary\n"))
	clear := string(g.run(gpg, "-u", "release@example.org", "--clear-sign", "list"))
	everyOne(t, "a list", pack("_gpgbuilder", clear), g.key, Valid)
	everyOne(t, "a changed list", pack("_gpgbuilder", strings.Replace(clear, "4 deb", "5 deb", 1)), g.key, Invalid)
	members[2].content = "DATA"
	everyOne(t, "tampered", pack("_gpgorigin", sig), g.key, Invalid)
}
