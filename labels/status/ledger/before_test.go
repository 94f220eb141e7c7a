package ledger_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/status/ledger"
)

// revokedAndSigned makes a ledger with a label that is revoked, and signs its list.
func revokedAndSigned(t *testing.T) (name string, list *status.List) {
	t.Helper()
	name = create(t, ledger.DefaultSize)
	l := open(t, name)
	defer l.Close()
	place, err := l.Reserve(rand.Reader, "label/1", "", start)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Set(place.Index, status.Revoked, "a test", start.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	data, err := l.Sign(labeltest.Key(), 7*24*time.Hour, 0, start.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	token, err := status.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if list, err = token.Verify(labeltest.Key().Public()); err != nil {
		t.Fatal(err)
	}
	return name, list
}

// A change that was taken out is missed where the list was signed with it.
func TestLostChange(t *testing.T) {
	name, _ := revokedAndSigned(t)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var kept [][]byte
	for _, line := range bytes.SplitAfter(data, []byte("\n")) {
		if !bytes.Contains(line, []byte(`"set":"revoked"`)) {
			kept = append(kept, line)
		}
	}
	if err := os.WriteFile(name, bytes.Join(kept, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Read(name); !errors.Is(err, ledger.ErrLost) || !errors.Is(err, ledger.ErrNotLedger) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a change was taken out: %v", err)
	}
}

// A ledger that does not hold what was published is an old copy, or another one.
func TestForgets(t *testing.T) {
	name, list := revokedAndSigned(t)
	l, err := ledger.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	if why := l.Forgets(list); why != "" {
		t.Errorf("its own list: %s", why)
	}
	other, err := ledger.Read(create(t, ledger.DefaultSize))
	if err != nil {
		t.Fatal(err)
	}
	if why := other.Forgets(list); !strings.Contains(why, "became revoked") {
		t.Errorf("another ledger of the list: %q", why)
	}
	list.Address += "/2"
	if why := other.Forgets(list); why != "" {
		t.Errorf("another list: %s", why)
	}
}

func TestSameList(t *testing.T) {
	name := create(t, ledger.DefaultSize)
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "a.txt"), []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(filepath.Dir(name), "second")
	if got := ledger.SameList(beside, "https://labels.acme.example/status/2026"); got != name {
		t.Errorf("%q, want %q", got, name)
	}
	if got := ledger.SameList(beside, "https://labels.acme.example/status/2027"); got != "" {
		t.Errorf("another list: %q", got)
	}
}

// Of a number that has two places both must be set.
func TestOthers(t *testing.T) {
	l := open(t, create(t, ledger.DefaultSize))
	var places []int
	for _, label := range []string{"label/1", "label/2", "label/1"} {
		p, err := l.Reserve(rand.Reader, label, "", start)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, p.Index)
	}
	if others := l.Others(places[0]); len(others) != 0 {
		t.Errorf("both are valid: %v", others)
	}
	if err := l.Set(places[0], status.Revoked, "", start); err != nil {
		t.Fatal(err)
	}
	if others := l.Others(places[0]); len(others) != 1 || others[0] != places[2] {
		t.Errorf("%v, want %d", others, places[2])
	}
	if err := l.Set(places[2], status.Revoked, "", start); err != nil {
		t.Fatal(err)
	}
	if others := l.Others(places[0]); len(others) != 0 {
		t.Errorf("both are revoked: %v", others)
	}
}

// Labels of one assessment, by themselves and of batches, are told when one is set.
func TestOthersOfBatches(t *testing.T) {
	l := open(t, create(t, ledger.DefaultSize))
	numbers := []string{
		"hub/2026-11-27/3ab6e56b", "hub/2026-11-27/3ab6e56b-35f8373e", "hub/2026-11-27/3ab6e56b-4a159718",
		"hub/2026-11-28/3ab6e56b-35f8373e", "hub/2026-11-27/3ab6e56c", "hub/2026-11-27/2026-0001", "hub/2026-11-27/2026-0002",
	}
	places, err := l.ReserveAll(rand.Reader, numbers, "", start)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int][]int{1: {places[0].Index, places[2].Index}, 5: nil} {
		if err := l.Set(places[i].Index, status.Revoked, "", start); err != nil {
			t.Fatal(err)
		}
		if others := l.Others(places[i].Index); !slices.Equal(others, want) {
			t.Errorf("%s: %v, want %v", numbers[i], others, want)
		}
	}
}

// A label of which another form was withdrawn is known, of the same day and of others.
func TestWithdrawn(t *testing.T) {
	l := open(t, create(t, ledger.DefaultSize))
	numbers := []string{"hub/2026-11-27/3ab6e56b", "hub/2026-11-27/3ab6e56b-35f8373e", "hub/2026-11-27/3ab6e56c", "cam/2026-11-27/3ab6e56b", "hub/A-1"}
	places, err := l.ReserveAll(rand.Reader, numbers, "", start)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range []status.Value{status.Revoked, status.Suspended} {
		if err := l.Set(places[i].Index, v, "", start); err != nil {
			t.Fatal(err)
		}
	}
	for label, want := range map[string][2]int{
		"hub/2026-11-27/3ab6e56b-4a159718": {2, 0}, "hub/2026-11-27/3ab6e56b": {0, 0}, "hub/2026-11-28/3ab6e56b": {0, 2},
		"hub/2026-11-27/3ab6e56c-4a159718": {0, 0}, "cam/2026-11-27/3ab6e56b": {0, 0}, "hub/A-1": {0, 0},
	} {
		if sameDay, before := l.Withdrawn(label); len(sameDay) != want[0] || len(before) != want[1] {
			t.Errorf("%s: %v, %v, want %v", label, sameDay, before, want)
		}
	}
	if err := l.Set(places[1].Index, status.Superseded, "", start); err != nil {
		t.Fatal(err)
	}
	if _, before := l.Withdrawn("hub/2026-11-28/3ab6e56b"); len(before) != 1 {
		t.Errorf("one that was replaced stands in nobody's way: %v", before)
	}
}
