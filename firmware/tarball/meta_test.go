package tarball_test

import (
	"archive/tar"
	"bytes"
	"fmt"
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
	for _, g := range slices.Concat(o.Unused, o.Unread) {
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
		{Typeflag: tar.TypeReg, Name: "next", Mode: 0o644, Linkname: strings.Repeat("no link/", 20)},
		{Typeflag: tar.TypeReg, Name: "last", Mode: 0o644, Linkname: "nor this", PAXRecords: map[string]string{"APK-TOOLS.checksum.SHA1": strings.Repeat("5a", 20)}},
	} {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	o := open(t, b.Bytes())
	want := []string{"18 comment=of all\n", "32 ACME.key=secret\nof two lines\n", "123 SCHILY.acl.access=" + strings.Repeat("x", 100) + "\n", "18 comment=of one\n", "174 linkpath=" + strings.Repeat("no link/", 20) + "\n", strings.Repeat("no link/", 20)[:100], "nor this"}
	if got := unused(b.Bytes(), o); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if e := o.Tree.Entries(); len(e) != 3 || o.Length != int64(b.Len()) {
		t.Errorf("%d entries, %d of %d bytes", len(e), o.Length, b.Len())
	}
}

// TestCommit has what "git archive" writes: a header of all that names the commit.
func TestCommit(t *testing.T) {
	for comment, is := range map[string]bool{strings.Repeat("0123456789", 4): true, strings.Repeat("0123456789abcdef", 4): true, strings.Repeat("x", 40): false} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": comment}})
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "a", Mode: 0o644})
		_ = w.Close()
		o := open(t, b.Bytes())
		if left := unused(b.Bytes(), o); (o.Attributes["commit"] == comment) != is || (len(left) == 0) != is {
			t.Errorf("%s: %v, left %q", comment, o.Attributes, left)
		}
	}
}

// A name of a target in front of an entry that is no link, as GNU tar has them.
func TestTargetOfNone(t *testing.T) {
	const key = "a key where a target would stand"
	head := func(name string, kind byte, size int) []byte {
		h := make([]byte, 512)
		copy(h, name)
		copy(h[100:], "0000644\x000000000\x000000000\x00")
		copy(h[124:], fmt.Sprintf("%011o\x0000000000000\x00        %c", size, kind))
		copy(h[257:], "ustar  \x00")
		sum := 0
		for _, c := range h {
			sum += int(c)
		}
		copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
		return h
	}
	for kind, left := range map[byte]int{'0': 1, '2': 0} {
		long := make([]byte, 512)
		copy(long, key)
		data := slices.Concat(head("././@LongLink", 'K', len(key)+1), long, head("a", kind, 0), make([]byte, 1024))
		if got := unused(data, open(t, data)); len(got) != left || left > 0 && got[0] != key {
			t.Errorf("%c: left %q", kind, got)
		}
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
