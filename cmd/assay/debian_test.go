package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

// A clean system of ordinary packages, of a release that does not change any more
// but for security.
const (
	debianRelease  = "bookworm"
	debianPackages = "busybox dropbear openssh-server lighttpd dnsmasq hostapd openssl base-files base-passwd systemd-sysv udev"
)

// defended are the findings of medium or above that are right, and why.
var defended = map[string]string{
	"communication/web-without-tls: lighttpd serves port 80 without TLS": "the package comes with one plain listener, and the test starts it",
}

// TestDebian inspects a clean Debian system for 32-bit Arm: whoever finds a grave
// fault in it cries wolf. The daemons are started as their packages would do it.
func TestDebian(t *testing.T) {
	if testing.Short() {
		t.Skip("downloads 40 MB")
	}
	image := filepath.Join(t.TempDir(), "debian.tar")
	if err := os.WriteFile(image, debianTree(t), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call("inspect", image, "--format", "json", "--as-of", "2026-06-01")
	if code != exitYes {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	var in report.Inspection
	if err := json.Unmarshal([]byte(out), &in); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range in.Results {
		for _, f := range r.Findings {
			what := fmt.Sprintf("%s: %s", r.Check, f.Message)
			if seen[what] = true; f.Severity >= assay.Medium && defended[what] == "" {
				t.Errorf("%s %s", f.Severity, what)
				for _, e := range f.Evidence {
					t.Logf("\tat %s", e.Location)
				}
			}
		}
	}
	for what := range defended {
		if !seen[what] {
			t.Errorf("defended, but not found: %s", what)
		}
	}
	for _, name := range []string{"sshd", "dropbear", "lighttpd", "dnsmasq"} {
		if !slices.ContainsFunc(in.Services, func(s facts.Service) bool { return s.Name == name && s.Started }) {
			t.Errorf("%s is not seen to be started: the tree is not what it should be", name)
		}
	}
}

// debianTree gives the packages, and what they depend on, as one archive with
// the links and accounts that installing them makes.
func debianTree(t *testing.T) []byte {
	debs := debianDownload(t)
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	files := map[string][]byte{}
	for _, deb := range debs {
		tree, err := exec.Command("dpkg-deb", "--fsys-tarfile", deb).Output()
		if err != nil {
			t.Fatalf("dpkg-deb: %v", err)
		}
		if err := addTree(w, tree, files); err != nil {
			t.Fatal(err)
		}
	}
	add := func(h tar.Header, content []byte) {
		h.Name, h.Size = "./"+h.Name, int64(len(content))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	accounts := files["./usr/share/base-passwd/passwd.master"]
	var shadow bytes.Buffer
	for line := range bytes.Lines(accounts) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		fmt.Fprintf(&shadow, "%s:*:19700:0:99999:7:::\n", name)
	}
	add(tar.Header{Name: "etc/passwd", Mode: 0o644}, accounts)
	add(tar.Header{Name: "etc/shadow", Mode: 0o640, Gid: 42}, shadow.Bytes())
	add(tar.Header{Name: "etc/ssh/sshd_config", Mode: 0o644}, files["./usr/share/openssh/sshd_config"])
	for _, unit := range []string{"ssh", "dropbear", "lighttpd", "dnsmasq", "hostapd"} {
		unit += ".service"
		add(tar.Header{Name: "etc/systemd/system/multi-user.target.wants/" + unit, Typeflag: tar.TypeSymlink, Linkname: "/lib/systemd/system/" + unit, Mode: 0o777}, nil)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// addTree adds the files of one package, and keeps the small ones.
func addTree(w *tar.Writer, tree []byte, files map[string][]byte) error {
	r := tar.NewReader(bytes.NewReader(tree))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if _, there := files[h.Name]; there {
			continue // a folder that another package has too
		}
		files[h.Name] = nil
		if len(content) < 1<<16 {
			files[h.Name] = content
		}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
}

// debianDownload fetches the packages with apt, as no one in particular: into a
// folder of its own, for a system in which nothing is installed.
func debianDownload(t *testing.T) []string {
	keyring := "/usr/share/keyrings/debian-archive-keyring.gpg"
	if _, err := os.Stat(keyring); err != nil {
		t.Skip("debian-archive-keyring is not installed")
	}
	for _, program := range []string{"apt-get", "dpkg-deb"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	dir := t.TempDir()
	for _, d := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	settings := strings.NewReplacer("DIR", dir).Replace(`
Dir::State "DIR"; Dir::State::lists "DIR/lists"; Dir::State::status "DIR/status"; Dir::Cache "DIR/cache";
Dir::Etc::sourcelist "DIR/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::parts "/dev/null"; Dir::Etc::main "/dev/null";
APT::Architecture "armhf"; APT::Architectures { "armhf"; }; APT::Install-Recommends "false"; APT::Sandbox::User ""; Acquire::Languages "none";
`)
	for name, content := range map[string]string{
		"apt.conf": settings, "status": "",
		"sources.list": fmt.Sprintf("deb [arch=armhf signed-by=%s] %s %s main\n", keyring, debianMirror(t), debianRelease),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	apt(t, dir, "update", "--error-on=any")
	apt(t, dir, append([]string{"install", "--download-only", "--yes"}, strings.Fields(debianPackages)...)...)
	debs, err := filepath.Glob(filepath.Join(dir, "cache/archives/*.deb"))
	if err != nil || len(debs) < 50 {
		t.Fatalf("%d packages: %v", len(debs), err)
	}
	return debs
}

// apt runs apt-get; without a network the test is skipped.
func apt(t *testing.T, dir string, args ...string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	c := exec.CommandContext(ctx, "apt-get", args...)
	c.Env = append(os.Environ(), "APT_CONFIG="+filepath.Join(dir, "apt.conf"), "LC_ALL=C")
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("apt-get %s: %v: is the mirror reachable?\n%s", args[0], err, out)
	}
}

// debianMirror is where this machine's own apt takes the release from.
func debianMirror(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("apt-get", "indextargets", "--format", "$(SITE)", "Codename: "+debianRelease, "Created-By: Packages").Output()
	sites := strings.Fields(string(out))
	if err != nil || len(sites) == 0 {
		t.Skipf("apt has no lists of %s: %v", debianRelease, err)
	}
	return sites[0]
}
