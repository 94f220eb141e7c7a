package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels/log"
	"github.com/assay-iot/assay/labels/log/folder"
	"github.com/assay-iot/assay/labels/status/ledger"
	"github.com/assay-iot/assay/labels/verify"
)

// assessments writes n assessments, each of another product, that earn a label:
// those of an example, under other names.
func assessments(t testing.TB, dir string, n int) {
	t.Helper()
	root, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	made, err := exec.Command("assay", "check", filepath.Join(root, "hearth-hub"), "--format", "json", "--as-of", today.AddDate(0, 0, -2).Format(time.DateOnly)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var a assay.Assessment
	if err := json.Unmarshal(made, &a); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		a.Product.ID = fmt.Sprintf("aurora-cam-%d", i)
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("cam-%04d.json", i)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// body is an issuer with keys, a status list and a log, in a folder of its own.
type body struct {
	t   testing.TB
	dir string
}

func newBody(t testing.TB) body {
	b := body{t, t.TempDir()}
	if err := os.WriteFile(filepath.Join(b.dir, "pass"), []byte("correct horse battery staple"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.assay("issuer", "keys", "generate", "--out", "issuer", "--passphrase-file", "pass")
	b.assay("issuer", "keys", "generate", "--algorithm", "ed25519", "--out", "log", "--passphrase-file", "pass")
	b.assay("issuer", "log", "new", "log", "--origin", "body.example/log", "--key", "log.key", "--passphrase-file", "pass")
	b.assay("issuer", "status", "new", "2026.ledger", "--list", "https://body.example/status/2026", "--address", "https://body.example/labels")
	return b
}

func (b body) in(name string) string { return filepath.Join(b.dir, name) }

func (b body) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	c, said := exec.Command("assay", args...), new(bytes.Buffer)
	c.Dir, c.Stdout, c.Stderr = b.dir, said, said
	c.Env = append(os.Environ(), "NO_COLOR=1", "CHUNK=16")
	return c, said
}

func (b body) assay(args ...string) string {
	b.t.Helper()
	c, said := b.command(args...)
	if err := c.Run(); err != nil {
		b.t.Fatalf("assay %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said.String()
}

var batchArgs = []string{
	"label", "--batch", "in", "--key", "issuer.key", "--passphrase-file", "pass", "--issuer", "Example Body", "--address", "https://body.example/labels",
	"--status", "2026.ledger", "--log", "log", "--log-key", "log.key", "--log-passphrase-file", "pass", "--out", "out",
}

// TestBatchKilled kills a batch at random moments, again and again. In the end
// there is each label once, with a place of its own in the status list and in the
// log, and every one verifies.
func TestBatchKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a process to be killed")
	}
	const n, kills = 120, 10
	b := newBody(t)
	assessments(t, b.in("in"), n)
	killed, finished := 0, false
	for range kills {
		before := b.state()
		c, said := b.command(batchArgs...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		killWhenMoving(c, b, before)
		if err := c.Wait(); err == nil {
			finished = true
			break
		} else if c.ProcessState.ExitCode() >= 0 {
			t.Fatalf("%v\n%s", err, said)
		}
		killed++
	}
	t.Logf("killed %d times, %d of %d labels were there", killed, published(t, b), n)
	if killed < 2 {
		t.Errorf("killed %d times only", killed)
	}
	said := b.assay(batchArgs...)
	if want := fmt.Sprintf("%d labels in out", n); !strings.Contains(said, want) {
		t.Errorf("no %q in %s (finished before: %t)", want, said, finished)
	}
	b.eachOnce(n)
}

// killWhenMoving sends SIGKILL a random while after the process has begun to
// change something: while it takes places, signs, appends to the log, or publishes.
func killWhenMoving(c *exec.Cmd, b body, before string) {
	for end := time.Now().Add(time.Minute); b.state() == before && time.Now().Before(end); {
		time.Sleep(2 * time.Millisecond)
	}
	time.Sleep(time.Duration(rand.Int64N(int64(time.Second))))
	_ = c.Process.Kill() // it may have ended
}

// state is what a batch has reached.
func (b body) state() string {
	l, err := ledger.Read(b.in("2026.ledger"))
	if err != nil {
		return err.Error()
	}
	checkpoint, _ := os.ReadFile(b.in("log/checkpoint"))
	return fmt.Sprint(l.Taken(), published(b.t, b), string(checkpoint))
}

func published(t testing.TB, b body) int {
	t.Helper()
	there, err := filepath.Glob(b.in("out/*/label.sigstore.json"))
	if err != nil {
		t.Fatal(err)
	}
	return len(there)
}

// eachOnce holds what was issued against what was to be.
func (b body) eachOnce(n int) {
	t := b.t
	t.Helper()
	b.assay("issuer", "status", "sign", "2026.ledger", "--key", "issuer.key", "--passphrase-file", "pass", "--out", "good.status")
	b.assay("issuer", "log", "check", "log")
	list := read(t, b.in("good.status"))
	key, err := verify.ParseKey(read(t, b.in("issuer.pub")))
	if err != nil {
		t.Fatal(err)
	}
	logKey, err := folder.Key(b.in("log"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(b.in("out"))
	if err != nil {
		t.Fatal(err)
	}
	products, ids, places, entries := map[string]bool{}, map[string]bool{}, map[int]bool{}, map[int64]bool{}
	for _, f := range files {
		if f.Name() == batchFile {
			continue
		}
		label := read(t, filepath.Join(b.in("out"), f.Name(), "label.sigstore.json"))
		proof := read(t, filepath.Join(b.in("out"), f.Name(), "label.tlog-proof"))
		r, err := verify.Bundle(label, []verify.Key{key}, verify.Options{
			AsOf: today.Format(time.DateOnly), Now: today.Add(time.Minute), Proofs: [][]byte{proof}, Logs: []string{logKey}, Proven: true,
			Status: func(string) ([][]byte, error) { return [][]byte{list}, nil },
		})
		if err != nil || r.Status != verify.Valid {
			t.Fatalf("%s: %+v, %v", f.Name(), r, err)
		}
		products[r.Label.Product.ID], ids[r.Label.ID], places[r.Label.Status.Index], entries[r.Logs[0].Index] = true, true, true, true
	}
	for what, got := range map[string]int{
		"labels": len(files) - 1, "products": len(products), "numbers": len(ids), "places": len(places), "entries": len(entries), "verified": published(t, b),
	} {
		if got != n {
			t.Errorf("%d different %s, want %d", got, what, n)
		}
	}
	l, err := ledger.Read(b.in("2026.ledger"))
	if err != nil || l.Taken() != n {
		t.Errorf("%d places taken, want %d: %v", l.Taken(), n, err)
	}
	kept, err := folder.Open(b.in("log"), logKey)
	if err != nil {
		t.Fatal(err)
	}
	all, err := kept.Entries(t.Context())
	if err != nil || len(all) != n || len(slices.CompactFunc(slices.SortedFunc(slices.Values(all), compareDigests), sameDigest)) != n {
		t.Errorf("the log holds %d entries, want %d, each once: %v", len(all), n, err)
	}
	if log.Name(logKey) != "body.example/log" {
		t.Error(logKey)
	}
}

func compareDigests(a, b folder.Digest) int { return bytes.Compare(a[:], b[:]) }

func sameDigest(a, b folder.Digest) bool { return a == b }

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Two runs at once: the second waits for nothing and spoils nothing.
func TestBatchTwice(t *testing.T) {
	b := newBody(t)
	assessments(t, b.in("in"), 40)
	first, said := b.command(batchArgs...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(b.in("out/" + batchFile)); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	second, says := b.command(batchArgs...)
	err := second.Run()
	if code := second.ProcessState.ExitCode(); err != nil && (code != exitInput || !strings.Contains(says.String(), "another program writes labels")) {
		t.Errorf("the second: %v\n%s", err, says)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first: %v\n%s", err, said)
	}
	b.eachOnce(40)
}

// A bar on a terminal, lines now and then elsewhere.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	at := time.Unix(0, 0)
	g := &progress{out: &b, what: "labels", total: 200, started: at, lastLine: at}
	g.atTime(10, at.Add(time.Second))
	if b.Len() > 0 {
		t.Errorf("after a second: %q", b.String())
	}
	g.atTime(100, at.Add(10*time.Second))
	if want := "100 of 200 labels, 10 a second, 10s left\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	g.bar, g.before = true, 100
	g.atTime(150, at.Add(5*time.Second))
	g.atTime(200, at.Add(10*time.Second))
	want := "\r\x1b[K[" + strings.Repeat("=", 22) + strings.Repeat(" ", 8) + "] 150 of 200 labels, 10 a second, 5s left" +
		"\r\x1b[K[" + strings.Repeat("=", 30) + "] 200 of 200 labels, 10 a second, 0s left\n"
	if b.String() != want {
		t.Errorf("%q\nwant %q", b.String(), want)
	}
}

// FuzzBatchList: a list is read or refused, and what is read are folders' names.
func FuzzBatchList(f *testing.F) {
	f.Add([]byte("assessment,name,valid_until\na.json,a,2027-01-01\n"))
	f.Add([]byte("name,assessment\n\"x\ny\",b\n"))
	f.Add([]byte("\xef\xbb\xbfassessment\r\n../../a.sigstore.json\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		orders, err := csvBatch(data, "lists")
		if err != nil || checkOrders(orders) != nil {
			return
		}
		for _, o := range orders {
			if filepath.Base(o.name) != o.name || strings.HasPrefix(o.name, ".") || o.assessment == "" {
				t.Errorf("%+v", o)
			}
		}
	})
}

// BenchmarkBatch gives the labels of a batch in a second, with a status list and a
// log, without pictures.
func BenchmarkBatch(b *testing.B) {
	const n = 512
	issuer := newBody(b)
	assessments(b, issuer.in("in"), n)
	b.Chdir(issuer.dir)
	for i := 0; b.Loop(); i++ {
		var said bytes.Buffer
		args := append(slices.Clone(batchArgs[:len(batchArgs)-1]), fmt.Sprintf("out-%d", i))
		if code := run(b.Context(), env{args: args, out: &said, err: &said, getenv: os.Getenv, now: today}); code != exitYes {
			b.Fatal(said.String())
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "labels/s")
}
