package log_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/assay-iot/assay/labels/log"
)

var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func verifier(origin string) string {
	return log.VerifierKey(key.Public().(ed25519.PublicKey), origin)
}

// proof is one of a log with one entry, whose text can be changed.
func proof(t testing.TB, digest [32]byte, origin, text string) *log.Proof {
	t.Helper()
	signer, err := log.Signer(key, origin)
	if err != nil {
		t.Fatal(err)
	}
	if text == "" {
		text = fmt.Sprintf("%s\n1\n%s\n", origin, tlog.RecordHash(digest[:]))
	}
	checkpoint, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return &log.Proof{Checkpoint: checkpoint}
}

func TestVerify(t *testing.T) {
	digest := sha256.Sum256([]byte("statement"))
	root := tlog.RecordHash(digest[:]).String()
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"good":                     {"", nil},
		"an extension line":        {"a.example/log\n1\n" + root + "\nmore\n", nil},
		"of another origin":        {"b.example/log\n1\n" + root + "\n", log.ErrFormat},
		"no size":                  {"a.example/log\nmany\n" + root + "\n", log.ErrFormat},
		"a negative size":          {"a.example/log\n-1\n" + root + "\n", log.ErrFormat},
		"an empty log":             {"a.example/log\n0\n" + root + "\n", log.ErrNoEntry},
		"a larger log than proved": {"a.example/log\n9\n" + root + "\n", log.ErrNoEntry},
		"another root":             {"a.example/log\n1\n" + tlog.RecordHash([]byte("x")).String() + "\n", log.ErrNoEntry},
		"no root":                  {"a.example/log\n1\nroot\n", log.ErrFormat},
	} {
		_, err := proof(t, digest, "a.example/log", c.text).Verify(digest, verifier("a.example/log"))
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := proof(t, digest, "a.example/log", "").Verify(digest, "a.example/log+00000000+AAAA"); err == nil {
		t.Error("a key that is none: no error")
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(proof(t, [32]byte{}, "a.example/log", "").Marshal())
	for name, text := range map[string]string{
		"empty":            "",
		"another version":  strings.Replace(good, "@v1", "@v2", 1),
		"no index":         strings.Replace(good, "index 0\n", "", 1),
		"a leading zero":   strings.Replace(good, "index 0", "index 00", 1),
		"a negative index": strings.Replace(good, "index 0", "index -1", 1),
		"a huge index":     strings.Replace(good, "index 0", "index 99999999999999999999", 1),
		"not a hash":       strings.Replace(good, "index 0\n", "index 0\nabc\n", 1),
		"too many hashes":  strings.Replace(good, "index 0\n", "index 0\n"+strings.Repeat(tlog.Hash{}.String()+"\n", 64), 1),
		"extra not base64": strings.Replace(good, "index", "extra ***\nindex", 1),
		"carriage returns": strings.ReplaceAll(good, "\n", "\r\n"),
		"too long":         good + strings.Repeat("x", log.MaxProof),
	} {
		if _, err := log.Parse([]byte(text)); !errors.Is(err, log.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	with := strings.Replace(good, "index", "extra YWJj\nindex", 1)
	if p, err := log.Parse([]byte(with)); err != nil || string(p.Extra) != "abc" {
		t.Errorf("extra data: %v", err)
	}
}

func TestSignerRefuses(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Signer(other, "a.example/log"); err == nil {
		t.Error("a P-256 key: no error")
	}
	for _, origin := range []string{"", "two words", "a+b", "line\nbreak"} {
		if _, err := log.Signer(key, origin); err == nil {
			t.Errorf("origin %q: no error", origin)
		}
	}
}

func FuzzParse(f *testing.F) {
	good := proof(f, [32]byte{}, "a.example/log", "")
	f.Add(good.Marshal())
	good.Extra, good.Hashes = []byte("abc"), make([]tlog.Hash, 3)
	f.Add(good.Marshal())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := log.Parse(data)
		if err != nil {
			return
		}
		if !bytes.Equal(p.Marshal(), data) {
			t.Error("a text has two forms")
		}
		_, _ = p.Verify([32]byte{}, verifier("a.example/log"))
	})
}
