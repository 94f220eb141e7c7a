package knownkeys

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ulikunitz/xz"

	"github.com/assay-iot/assay/checks/facts/keys"
)

var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// numbered gives the numbers of so many keys, sorted.
func numbered(n int) []string {
	all := make([]string, n)
	for i := range all {
		sum := sha256.Sum256(fmt.Append(nil, i))
		all[i] = hex.EncodeToString(sum[:keys.NumberSize])
	}
	slices.Sort(all)
	return all
}

// blocklist is that of keys, each of the collection 5, or of 9 if its number begins
// with an f.
func blocklist(numbers []string) []byte {
	var b bytes.Buffer
	for _, n := range numbers {
		raw, _ := hex.DecodeString(n)
		b.Write(append(raw, map[bool]byte{true: 9, false: 5}[n[0] == 'f']))
	}
	return b.Bytes()
}

func places(numbers []string) []byte {
	var b bytes.Buffer
	for i, n := range numbers {
		fmt.Fprintf(&b, "%s;%skey-%d.key\n", n[:shortNumber], strings.Repeat("folder/", i%40), i)
	}
	return b.Bytes()
}

func digest(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

// published writes a folder as badkeys publishes it; a change is made to the text
// of badkeysdata.json.
func published(t testing.TB, list, lookup []byte, change func(string) string) string {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`{"bkformat": 0, "date": "2025-03-04", "blocklist_sha256": "%s", "lookup_sha256": "%s", "blocklists": [
		{"id": 5, "name": "firmware", "type": "github", "repo": "SecurityFail/kompromat", "path": "master/src/firmware"}]}`, digest(list), digest(lookup))
	if change != nil {
		text = change(text)
	}
	put(t, dir, badkeysMeta, []byte(text))
	put(t, dir, badkeysList, list)
	if lookup != nil {
		put(t, dir, badkeysPlaces, lookup)
	}
	return dir
}

func put(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func opened(t testing.TB, dir string) *List {
	t.Helper()
	l, err := Open(dir)
	if err != nil || l == nil {
		t.Fatalf("%v, %v", l, err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestImport(t *testing.T) {
	numbers := numbered(3000)
	source, out := published(t, blocklist(numbers), places(numbers), nil), filepath.Join(t.TempDir(), "data")
	h, err := Import(t.Context(), source, out, today)
	if err != nil || h.Entries != 3000 || h.Date != "2025-03-04" || string(h.Digest) != "sha256:"+digest(blocklist(numbers)) {
		t.Fatalf("%+v, %v", h, err)
	}
	l := opened(t, out)
	if err := l.Verify(); err != nil {
		t.Error(err)
	}
	for i, n := range numbers {
		want := Collection{5, "firmware", "https://github.com/SecurityFail/kompromat/blob/master/src/firmware"}
		if n[0] == 'f' {
			want = Collection{ID: 9, Name: "collection 9"}
		}
		c, place, found, err := l.Find(n)
		if !found || err != nil || c != want || !strings.HasSuffix(place, fmt.Sprintf("key-%d.key", i)) {
			t.Fatalf("%s: %+v at %q, %v, %v", n, c, place, found, err)
		}
		other := n[:29] + map[bool]string{true: "0", false: "1"}[n[29] == '1']
		if _, _, found, _ := l.Find(other); found && !slices.Contains(numbers, other) {
			t.Fatalf("%s is found", other)
		}
	}
	for _, none := range []string{"", "00", strings.Repeat("0", 30), strings.Repeat("f", 30), "no number at all, but thirty."} {
		if _, place, found, err := l.Find(none); found || err != nil || place != "" {
			t.Errorf("%q: %v, %v", none, found, err)
		}
	}
}

// TestPacked has the files as they are published, and a list alone.
func TestPacked(t *testing.T) {
	numbers := numbered(100)
	list, lookup := blocklist(numbers), places(numbers)
	source, out := published(t, list, nil, nil), t.TempDir()
	if err := os.Remove(filepath.Join(source, badkeysList)); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(source, badkeysMeta))
	put(t, source, badkeysMeta, bytes.Replace(text, []byte(digest(nil)), []byte(digest(lookup)), 1))
	for name, b := range map[string][]byte{badkeysList: list, badkeysPlaces: lookup} {
		var z bytes.Buffer
		w, err := xz.NewWriter(&z)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(b)
		_ = w.Close()
		put(t, source, name+packed, z.Bytes())
	}
	if h, err := Import(t.Context(), source, out, today); err != nil || h.Entries != 100 {
		t.Fatalf("%+v, %v", h, err)
	}
	if _, place, found, _ := opened(t, out).Find(numbers[50]); !found || place == "" {
		t.Error("not found")
	}
	alone := t.TempDir()
	put(t, alone, "list", list)
	h, err := Import(t.Context(), filepath.Join(alone, "list"), out, today)
	if err != nil || h.Date != "2026-06-01" {
		t.Fatalf("%+v, %v", h, err)
	}
	if _, place, found, _ := opened(t, out).Find(numbers[50]); !found || place != "" {
		t.Errorf("the places of another list are left: %q", place)
	}
}

func TestBadSources(t *testing.T) {
	numbers := numbered(100)
	list, lookup := blocklist(numbers), places(numbers)
	swapped := slices.Concat(list[:16], list[32:48], list[16:32], list[48:])
	same := func(from, to string) func(string) string {
		return func(s string) string { return strings.Replace(s, from, to, 1) }
	}
	lines := strings.SplitAfter(string(lookup), "\n")
	for name, c := range map[string]struct {
		list, lookup []byte
		change       func(string) string
		want         string
	}{
		"another digest":        {list, lookup, same(digest(list), digest(lookup)), "its digest is not"},
		"another lookup":        {list, lookup, same(digest(lookup), digest(list)), "its digest is not"},
		"not in order":          {swapped, lookup, nil, "entry 2 is not in order"},
		"twice":                 {slices.Concat(list[:16], list), lookup, nil, "entry 1 is not in order"},
		"half an entry":         {list[:100], lookup, nil, "does not end with an entry"},
		"empty":                 {nil, lookup, nil, "does not end with an entry"},
		"another format":        {list, lookup, same(`"bkformat": 0`, `"bkformat": 1`), "format 1 is not known"},
		"no JSON":               {list, lookup, func(string) string { return "{" }, "unexpected end"},
		"large":                 {list, lookup, func(s string) string { return s + strings.Repeat(" ", maxMeta) }, "more than"},
		"no date":               {list, lookup, same("2025-03-04", "today"), "is no date"},
		"a collection too high": {list, lookup, same(`"id": 5`, `"id": 256`), "collection 256"},
		"lines not in order":    {list, []byte(lines[1] + lines[0]), nil, "line 2 is not in order"},
		"a line of noise":       {list, []byte("noise\n"), nil, "line 1 is no number"},
		"a long line":           {list, append([]byte(numbers[0][:16]+";"), bytes.Repeat([]byte("a"), 2000)...), nil, "too long"},
		"no last line":          {list, []byte(strings.TrimSpace(lines[0])), nil, "has no end"},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			_, err := Import(t.Context(), published(t, c.list, c.lookup, c.change), out, today)
			if !errors.Is(err, ErrSource) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(out, ".new*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	for _, source := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if _, err := Import(t.Context(), source, t.TempDir(), today); err == nil {
			t.Errorf("%s: imported", source)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Import(stopped, published(t, list, lookup, nil), t.TempDir(), today); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// TestChanged has lists that are not as they were made.
func TestChanged(t *testing.T) {
	numbers := numbered(100)
	out := t.TempDir()
	if _, err := Import(t.Context(), published(t, blocklist(numbers), nil, func(s string) string { return strings.Replace(s, digest(nil), "", 1) }), out, today); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(out, File))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"cut": good[:len(good)-16], "longer": append(bytes.Clone(good), 0), "no head": good[:100], "empty": nil,
		"another magic": append([]byte("x"), good[1:]...), "no JSON": append([]byte(magic+"x"), good[len(magic)+1:]...),
	} {
		put(t, out, File, bad)
		if l, err := Open(out); !errors.Is(err, ErrNotList) {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
	changed := bytes.Clone(good)
	changed[headSize+50*16+15] ^= 1
	put(t, out, File, changed)
	if err := opened(t, out).Verify(); !errors.Is(err, ErrNotList) {
		t.Errorf("a changed collection: %v", err)
	}
	if l, err := Open(t.TempDir()); l != nil || err != nil {
		t.Errorf("no list: %v, %v", l, err)
	}
	if err := (*List)(nil).Close(); err != nil {
		t.Error(err)
	}
}

// TestNumbers computes the numbers of keys as badkeys describes them.
func TestNumbers(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	want := func(number *big.Int) string { return digest(number.Bytes())[:30] }
	check := func(name string, key any, number *big.Int) {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if got := keys.Number(der); got != want(number) {
			t.Errorf("%s: %q, want %q", name, got, want(number))
		}
	}
	check("RSA", r.Public(), r.N)
	check("Ed25519", public, new(big.Int).SetBytes(public))
	for range 600 { // some of them have an x that begins with a zero
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		point, err := k.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		check("P-256", k.Public(), new(big.Int).SetBytes(point[1:33]))
	}
	if got := keys.Number([]byte("no key")); got != "" {
		t.Errorf("no key: %q", got)
	}
}

func TestStored(t *testing.T) {
	l := &List{}
	if err := json.Unmarshal([]byte(`{"date": "2025-01-01", "keys": {"000102030405060708090a0b0c0d0e": 5}}`), l); err != nil {
		t.Fatal(err)
	}
	if c, _, found, err := l.Find("000102030405060708090a0b0c0d0e"); !found || err != nil || c.Name != "collection 5" {
		t.Errorf("%+v, %v, %v", c, found, err)
	}
	text, err := json.Marshal(l)
	if err != nil || strings.Contains(string(text), "0001") {
		t.Errorf("%s, %v", text, err)
	}
	if json.Unmarshal([]byte(`{"keys": {"00": 5}}`), l) == nil {
		t.Error("a number of one byte")
	}
}

// FuzzOpen opens, verifies and searches whatever stands in the two files.
func FuzzOpen(f *testing.F) {
	numbers := numbered(20)
	head := fmt.Sprintf(`{"date":"2025-01-01","entries":20,"digest":"sha256:%s","collections":[]}`, digest(blocklist(numbers)))
	f.Add([]byte(head), blocklist(numbers), places(numbers))
	f.Add([]byte(head), []byte{}, []byte("\n\n"))
	f.Fuzz(func(t *testing.T, head, entries, lines []byte) {
		if len(head) > headSize-len(magic) || len(lines) > 1<<16 {
			return
		}
		dir := t.TempDir()
		put(t, dir, File, slices.Concat([]byte(magic), head, bytes.Repeat([]byte(" "), headSize-len(magic)-len(head)), entries))
		put(t, dir, PlaceFile, lines)
		l, err := Open(dir)
		if err != nil {
			return
		}
		defer l.Close()
		_ = l.Verify()
		for _, n := range numbers {
			_, _, _, _ = l.Find(n)
		}
	})
}

// FuzzImport imports whatever stands in the three files.
func FuzzImport(f *testing.F) {
	numbers := numbered(20)
	f.Add([]byte(`{"bkformat":0,"date":"2025-01-01","blocklists":[{"id":5,"name":"firmware","type":"github"}]}`), blocklist(numbers), places(numbers))
	f.Add([]byte(`{}`), blocklist(numbers), []byte(nil))
	f.Fuzz(func(t *testing.T, meta, list, lines []byte) {
		source, out := t.TempDir(), t.TempDir()
		put(t, source, badkeysMeta, meta)
		put(t, source, badkeysList, list)
		put(t, source, badkeysPlaces, lines)
		h, err := Import(t.Context(), source, out, today)
		if err != nil {
			return
		}
		l, err := Open(out)
		if err != nil || l.Entries != h.Entries {
			t.Fatalf("imported, and not opened: %v", err)
		}
		defer l.Close()
		if err := l.Verify(); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	numbers := numbered(200_000)
	out := b.TempDir()
	source := published(b, blocklist(numbers), places(numbers), nil)
	if _, err := Import(b.Context(), source, out, today); err != nil {
		b.Fatal(err)
	}
	l := opened(b, out)
	for i := 0; b.Loop(); i++ {
		if _, _, found, err := l.Find(numbers[i%len(numbers)]); !found || err != nil {
			b.Fatal(err)
		}
	}
}
