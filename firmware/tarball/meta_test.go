package tarball_test

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/tarball"
)

func open(t *testing.T, data []byte) *format.Opened {
	t.Helper()
	o, err := tarball.Format.Open(t.Context(), format.InMemory(data), format.NewBudget(100_000, 1<<30, 1<<30, 100))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// unused gives what nobody reads of an archive, without zeros.
func unused(data []byte, o *format.Opened) (s []string) {
	for _, g := range o.Unused {
		if b := bytes.Trim(data[g.Offset:g.Offset+g.Length], "\x00"); len(b) > 0 {
			s = append(s, string(b))
		}
	}
	return s
}

// TestRecords has comments and unknown keywords, of one entry and of all, and
// such that say nothing of the content.
func TestRecords(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": "of all"}},
		{Typeflag: tar.TypeReg, Name: strings.Repeat("a/", 200) + "file", PAXRecords: map[string]string{
			"comment": "of one", "ACME.key": "secret\nof two lines", "SCHILY.ino": "5", "RHT.security.selinux": "system_u", "SCHILY.acl.access": strings.Repeat("x", 100),
		}},
		{Typeflag: tar.TypeReg, Name: "next", Mode: 0o644},
	} {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	o := open(t, b.Bytes())
	want := []string{"18 comment=of all\n", "32 ACME.key=secret\nof two lines\n", "123 SCHILY.acl.access=" + strings.Repeat("x", 100) + "\n", "18 comment=of one\n"}
	if got := unused(b.Bytes(), o); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if e := o.Tree.Entries(); len(e) != 2 || o.Length != int64(b.Len()) {
		t.Errorf("%d entries, %d of %d bytes", len(e), o.Length, b.Len())
	}
}

// TestTools packs a tree with holes, long names and attributes by the tools that
// there are: all bytes are read, up to those that fill a block.
func TestTools(t *testing.T) {
	dir := t.TempDir()
	tree := filepath.Join(dir, "tree")
	if err := os.MkdirAll(filepath.Join(tree, strings.Repeat("long-", 30)), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a": "a\n", strings.Repeat("long-", 30) + "/" + strings.Repeat("name-", 30): "b\n", "z": "z\n"} {
		if err := os.WriteFile(filepath.Join(tree, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(strings.Repeat("far/", 40), filepath.Join(tree, "link")); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(tree, "holes"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(30) {
		if _, err := f.WriteAt(bytes.Repeat([]byte("x"), 5000), i<<20); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{
		"tar --format=gnu", "tar --format=gnu -S", "tar --format=posix", "tar --format=posix -S --sparse-version=0.0", "tar --format=posix -S --sparse-version=0.1",
		"tar --format=posix -S --sparse-version=1.0", "bsdtar --format pax", "bsdtar --format gnutar",
	} {
		t.Run(args, func(t *testing.T) {
			tool := strings.Fields(args)
			out := filepath.Join(t.TempDir(), "out.tar")
			reference.Run(t, dir, reference.Need(t, tool[0]), slices.Concat(tool[1:], []string{"-cf", out, "tree"})...)
			data, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			o := open(t, data)
			if got := unused(data, o); len(got) > 0 || len(o.Damage) > 0 {
				t.Errorf("unused: %.300q, %v", got, o.Damage)
			}
			if e := o.Tree.Entries(); len(e) != 7 {
				t.Errorf("%d entries", len(e))
			}
		})
	}
}

// A file of a kind that nobody knows has a content, and one that is cut an error.
func TestUnknownKind(t *testing.T) {
	data := seeds()[0]
	at := bytes.Index(data, []byte("etc/passwd"))
	change := func(kind byte) []byte {
		b := bytes.Clone(data)
		sum := 0
		b[at+156] = kind
		copy(b[at+148:], "        ")
		for _, c := range b[at : at+512] {
			sum += int(c)
		}
		copy(b[at+148:], []byte{'0' + byte(sum>>15&7), '0' + byte(sum>>12&7), '0' + byte(sum>>9&7), '0' + byte(sum>>6&7), '0' + byte(sum>>3&7), '0' + byte(sum&7), 0, ' '})
		return b
	}
	o := open(t, change('Z'))
	e := o.Tree.Entries()
	i := slices.IndexFunc(e, func(e format.Entry) bool { return e.Name == "etc/passwd" })
	if b, err := o.Tree.Read(i); err != nil || !strings.HasPrefix(string(b), "root:x") || len(unused(data, o)) > 0 {
		t.Errorf("%q, %v, %q", b, err, unused(data, o))
	}
}
