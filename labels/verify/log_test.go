package verify_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/log"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/verify"
)

const logOrigin = "labels.acme.example/log"

// ruling is a trust policy that says the same of every label.
type ruling struct {
	verify.Ruling
	logs int
}

func (r ruling) Judge(_ *labels.Statement, by verify.Signer, _ string) verify.Ruling {
	if n := by.Logged + len(by.Proved); n < r.logs {
		r.Unlogged = fmt.Sprintf("the trust policy demands %d, and %d hold", r.logs, n)
	}
	return r.Ruling
}

func (r ruling) JudgeCompact(_ *compact.Label, by verify.Signer, day string) verify.Ruling {
	return r.Judge(nil, by, day)
}

func logKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func logName(seed byte, origin string) string {
	return log.VerifierKey(logKey(seed).Public().(ed25519.PublicKey), origin)
}

// proofOf is the proof of a log that holds two labels, this one first.
func proofOf(t testing.TB, digest assay.Digest, seed byte, origin string) []byte {
	t.Helper()
	entry, err := hex.DecodeString(digest.Hex())
	if err != nil {
		t.Fatal(err)
	}
	signer, err := log.Signer(logKey(seed), origin)
	if err != nil {
		t.Fatal(err)
	}
	other := tlog.RecordHash([]byte("another label"))
	checkpoint, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n2\n%s\n", origin, tlog.NodeHash(tlog.RecordHash(entry), other))}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return (&log.Proof{Hashes: []tlog.Hash{other}, Checkpoint: checkpoint}).Marshal()
}

// What stands in a log, what does not, and what a policy makes of it.
func TestLogProofs(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	s := labeltest.Statement(t)
	data := labeltest.Bundle(t, key, s)
	digest, err := s.Digest()
	if err != nil {
		t.Fatal(err)
	}
	good := proofOf(t, digest, 1, logOrigin)
	changed := bytes.Replace(good, []byte("\n\n"+logOrigin+"\n2\n"), []byte("\n\n"+logOrigin+"\n3\n"), 1)
	hash := bytes.Index(good, []byte("index 0\n")) + len("index 0\n")
	moved := bytes.Clone(good)
	if moved[hash]++; moved[hash] > 'Z' && moved[hash] < 'a' {
		moved[hash] = 'a'
	}
	for name, c := range map[string]struct {
		demanded int
		proofs   [][]byte
		want     verify.Status
		says     string
	}{
		"a proof":                        {1, [][]byte{good}, verify.Valid, logOrigin + " holds it, entry 0 of 2"},
		"none":                           {1, nil, verify.CannotTell, "Whether it counts is not known: the trust policy demands 1, and 0 hold"},
		"one of two":                     {2, [][]byte{good}, verify.CannotTell, "demands 2, and 1 hold"},
		"the same twice is one":          {2, [][]byte{good, good}, verify.CannotTell, "demands 2, and 1 hold"},
		"of two logs":                    {2, [][]byte{good, proofOf(t, digest, 3, "b.example/log")}, verify.Valid, "b.example/log holds it"},
		"of another label":               {1, [][]byte{proofOf(t, labeltest.Digest("x"), 1, logOrigin)}, verify.NotAuthentic, "does NOT count: the trust policy demands 1, and 0 hold, and the one beside the label does not count: it is the proof of another label, or was changed"},
		"of another log":                 {1, [][]byte{proofOf(t, digest, 1, "evil.example/log")}, verify.NotAuthentic, `it is a proof of the log "evil.example/log", whose key is not known`},
		"by an unknown key":              {1, [][]byte{proofOf(t, digest, 2, logOrigin)}, verify.NotAuthentic, `not signed with the key of the log "` + logOrigin + `"`},
		"a changed checkpoint":           {1, [][]byte{changed}, verify.NotAuthentic, "not signed with the key of the log"},
		"a changed hash":                 {1, [][]byte{moved}, verify.NotAuthentic, "the proof of another label, or was changed"},
		"not a proof":                    {1, [][]byte{[]byte("<html>")}, verify.NotAuthentic, "not a log proof"},
		"a huge one":                     {1, [][]byte{make([]byte, log.MaxProof+1)}, verify.NotAuthentic, "not a log proof"},
		"too many":                       {1, append(slicesOf([]byte("x"), verify.MaxProofs), good), verify.NotAuthentic, "not a log proof"},
		"undemanded":                     {0, [][]byte{good}, verify.Valid, "log proof"},
		"undemanded, of another label":   {0, [][]byte{proofOf(t, labeltest.Digest("x"), 1, logOrigin)}, verify.Valid, "The log proof beside the label does not count: it is the proof of another label"},
		"a good one makes up for it":     {1, [][]byte{[]byte("x"), good}, verify.Valid, "The log proof beside the label does not count: not a log proof"},
		"a good one, and one bad of two": {2, [][]byte{[]byte("x"), good}, verify.NotAuthentic, "not a log proof"},
	} {
		o := today()
		o.Trust, o.Proofs, o.Logs = ruling{logs: c.demanded}, c.proofs, []string{logName(1, logOrigin), logName(3, "b.example/log")}
		r := mustBundle(t, data, keys(t, key.Public()), o)
		var b bytes.Buffer
		if err := r.Text(&b); err != nil {
			t.Fatal(err)
		}
		if r.Status != c.want || !strings.Contains(b.String(), c.says) {
			t.Errorf("%s: %s, want %s and %q:\n%s", name, r.Status, c.want, c.says, b.String())
		}
	}
	// Whoever names proofs demands that all of them hold.
	for name, c := range map[string]struct {
		proofs [][]byte
		want   verify.Status
	}{
		"one":                                  {[][]byte{good}, verify.Valid},
		"none":                                 {nil, verify.CannotTell},
		"good, then bad":                       {[][]byte{good, changed}, verify.NotAuthentic},
		"bad, then good":                       {[][]byte{changed, good}, verify.NotAuthentic},
		"good, and of a log that is not known": {[][]byte{good, proofOf(t, digest, 1, "evil.example/log")}, verify.NotAuthentic},
	} {
		o := today()
		o.Proofs, o.Logs, o.Proven = c.proofs, []string{logName(1, logOrigin)}, true
		if r := mustBundle(t, data, keys(t, key.Public()), o); r.Status != c.want {
			t.Errorf("named: %s: %s, want %s: %s", name, r.Status, c.want, r.Summary)
		}
	}
	o := today()
	o.Proofs = [][]byte{good}
	r := mustBundle(t, data, keys(t, key.Public()), o)
	if r.Status != verify.Valid || len(r.Logs) != 1 || r.Logs[0].Checked || r.Logs[0].Holds || r.Logs[0].Origin != logOrigin {
		t.Errorf("a proof of which nobody knows the key: %+v", r.Logs)
	}
}

func slicesOf(b []byte, n int) (list [][]byte) {
	for range n {
		list = append(list, b)
	}
	return list
}

// No byte of a proof can be changed so that a label which must be logged is valid.
func TestLogProofBytes(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	s := labeltest.Statement(t)
	data := labeltest.Bundle(t, key, s)
	digest, _ := s.Digest()
	good := proofOf(t, digest, 1, logOrigin)
	o := today()
	o.Trust, o.Logs = ruling{logs: 1}, []string{logName(1, logOrigin)}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		o.Proofs = [][]byte{bad}
		if r := mustBundle(t, data, keys(t, key.Public()), o); r.Status != verify.NotAuthentic {
			t.Fatalf("byte %d: %s", i, r.Status)
		}
	}
}

// A list that is older than the policy takes is not fresh, though it has not ended.
func TestStatusMaxAge(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	data := labeltest.Bundle(t, key, listed(t))
	old := list(t)
	old.TTL, old.Life = 0, 30*24*time.Hour
	revoked := old
	revoked.Changes = []status.Change{{Index: 4711, Day: day(t, "2026-10-20"), Value: status.Revoked}}
	for name, c := range map[string]struct {
		list      []byte
		asOf, now string
		age       time.Duration
		want      verify.Status
		says      string
	}{
		"just young enough":      {signList(t, key, old), "2026-11-08", "2026-11-08T12", 7 * 24 * time.Hour, verify.Valid, ""},
		"too old":                {signList(t, key, old), "2026-11-08", "2026-11-08T13", 7 * 24 * time.Hour, verify.FreshnessUnknown, "one that is older than 7 days does not count"},
		"any age":                {signList(t, key, old), "2026-11-20", "2026-11-20T12", 0, verify.Valid, ""},
		"its own end is earlier": {signList(t, key, list(t)), "2026-11-05", "2026-11-05T12", 7 * 24 * time.Hour, verify.FreshnessUnknown, "it holds until"},
		"revoked, and too old":   {signList(t, key, revoked), "2026-11-20", "2026-11-20T12", 7 * 24 * time.Hour, verify.Revoked, ""},
		"for a day before it":    {signList(t, key, old), "2026-10-30", "2026-11-20T12", 7 * 24 * time.Hour, verify.Valid, ""},
	} {
		o := verify.Options{AsOf: c.asOf, Now: at(t, c.now), Status: given(c.list), Trust: ruling{Ruling: verify.Ruling{StatusMaxAge: c.age}}}
		r := mustBundle(t, data, keys(t, key.Public()), o)
		if r.Status != c.want || !strings.Contains(strings.Join(r.Reasons, " "), c.says) || (r.Status == verify.FreshnessUnknown) != (r.Status.ExitCode() == 4) {
			t.Errorf("%s: %s, want %s and %q: %v", name, r.Status, c.want, c.says, r.Reasons)
		}
	}
}
