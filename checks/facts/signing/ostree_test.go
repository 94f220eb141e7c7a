package signing

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/factstest"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// ostreeTool makes repositories with ostree and packs them.
type ostreeTool struct {
	*testing.T
	dir string
}

func (o ostreeTool) run(tool string, args ...string) string {
	o.Helper()
	return strings.TrimSpace(string(reference.Run(o.T, o.dir, tool, args...)))
}

func newOSTree(t *testing.T) (ostreeTool, string) {
	reference.Need(t, "ostree")
	reference.Need(t, "gpg")
	o := ostreeTool{t, t.TempDir()}
	for name, content := range map[string]string{"tree/etc/hostname": "cam\n", "tree/usr/bin/cam": strings.Repeat("program", 1000), "tree/usr/lib/empty": ""} {
		file := filepath.Join(o.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("usr/bin", filepath.Join(o.dir, "tree/bin")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(o.dir, "home"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", filepath.Join(o.dir, "home"), "--kill", "all").Run()
	})
	o.run("gpg", "--homedir", "home", "--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", "release@example.org", "ed25519", "sign", "never")
	for line := range strings.Lines(o.run("gpg", "--homedir", "home", "--with-colons", "--list-keys")) {
		if f := strings.Split(line, ":"); f[0] == "fpr" {
			return o, f[9]
		}
	}
	t.Fatal("no key")
	return o, ""
}

// observe opens what the tool made and gives the repositories in it.
func (o ostreeTool) observe(data []byte) ([]OSTreeRepository, *facts.Observation) {
	o.Helper()
	obs, err := facts.Observe(o.Context(), firmware.Bytes("image", data), firmware.Options{}, OSTree, Signatures, HashLists, UpdateContainers)
	if err != nil {
		o.Fatal(err)
	}
	repos, err := OSTree.Of(obs.For("test", []facts.Node{OSTree}))
	if err != nil {
		o.Fatal(err)
	}
	return repos, obs
}

// TestOSTree has repositories in each mode, with a deployment that shares its
// contents, in an archive that keeps owners and links.
func TestOSTree(t *testing.T) {
	o, key := newOSTree(t)
	for _, mode := range []string{"archive", "bare", "bare-user", "bare-user-only"} {
		if err := os.RemoveAll(filepath.Join(o.dir, "root")); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(o.dir, "root/ostree/deploy/os/deploy"), 0o755); err != nil {
			t.Fatal(err)
		}
		o.run("ostree", "--repo=root/ostree/repo", "init", "--mode="+mode)
		args := []string{"--repo=root/ostree/repo", "commit", "--branch=os/main", "--gpg-sign=" + key, "--gpg-homedir=home", "--tree=dir=tree", "--add-metadata-string=version=1.2"}
		if mode == "bare-user-only" {
			args = append(args, "--canonical-permissions")
		}
		commit := o.run("ostree", args...)
		if mode == "bare" {
			o.run("ostree", "--repo=root/ostree/repo", "checkout", "-H", "os/main", "root/ostree/deploy/os/deploy/"+commit+".0")
		}
		o.run("tar", "--xattrs", "--xattrs-include=*", "-C", "root", "-cf", "root.tar", ".")
		data, err := os.ReadFile(filepath.Join(o.dir, "root.tar"))
		if err != nil {
			t.Fatal(err)
		}
		repos, obs := o.observe(data)
		if len(repos) != 1 || repos[0].Path != "ostree/repo" || len(repos[0].Commits) != 1 {
			t.Fatalf("%s: %+v", mode, repos)
		}
		c := repos[0].Commits[0]
		if c.Checksum != commit || c.Ref != "os/main" || c.Version != "1.2" || len(c.Signatures) != 1 || c.Problem != "" || c.Objects != 10 || c.Missing != 0 || c.Unread != 0 || len(c.Broken) != 0 {
			t.Errorf("%s: %+v", mode, c)
		}
		s := factstest.Of(t, Signatures, obs)
		if len(s) != 1 || !s[0].Outermost || s[0].Name != "os/main" || !strings.HasSuffix(s[0].Covers[0].Path, ".commit") || s[0].Through[0].Path != "ostree/repo/objects" || s[0].Location.Path == "" {
			t.Errorf("%s: %+v", mode, s)
		}
		if u := factstest.Of(t, UpdateContainers, obs); len(u) != 1 || u[0].Signatures != 1 {
			t.Errorf("%s: %+v", mode, u)
		}
		if mode == "archive" {
			o.damaged(data, commit)
		}
	}
}

// damaged changes an object in a repository, and its commit.
func (o ostreeTool) damaged(data []byte, commit string) {
	tree := bytes.Index(data, []byte("hostname\x00")) // of the folder etc
	changed := bytes.Clone(data)
	changed[tree] = 'H'
	repos, obs := o.observe(changed)
	if c := repos[0].Commits[0]; len(c.Broken) != 1 || c.Objects >= 10 {
		o.Errorf("a changed folder: %+v", c)
	}
	var broken []string
	for _, h := range factstest.Of(o.T, HashLists, obs) {
		if !h.OK {
			broken = append(broken, h.Name)
		}
	}
	if len(broken) != 1 || !strings.HasSuffix(broken[0], ".dirtree") {
		o.Errorf("broken: %q", broken)
	}
	changed = bytes.Clone(data)
	at := bytes.Index(data, []byte("1.2\x00\x00s"))
	changed[at] = '2'
	repos, obs = o.observe(changed)
	if c := repos[0].Commits[0]; c.Problem == "" || len(c.Broken) != 1 {
		o.Errorf("a changed commit: %+v", c)
	}
	if s := factstest.Of(o.T, Signatures, obs); s[0].Problem == "" {
		o.Errorf("the signature of a changed commit %s: %+v", commit, s)
	}
}

// TestOSTreeSummary has a repository with a signed summary, one whose summary nobody
// signed, and one that lacks a file of its commit.
func TestOSTreeSummary(t *testing.T) {
	o, key := newOSTree(t)
	o.run("ostree", "--repo=root", "init", "--mode=archive")
	o.run("ostree", "--repo=root", "commit", "--branch=os/main", "--gpg-sign="+key, "--gpg-homedir=home", "--tree=dir=tree")
	o.run("ostree", "--repo=root", "summary", "-u", "--gpg-sign="+key, "--gpg-homedir=home")
	packed := func() (all []Signature) {
		o.run("tar", "-C", "root", "-cf", "root.tar", ".")
		data, err := os.ReadFile(filepath.Join(o.dir, "root.tar"))
		if err != nil {
			t.Fatal(err)
		}
		_, obs := o.observe(data)
		return factstest.Of(t, Signatures, obs)
	}
	remove := func(pattern string) {
		found, err := filepath.Glob(filepath.Join(o.dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		if err := os.Remove(found[0]); err != nil {
			t.Fatal(err)
		}
	}
	if s := packed(); len(s) != 2 || s[0].Doubt != "" || len(s[0].Leaves) != 0 || s[1].Name != "of the summary" || s[1].Covers[0].Path != "summary" || !strings.HasSuffix(s[1].Location.Path, "summary.sig") || s[1].Problem != "" {
		t.Errorf("good: %+v", s)
	}
	remove("root/summary.sig")
	if s := packed(); len(s) != 1 || len(s[0].Leaves) != 1 || s[0].Leaves[0].Path != "summary" {
		t.Errorf("summary without a signature: %+v", s)
	}
	remove("root/objects/*/*.filez")
	if s := packed(); len(s) != 1 || !strings.Contains(s[0].Doubt, "1 of the objects") {
		t.Errorf("a file is missing: %+v", s)
	}
}
