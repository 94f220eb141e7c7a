package ledger_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/status/ledger"
)

var start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func create(t testing.TB, size int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "2026.status")
	h := ledger.Head{Created: start, List: "https://labels.acme.example/status/2026", Issuer: "labels.acme.example", Size: size}
	if err := ledger.Create(name, h); err != nil {
		t.Fatal(err)
	}
	return name
}

func open(t testing.TB, name string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLedger(t *testing.T) {
	name := create(t, ledger.DefaultSize)
	l := open(t, name)
	place, err := l.Reserve(rand.Reader, "label/1", "", start)
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.Reserve(rand.Reader, "label/2", "", start)
	if err != nil {
		t.Fatal(err)
	}
	if place.List != l.List || place.Index == other.Index {
		t.Errorf("%+v, %+v", place, other)
	}
	day := start.AddDate(0, 0, 1)
	for i, v := range []status.Value{status.Suspended, status.Valid, status.Superseded, status.Revoked} {
		if err := l.Set(place.Index, v, "a test", day.AddDate(0, 0, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Set(place.Index, status.Valid, "", day.AddDate(0, 0, 9)); !errors.Is(err, ledger.ErrFinal) {
		t.Errorf("a revoked label is valid again: %v", err)
	}
	now := start.AddDate(0, 0, 20)
	data, err := l.Sign(labeltest.Key(), 7*24*time.Hour, 0, now)
	if err != nil {
		t.Fatal(err)
	}
	token, err := status.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	list, err := token.Verify(labeltest.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	p := status.Place{List: place.List, Issuer: l.Issuer, Index: place.Index}
	for date, want := range map[string]status.Value{
		"2026-10-01": status.Valid, "2026-10-02": status.Suspended, "2026-10-03": status.Valid, "2026-10-04": status.Superseded, "2026-10-05": status.Revoked, "2026-10-21": status.Revoked,
	} {
		if got, err := list.Answer(p, date, now.Add(time.Minute)); err != nil || got != want {
			t.Errorf("on %s: %s, want %s (%v)", date, got, want, err)
		}
	}
	l.Close()
	again, err := ledger.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	if v, taken := again.At(place.Index); v != status.Revoked || !taken || again.Taken() != 2 || len(again.Events) != 7 {
		t.Errorf("read again: %s, %v, %d places, %d events", v, taken, again.Taken(), len(again.Events))
	}
	if err := again.Set(place.Index, status.Revoked, "", now); err == nil {
		t.Error("a ledger that is open for reading was written to")
	}
}

func TestNoPlaceTwice(t *testing.T) {
	name := create(t, 64)
	seen := map[int]bool{}
	for range 8 { // opened anew, as by one program after another
		l := open(t, name)
		for range 8 {
			p, err := l.Reserve(rand.Reader, "x", "", start)
			if err != nil || seen[p.Index] || p.Index < 0 || p.Index > 63 {
				t.Fatalf("%+v %v", p, err)
			}
			seen[p.Index] = true
		}
		l.Close()
	}
	if _, err := open(t, name).Reserve(rand.Reader, "x", "", start); !errors.Is(err, ledger.ErrFull) {
		t.Error(err)
	}
}

func TestRefusals(t *testing.T) {
	l := open(t, create(t, 64))
	p, err := l.Reserve(rand.Reader, "x", "", start.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Set((p.Index+1)%64, status.Revoked, "", start.Add(time.Hour)); !errors.Is(err, ledger.ErrPlace) {
		t.Errorf("a place that no label has: %v", err)
	}
	if err := l.Set(64, status.Revoked, "", start.Add(time.Hour)); err == nil {
		t.Error("a place outside")
	}
	if err := l.Set(p.Index, status.Revoked, "", start); !errors.Is(err, ledger.ErrClock) {
		t.Errorf("a clock that was set back: %v", err)
	}
	if err := l.Set(p.Index, status.Revoked, strings.Repeat("x", 20000), start.Add(time.Hour)); err == nil {
		t.Error("a reason of 20000 bytes")
	}
	if _, err := l.Sign(labeltest.Key(), time.Hour, 0, start); !errors.Is(err, ledger.ErrClock) {
		t.Errorf("a list of earlier than the last change: %v", err)
	}
	if _, err := l.Sign(labeltest.Key(), -time.Hour, 0, start.Add(2*time.Hour)); err == nil {
		t.Error("a list that has expired")
	}
}

func TestLock(t *testing.T) {
	name := create(t, 64)
	first := open(t, name)
	if _, err := ledger.Open(name); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	first.Close()
	open(t, name)
	if err := ledger.Create(name, first.Head); !os.IsExist(err) {
		t.Errorf("created over one that is there: %v", err)
	}
}

// A program that was killed in the middle of a line.
func TestHalfALine(t *testing.T) {
	name := create(t, 64)
	l := open(t, name)
	p, err := l.Reserve(rand.Reader, "x", "", start)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for n := bytes.IndexByte(whole, '\n') + 1; n < len(whole); n++ {
		if err := os.WriteFile(name, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		l := open(t, name)
		if l.Taken() != 0 {
			t.Fatalf("cut to %d bytes, the place is taken", n)
		}
		if _, err := l.Reserve(rand.Reader, "y", "", start); err != nil {
			t.Fatal(err)
		}
		l.Close()
		if again, err := ledger.Read(name); err != nil || again.Taken() != 1 || again.Events[0].Label != "y" {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, taken := l.At(p.Index); !taken {
		t.Error("the place is lost")
	}
}

func TestNotALedger(t *testing.T) {
	head := `{"format":"assay.status-ledger/v1","created":"2026-10-01T09:00:00Z","list":"https://a.example/s","issuer":"a.example","size":64}` + "\n"
	taken := `{"time":"2026-10-01T09:00:00Z","index":3,"label":"x"}` + "\n"
	for name, text := range map[string]string{
		"empty": "", "no line": head[:50], "something else": "hello\n", "another format": strings.Replace(head, "v1", "v2", 1),
		"no size": strings.Replace(head, "64", "0", 1), "a size of 63": strings.Replace(head, "64", "63", 1), "a huge size": strings.Replace(head, "64", "6400000000", 1),
		"an address over http": strings.Replace(head, "https", "http", 1), "no issuer": strings.Replace(head, `"issuer":"a.example",`, "", 1),
		"a place twice": head + taken + taken, "a place outside": head + strings.Replace(taken, "3", "64", 1), "an unknown member": head + strings.Replace(taken, "label", "lable", 1),
		"a change of what nobody has": head + `{"time":"2026-10-01T09:00:00Z","index":3,"set":"revoked"}` + "\n",
		"an unknown status":           head + taken + `{"time":"2026-10-01T09:00:00Z","index":3,"set":"fine"}` + "\n",
		"time that runs back":         head + strings.Replace(taken, "2026", "2025", 1), "a long line": head + strings.Repeat("x", 1<<17),
	} {
		file := filepath.Join(t.TempDir(), "l")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.Read(file); !errors.Is(err, ledger.ErrNotLedger) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ledger.Read(t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
}

func FuzzRead(f *testing.F) {
	head := `{"format":"assay.status-ledger/v1","created":"2026-10-01T09:00:00Z","list":"https://a.example/s","issuer":"a.example","size":64}` + "\n"
	f.Add([]byte(head + `{"time":"2026-10-01T09:00:00Z","index":3,"label":"x"}` + "\n" + `{"time":"2026-10-01T09:00:00Z","index":3,"set":"revoked"}` + "\n"))
	f.Add([]byte(head))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(t.TempDir(), "l")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := ledger.Read(file)
		if err != nil {
			return
		}
		_, _ = l.Sign(labeltest.Key(), time.Hour, 0, time.Now()) // no panic, whatever was read
	})
}

// Many places at once: each label has one, also when half of them are asked for
// again after the program was killed.
func TestReserveAll(t *testing.T) {
	name := create(t, 4096)
	l := open(t, name)
	var numbers []string
	for i := range 3000 {
		numbers = append(numbers, fmt.Sprintf("label/%d", i))
	}
	first, err := l.ReserveAll(rand.Reader, numbers[:1000], "", start)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, whole[:len(whole)-7], 0o600); err != nil { // half a line of the last
		t.Fatal(err)
	}
	l = open(t, name)
	all, err := l.ReserveAll(rand.Reader, numbers, "", start)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for i, p := range all {
		if i < 999 && *p != *first[i] {
			t.Fatalf("%s had %d, and has %d", numbers[i], first[i].Index, p.Index)
		}
		seen[p.Index] = true
	}
	if len(seen) != 3000 || l.Taken() != 3000 {
		t.Errorf("%d places, %d taken", len(seen), l.Taken())
	}
	l.Close()
	if again, err := open(t, name).ReserveAll(rand.Reader, numbers[:5], "", start); err != nil || *again[4] != *all[4] {
		t.Errorf("again: %v", err)
	}
	if _, err := open(t, create(t, 4)).ReserveAll(rand.Reader, numbers[:5], "", start); !errors.Is(err, ledger.ErrFull) || !strings.Contains(err.Error(), "4 are free of 4, and 5 are wanted") {
		t.Errorf("five of four: %v", err)
	}
}
