package ostree_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/ostree"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t *testing.T, b []byte) *format.Opened {
	t.Helper()
	o, err := ostree.Delta.Open(t.Context(), format.InMemory(b), format.NewBudget(1<<14, 64<<20, 16<<20, 256))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestSample reads a delta that ostree 2022.7 made, signed by gpg, and one that is
// signed as a whole.
func TestSample(t *testing.T) {
	for name, count := range map[string]int{"sample.delta": 1, "signed.delta": 2} {
		o := open(t, sample(t, name))
		if len(o.Signatures) != count || len(o.Damage) > 0 || len(o.Hashes) != 1 || !o.Hashes[0].OK {
			t.Errorf("%s: %d signatures, %v, %v", name, len(o.Signatures), o.Damage, o.Hashes)
		}
		var got []string
		for i, e := range o.Tree.Entries() {
			b, err := o.Tree.Read(i)
			if err != nil {
				t.Error(err)
			}
			got = append(got, e.Mode.String()+" "+e.Name+" "+e.Link+string(b[:min(len(b), 3)]))
		}
		want := "drwxr-xr-x etc \n-rw-r--r-- etc/hostname hi\n\ndrwxr-xr-x usr \nLrwxrwxrwx usr/link ../etc/hostname\ndrwxr-xr-x usr/bin \nurwxr-xr-x usr/bin/x \x00\x00\x00"
		if strings.Join(got, "\n") != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestDamaged changes what the checksums are over.
func TestDamaged(t *testing.T) {
	good := sample(t, "sample.delta")
	part := bytes.Index(good, []byte("7zXZ"))
	changed := bytes.Clone(good)
	changed[part+100] ^= 1
	o := open(t, changed)
	if len(o.Hashes) != 1 || o.Hashes[0].OK || len(o.Damage) == 0 || o.Damage[0].Offset != int64(part-2) || len(o.Signatures[0].Through) > 0 {
		t.Errorf("a changed part: %v, %v, %v", o.Hashes, o.Damage, o.Signatures[0].Through)
	}
	subject := bytes.Index(good, []byte("subj\x00"))
	changed = bytes.Clone(good)
	changed[subject] ^= 1
	if _, err := ostree.Delta.Open(t.Context(), format.InMemory(changed), format.NewBudget(1<<14, 64<<20, 16<<20, 256)); err == nil || !strings.Contains(err.Error(), "not the one that the delta leads to") {
		t.Errorf("a changed commit: %v", err)
	}
	for n := range good {
		if n > 18 && formattest.Try(t, ostree.Delta, good[:n]) {
			t.Errorf("the first %d bytes open whole", n)
		}
	}
}

// TestBadObjects are objects that are none.
func TestBadObjects(t *testing.T) {
	commit := sample(t, "sample.commit")
	for n := range commit {
		if c, err := ostree.ParseCommit(commit[:n]); err == nil && n < len(commit)-1 {
			t.Errorf("the first %d bytes are a commit: %+v", n, c)
		}
	}
	for name, b := range map[string]string{
		"ends that lie": "\x00\xff", "one end of two": "\x00", "an end before its beginning": "a\x00\x02\x01", "noise": "noise",
	} {
		if files, folders, err := ostree.ParseTree([]byte(b)); err == nil && len(files)+len(folders) > 0 {
			t.Errorf("%s: %v, %v", name, files, folders)
		}
		if _, err := ostree.Signatures(t.Context(), []byte(b), commit); err == nil {
			t.Errorf("%s: metadata", name)
		}
	}
	header := append(binary.BigEndian.AppendUint32(nil, 1<<31), make([]byte, 40)...)
	if _, err := ostree.SumPacked(header); err == nil {
		t.Error("a header that is longer than its file")
	}
	huge := make([]byte, 8+24)
	binary.BigEndian.PutUint32(huge, 26)
	binary.BigEndian.PutUint64(huge[8:], 1<<40)
	if _, err := ostree.SumPacked(append(huge, "\x00\x19"...)); err == nil {
		t.Error("a file of 1 TiB")
	}
}

// TestEd25519 has metadata with signatures of Ed25519, as "ostree sign" writes
// them: one that holds, and one that is cut.
func TestEd25519(t *testing.T) {
	commit := sample(t, "sample.commit")
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	value := append(ed25519.Sign(private, commit), "cut\x40\x43\x00aay"...)
	entry := slices.Concat([]byte("ostree.sign.ed25519\x00\x00\x00\x00\x00"), value, []byte{20})
	s, err := ostree.Signatures(t.Context(), append(entry, byte(len(entry))), commit)
	if err != nil || len(s) != 2 {
		t.Fatal(s, err)
	}
	if s[0].Algorithm != format.Ed25519 || !ed25519.Verify(public, s[0].Message, s[0].Value) || s[0].Problem != "" || s[1].Problem == "" {
		t.Errorf("%+v", s)
	}
}

func TestMutate(t *testing.T) {
	formattest.Mutate(t, ostree.Delta, sample(t, "sample.delta"), sample(t, "signed.delta"))
}

func FuzzDelta(f *testing.F) {
	formattest.Fuzz(f, ostree.Delta, sample(f, "sample.delta"), sample(f, "signed.delta"))
}

func FuzzObjects(f *testing.F) {
	f.Add(sample(f, "sample.commit"), sample(f, "sample.commitmeta"))
	f.Fuzz(func(t *testing.T, commit, metadata []byte) {
		_, _ = ostree.ParseCommit(commit)
		_, _, _ = ostree.ParseTree(commit)
		_, _ = ostree.ParseMeta(commit)
		_, _ = ostree.SumPacked(commit)
		_, _ = ostree.Signatures(t.Context(), metadata, commit)
	})
}
