package folder_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/log"
)

const appendTo = "ASSAY_TEST_APPEND_TO"

// all is what the killed process appends, ten at a time.
const all = 400

// TestAppendHere is the process that is killed; alone it does nothing.
func TestAppendHere(t *testing.T) {
	dir := os.Getenv(appendTo)
	if dir == "" {
		t.Skip("it runs as another process")
	}
	l, signer, _ := open(t, dir, 1)
	for from := 0; from < all; from += 10 {
		if _, err := l.Append(t.Context(), signer, digests(from, from+10)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKilled kills a process that appends, again and again. What it had appended is
// there, in its order, and stands there once.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a process to be killed")
	}
	dir := t.TempDir()
	l, signer, _ := open(t, dir, 1)
	var states []*log.Checkpoint
	for range 12 {
		c := exec.Command(os.Args[0], "-test.run=^TestAppendHere$")
		c.Env = append(os.Environ(), appendTo+"="+dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(1500 * time.Millisecond))))
		_ = c.Process.Kill() // it may have ended
		_ = c.Wait()
		state, err := l.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		if state != nil {
			states = append(states, state)
		}
	}
	if len(states) == 0 {
		t.Fatal("killed before it did anything")
	}
	t.Logf("%d entries after the last kill", states[len(states)-1].Size)
	if _, err := l.Append(t.Context(), signer, digests(0, all)); err != nil {
		t.Fatal(err)
	}
	list, err := l.Entries(t.Context())
	if err != nil || len(list) != all {
		t.Fatalf("%d entries, want %d: %v", len(list), all, err)
	}
	for i, d := range digests(0, all) {
		if list[i] != d {
			t.Fatalf("entry %d is another", i)
		}
	}
	if found, err := l.Check(t.Context(), states...); err != nil || found.Twice != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

// A run that was killed between the tree and its checkpoint: the next one publishes
// what is in the tree, and does not add it again.
func TestKilledBeforeCheckpoint(t *testing.T) {
	dir := t.TempDir()
	l, signer, _ := open(t, dir, 1)
	if _, err := l.Append(t.Context(), signer, digests(0, 3)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), signer, digests(3, 8)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "checkpoint"), before, 0o644); err != nil {
		t.Fatal(err)
	}
	proofs, err := l.Append(t.Context(), signer, digests(3, 9))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := l.Checkpoint(); err != nil || c.Size != 9 || proofs[0].Index != 3 || proofs[5].Index != 8 {
		t.Errorf("%+v, first at %d: %v", c, proofs[0].Index, err)
	}
}

// Several at once wait for each other.
func TestAppendTogether(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			l, signer, _ := open(t, dir, 1)
			if _, err := l.Append(context.Background(), signer, digests(0, 5)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	l, _, _ := open(t, dir, 1)
	if c, err := l.Checkpoint(); err != nil || c.Size != 5 {
		t.Errorf("%+v, %v", c, err)
	}
}
