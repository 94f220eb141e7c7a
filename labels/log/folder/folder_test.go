package folder_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/assay-iot/assay/labels/log"
	"github.com/assay-iot/assay/labels/log/folder"
)

const origin = "labels.example/log"

func open(t testing.TB, dir string, seed byte) (*folder.Log, note.Signer, string) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	verifier := log.VerifierKey(key.Public().(ed25519.PublicKey), origin)
	signer, err := log.Signer(key, origin)
	if err != nil {
		t.Fatal(err)
	}
	l, err := folder.Open(dir, verifier)
	if err != nil {
		t.Fatal(err)
	}
	return l, signer, verifier
}

func digests(from, to int) []folder.Digest {
	var list []folder.Digest
	for i := from; i < to; i++ {
		list = append(list, sha256.Sum256(fmt.Appendf(nil, "label %d", i)))
	}
	return list
}

func TestAppendAndProve(t *testing.T) {
	l, signer, key := open(t, t.TempDir(), 1)
	first, err := l.Append(t.Context(), signer, digests(0, 300))
	if err != nil {
		t.Fatal(err)
	}
	second, err := l.Append(t.Context(), signer, append(digests(290, 310), digests(300, 301)...))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := l.Checkpoint(); err != nil || c.Size != 310 || c.Origin != origin {
		t.Errorf("the log: %+v, %v", c, err)
	}
	for i, d := range digests(0, 300) {
		if first[i].Index != int64(i) {
			t.Fatalf("entry %d stands at %d", i, first[i].Index)
		}
		p, err := log.Parse(first[i].Marshal())
		if err != nil {
			t.Fatal(err)
		}
		if c, err := p.Verify(d, key); err != nil || c.Size != 300 {
			t.Fatalf("entry %d: %v", i, err)
		}
	}
	if second[0].Index != 290 || second[19].Index != 309 || second[20].Index != 300 {
		t.Error("what stood in the log already was added again")
	}
	if _, err := l.Prove(t.Context(), digests(400, 401)); !errors.Is(err, log.ErrNoEntry) {
		t.Errorf("a label that is not in it: %v", err)
	}
}

// TestProofBytes: no byte of a proof can be changed, and it is about one label
// and one log.
func TestProofBytes(t *testing.T) {
	l, signer, key := open(t, t.TempDir(), 1)
	proofs, err := l.Append(t.Context(), signer, digests(0, 5))
	if err != nil {
		t.Fatal(err)
	}
	text := proofs[3].Marshal()
	for i := range text {
		for _, flip := range []byte{1, 0x20, 0x80} {
			bad := bytes.Clone(text)
			bad[i] ^= flip
			p, err := log.Parse(bad)
			if err != nil {
				continue
			}
			if _, err := p.Verify(digests(3, 4)[0], key); err == nil {
				t.Fatalf("byte %d ^ %#x: still a proof", i, flip)
			}
		}
	}
	if _, err := proofs[3].Verify(digests(4, 5)[0], key); !errors.Is(err, log.ErrNoEntry) {
		t.Errorf("of another label: %v", err)
	}
	_, _, other := open(t, t.TempDir(), 2)
	if _, err := proofs[3].Verify(digests(3, 4)[0], other); !errors.Is(err, log.ErrKey) {
		t.Errorf("of another log: %v", err)
	}
}

func TestDamagedLog(t *testing.T) {
	dir := t.TempDir()
	l, signer, _ := open(t, dir, 1)
	if _, err := l.Append(t.Context(), signer, digests(0, 20)); err != nil {
		t.Fatal(err)
	}
	other, _, _ := open(t, dir, 2)
	if _, err := other.Prove(t.Context(), digests(0, 1)); !errors.Is(err, log.ErrKey) {
		t.Errorf("with another key: %v", err)
	}
	damaged := 0
	err := filepath.WalkDir(filepath.Join(dir, "tile"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "entries") {
			return err
		}
		damaged++
		return os.WriteFile(path, bytes.Repeat([]byte{9}, 20*32), 0o600)
	})
	if err != nil || damaged == 0 {
		t.Fatalf("%d tiles: %v", damaged, err)
	}
	if _, err := l.Prove(t.Context(), digests(3, 4)); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("with a changed tile: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := folder.Open(t.TempDir(), "no key"); err == nil {
		t.Error("not a key: no error")
	}
	if _, err := folder.Open(filepath.Join(t.TempDir(), "nothing"), ""); err == nil {
		t.Error("no folder: no error")
	}
	l, signer, _ := open(t, t.TempDir(), 1)
	if c, err := l.Checkpoint(); c != nil || err != nil {
		t.Errorf("an empty log: %v, %v", c, err)
	}
	if proofs, err := l.Append(t.Context(), signer, nil); err == nil && len(proofs) > 0 {
		t.Error("proofs of nothing")
	}
}

func BenchmarkAppend(b *testing.B) {
	for i := range b.N {
		l, signer, _ := open(b, b.TempDir(), 1)
		if _, err := l.Append(b.Context(), signer, digests(i*1000, i*1000+1000)); err != nil {
			b.Fatal(err)
		}
	}
}

// Nothing is appended to a log whose files do not go together: neither to a copy
// without its state, nor to one with an older state, nor to one with a changed entry.
func TestAppendToDamaged(t *testing.T) {
	flip := func(dir string, tile ...string) error {
		name := filepath.Join(append([]string{dir, "tile"}, tile...)...)
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		data[len(data)-1] ^= 1
		return os.WriteFile(name, data, 0o644)
	}
	for name, damage := range map[string]func(dir string) error{
		"no state": func(dir string) error { return os.RemoveAll(filepath.Join(dir, ".state")) },
		"an older state": func(dir string) error {
			other := t.TempDir()
			l, signer, _ := open(t, other, 1)
			if _, err := l.Append(t.Context(), signer, digests(0, 3)); err != nil {
				return err
			}
			data, err := os.ReadFile(filepath.Join(other, ".state", "treeState"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, ".state", "treeState"), data, 0o644)
		},
		"no state and no checkpoint": func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, ".state")), os.Remove(filepath.Join(dir, "checkpoint")))
		},
		"a changed entry": func(dir string) error { return flip(dir, "entries", "000.p", "7") },
		"a changed hash":  func(dir string) error { return flip(dir, "0", "000.p", "7") },
	} {
		dir := t.TempDir()
		l, signer, _ := open(t, dir, 1)
		if _, err := l.Append(t.Context(), signer, digests(0, 7)); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		if err := damage(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Append(t.Context(), signer, digests(7, 9)); !errors.Is(err, folder.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		after, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
		if gone := errors.Is(err, fs.ErrNotExist) && strings.Contains(name, "no checkpoint"); !gone && (err != nil || string(after) != string(before)) {
			t.Errorf("%s: the checkpoint was changed (%v)", name, err)
		}
	}
}
