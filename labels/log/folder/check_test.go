package folder_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/log"
	"github.com/assay-iot/assay/labels/log/folder"
)

func TestCreate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	_, signer, key := open(t, t.TempDir(), 1)
	l, err := folder.Create(t.Context(), dir, signer, key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := l.Checkpoint(); err != nil || c == nil || c.Size != 0 || c.Origin != origin {
		t.Errorf("%+v, %v", c, err)
	}
	if again, err := folder.Key(dir); err != nil || again != key {
		t.Errorf("%q, %v", again, err)
	}
	if _, err := folder.Create(t.Context(), dir, signer, key); !errors.Is(err, fs.ErrExist) {
		t.Errorf("again: %v", err)
	}
	if _, err := l.Prove(t.Context(), digests(0, 1)); !errors.Is(err, log.ErrNoEntry) {
		t.Errorf("an empty log: %v", err)
	}
	for _, text := range []string{"", "no key\n", key + "\n\n", strings.Repeat("x", 5000)} {
		if err := os.WriteFile(filepath.Join(dir, folder.KeyFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Key(dir); !errors.Is(err, folder.ErrNotLog) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := folder.Key(t.TempDir()); !errors.Is(err, folder.ErrNotLog) {
		t.Errorf("no log: %v", err)
	}
}

func TestCheck(t *testing.T) {
	l, signer, _ := open(t, t.TempDir(), 1)
	var states []*log.Checkpoint
	for n := 0; n <= 600; n += 200 {
		if _, err := l.Append(t.Context(), signer, digests(0, n)); err != nil {
			t.Fatal(err)
		}
		c, err := l.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, c)
	}
	if found, err := l.Check(t.Context(), states...); err != nil || found.Checkpoint.Size != 600 || found.Twice != 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	fork, _, _ := open(t, t.TempDir(), 1)
	if _, err := fork.Append(t.Context(), signer, append(digests(1, 200), digests(900, 1000)...)); err != nil {
		t.Fatal(err)
	}
	other := *states[1]
	other.Origin = "elsewhere.example"
	for name, c := range map[string]*log.Checkpoint{"another beginning": states[1], "longer": states[3], "another name": &other} {
		if _, err := fork.Check(t.Context(), c); !errors.Is(err, folder.ErrForked) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every file of a log that is changed is noticed.
func TestCheckDamage(t *testing.T) {
	dir := t.TempDir()
	l, signer, _ := open(t, dir, 1)
	if _, err := l.Append(t.Context(), signer, digests(0, 300)); err != nil {
		t.Fatal(err)
	}
	changed := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, ".state") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, bad := range [][]byte{append([]byte{data[0] ^ 1}, data[1:]...), data[:len(data)-1], nil} {
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				return err
			}
			if _, err := l.Check(t.Context()); err == nil && !strings.Contains(path, ".p") {
				t.Errorf("%s changed: not noticed", path)
			}
			changed++
		}
		return os.WriteFile(path, data, 0o644)
	})
	if err != nil || changed < 9 {
		t.Fatalf("%d files: %v", changed, err)
	}
	if _, err := l.Check(t.Context()); err != nil {
		t.Errorf("put back: %v", err)
	}
}
