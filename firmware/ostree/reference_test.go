package ostree_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/ostree"
)

// repository is a repository that ostree made, and a key of gpg.
type repository struct {
	t         *testing.T
	dir, tool string
}

func newRepository(t *testing.T, mode string) *repository {
	r := &repository{t: t, dir: t.TempDir(), tool: reference.Need(t, "ostree")}
	r.run("init", "--mode="+mode)
	return r
}

func (r *repository) run(args ...string) string {
	r.t.Helper()
	return string(reference.Run(r.t, r.dir, r.tool, append([]string{"--repo=repo"}, args...)...))
}

func (r *repository) read(name string) []byte {
	r.t.Helper()
	b, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

// key makes a key of gpg and gives its number.
func (r *repository) key() string {
	gpg := reference.Need(r.t, "gpg")
	home := filepath.Join(r.dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() })
	reference.Run(r.t, r.dir, gpg, "--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", "release@example.org", "ed25519", "sign", "never")
	for line := range strings.Lines(string(reference.Run(r.t, r.dir, gpg, "--homedir", home, "--with-colons", "--list-keys"))) {
		if f := strings.Split(line, ":"); f[0] == "fpr" {
			return f[9]
		}
	}
	r.t.Fatal("no key")
	return ""
}

// source is a tree that ostree takes: it refuses devices and pipes.
func source(t *testing.T) string {
	tree := reference.Tree(t)
	if err := os.Remove(filepath.Join(tree, "odd/\xff\xfe")); err != nil { // no UTF-8
		t.Fatal(err)
	}
	err := filepath.WalkDir(tree, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !d.Type().IsRegular() && d.Type()&os.ModeSymlink == 0 {
			err = os.Remove(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"user.b": "2", "user.a": "1"} {
		if err := syscall.Setxattr(filepath.Join(tree, marked), name, []byte(value), 0); err != nil {
			t.Logf("no attributes here: %v", err)
		}
	}
	return tree
}

// marked is a file of the tree that has attributes.
const marked = "bin/su"

// TestDelta has ostree make deltas of a tree, in several ways, and compares what
// is read with the tree.
func TestDelta(t *testing.T) {
	tree := source(t)
	t.Setenv("OSTREE_DUMMY_SIGN_ENABLED", "1")
	r := newRepository(t, "archive")
	key := r.key()
	r.run("commit", "--branch=os/main", "--gpg-sign="+key, "--gpg-homedir=home", "--tree=dir="+tree, "--subject=first", "--add-metadata-string=version=1.2")
	for name, args := range map[string][]string{
		"plain": nil, "signed": {"--max-chunk-size=1", "--set-endianness=B", "--sign-type=dummy", "--sign=dummykey"},
	} {
		r.run(append([]string{"static-delta", "generate", "--empty", "--inline", "--min-fallback-size=0", "--filename=delta", "os/main"}, args...)...)
		data := r.read("delta")
		img := reference.Open(t, data)
		for _, s := range img.Skipped {
			t.Errorf("%s: skipped: %v", name, s)
		}
		reference.Compare(t, reference.InImage(img, "ostree-delta"), reference.OnDisk(t, tree))
		if f := reference.Find(t, img, marked); len(f.Xattrs) > 0 && (string(f.Xattrs["user.a"]) != "1" || len(f.Xattrs) != 2) {
			t.Errorf("%s: %q", name, f.Xattrs)
		}
		c := img.Containers[0]
		if c.Attributes["version"] != "1.2" || c.Attributes["subject"] != "first" || c.Attributes["refs"] != "os/main" || c.Attributes["commit"] != strings.TrimSpace(r.run("rev-parse", "os/main")) {
			t.Errorf("%s: %v", name, c.Attributes)
		}
		s := formattest.Signed(t, ostree.Delta, data)
		of := s[len(s)-1]
		if of.Kind != "ostree" || of.Name != "of the commit" || !strings.EqualFold(of.KeyName, key) || len(of.Through) != len(c.Hashes) || len(c.Hashes) == 0 {
			t.Errorf("%s: %+v, through %d of %d parts", name, of.Name, len(of.Through), len(c.Hashes))
		}
		if (len(s) == 2) != (name == "signed") || name == "signed" && s[0].Algorithm != "ostree.sign.dummy" {
			t.Errorf("%s: %d signatures", name, len(s))
		}
	}
}

// TestDeltaFrom has a delta from an older commit, of which what did not change is
// not there, and one whose parts stand in other files.
func TestDeltaFrom(t *testing.T) {
	tree := t.TempDir()
	put := func(name, content string) { // only what all may read is put together
		if err := os.WriteFile(filepath.Join(tree, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := newRepository(t, "archive")
	put("same", "same")
	large := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(large)
	put("large", string(large))
	r.run("commit", "--branch=os", "--tree=dir="+tree)
	put("new", "new")
	copy(large[1<<19:], "changed")
	put("large", string(large))
	r.run("commit", "--branch=os", "--tree=dir="+tree)
	for _, how := range []string{"--disable-bsdiff", "--max-bsdiff-size=128"} {
		r.run("static-delta", "generate", "--inline", how, "--filename=delta", "os")
		r.changed(r.read("delta"))
	}
	r.run("static-delta", "generate", "--empty", "os")
	outside, err := filepath.Glob(filepath.Join(r.dir, "repo/deltas/*/*/superblock"))
	if err != nil || len(outside) != 1 {
		t.Fatal(outside, err)
	}
	b, err := os.ReadFile(outside[0])
	if err != nil {
		t.Fatal(err)
	}
	img := reference.Open(t, b)
	if c := img.Containers[0]; c.Type != "ostree-delta" || len(img.Skipped) == 0 || len(img.Files) > 0 {
		t.Errorf("%s with %d files, %v", c.Type, len(img.Files), img.Skipped)
	}
}

// changed has a delta in which one file is new, one as it was, and one put together
// from what it was.
func (r *repository) changed(delta []byte) {
	t := r.t
	img := reference.Open(t, delta)
	if b, err := reference.Find(t, img, "new").ReadFile(); err != nil || string(b) != "new" {
		t.Errorf("%q, %v", b, err)
	}
	for _, name := range []string{"same", "large"} {
		if f := reference.Find(t, img, name); f.Err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if len(img.Skipped) < 2 || img.Containers[0].Attributes["from"] == "" {
		t.Errorf("%v, %v", img.Skipped, img.Containers[0].Attributes)
	}
}

// TestObjects compares the checksums of what repositories hold with the names that
// ostree gave it.
func TestObjects(t *testing.T) {
	tree := source(t)
	r := newRepository(t, "archive")
	r.run("commit", "--branch=os", "--tree=dir="+tree)
	files, folders := 0, 0
	err := filepath.WalkDir(filepath.Join(r.dir, "repo/objects"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want := filepath.Base(filepath.Dir(path)) + strings.TrimSuffix(d.Name(), filepath.Ext(path))
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch filepath.Ext(path) {
		case ".filez":
			files++
			if got, err := ostree.SumPacked(b); err != nil || got.String() != want {
				t.Errorf("%s: %s, %v", want, got, err)
			}
		case ".dirtree":
			folders++
			if _, _, err := ostree.ParseTree(b); err != nil {
				t.Error(err)
			}
		case ".dirmeta":
			if _, err := ostree.ParseMeta(b); err != nil {
				t.Error(err)
			}
		case ".commit":
			if c, err := ostree.ParseCommit(b); err != nil || !slices.Equal(c.Refs, []string{"os"}) {
				t.Errorf("%+v, %v", c, err)
			}
		}
		return nil
	})
	if err != nil || files < 5 || folders < 3 {
		t.Errorf("%d files, %d folders, %v", files, folders, err)
	}
}
