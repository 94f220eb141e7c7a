package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/labeltest/authority"
	"github.com/assay-iot/assay/labels/page"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
)

// policyKey is a key block of a policy.
func policyKey(name, file, from, until string) string {
	return fmt.Sprintf("  key %q {\n    public_key = file(%q)\n    not_before = \"%sT00:00:00Z\"\n    not_after  = \"%sT00:00:00Z\"\n  }\n", name, file, from, until)
}

// policyIssuer is an issuer block: its attributes as they stand there, its keys, and
// how many timestamps are demanded.
func policyIssuer(id, attributes, keys string, timestamps int) string {
	return fmt.Sprintf(`issuer %q {
  schemes = ["platform-statement", "uk-psti"]
  %s
%s  require {
    timestamp      = %d
    log            = 0
    status_max_age = "none"
  }
}
`, id, attributes, keys, timestamps)
}

func pagePolicy() string {
	of := func(file string) string { return policyKey("a", file, "2026-01-01", "2029-01-01") }
	return policyIssuer("acme", `display = "Acme Devices GmbH"
  address       = "https://labels.acme.example/l"
  max_level     = 2
  gtin_prefixes = ["09506000"]`,
		policyKey("now", "now.pub", "2026-01-01", "2029-01-01")+policyKey("next", "next.pub", "2026-11-01", "2030-01-01")+policyKey("old", "old.pub", "2024-01-01", "2026-11-01"), 0) +
		policyIssuer("every", `display = "Every Product Body"
  address       = "https://every.example/"
  gtin_prefixes = ["*"]`, of("every.pub"), 0) +
		policyIssuer("nowhere", `display = "Body without an Address"
  gtin_prefixes = ["*"]`, of("nowhere.pub"), 0) +
		policyIssuer("strict", `display = "Strict Body"
  address       = "https://strict.example/"
  gtin_prefixes = ["*"]`, of("strict.pub"), 1) + `timestamp_authority "example" {
  certificates = file("tsa.pem")
  not_before   = "2026-01-01T00:00:00Z"
  not_after    = "2029-01-01T00:00:00Z"
}
`
}

// pageLab is a policy with its keys, and the page that is built of it.
type pageLab struct {
	keys   map[string]crypto.Signer
	policy *trust.Policy
	html   []byte
	notes  string
}

func newPageLab(t *testing.T) *pageLab {
	t.Helper()
	dir := t.TempDir()
	l := &pageLab{keys: map[string]crypto.Signer{}}
	for _, name := range []string{"now", "next", "old", "every", "nowhere", "strict", "stranger"} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		pub, err := sign.PublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		l.keys[name] = key
		write(t, filepath.Join(dir, name+".pub"), pub)
	}
	write(t, filepath.Join(dir, "trust.hcl"), []byte(pagePolicy()))
	write(t, filepath.Join(dir, "tsa.pem"), tsaPEM(t))
	file := filepath.Join(dir, "trust.hcl")
	policy, diags := trust.Load(file)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	l.policy = policy
	var out, errs bytes.Buffer
	code := run(t.Context(), env{
		args: []string{"issuer", "page", "--trust", file, "--out", filepath.Join(dir, "verify.html")},
		in:   strings.NewReader(""), out: &out, err: &errs, getenv: func(string) string { return "" }, now: today,
	})
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	html, err := os.ReadFile(filepath.Join(dir, "verify.html"))
	if err != nil {
		t.Fatal(err)
	}
	l.html, l.notes = html, errs.String()
	return l
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// code signs a label of an issuer's address, changed, and gives its QR code's
// text.
func (l *pageLab) code(t *testing.T, key, address string, change func(*labels.Label)) string {
	t.Helper()
	s := labeltest.Statement(t)
	s.Predicate.Issuer.Address = address
	if !strings.Contains(address, "acme.example") {
		s.Predicate.Issuer.Standing = labels.Other
	}
	if change != nil {
		change(&s.Predicate)
	}
	short, err := compact.FromStatement(s, l.keys[key].Public())
	if err != nil {
		t.Fatal(err)
	}
	message, err := short.Sign(l.keys[key])
	if err != nil {
		t.Fatal(err)
	}
	text, err := compact.Code(&s.Predicate, message)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const acmeList = "https://labels.acme.example/status/1"

func listed(l *labels.Label) { l.Status = &labels.Status{List: acmeList, Index: 7} }

func (l *pageLab) list(t *testing.T, key string, signed time.Time, value status.Value) []byte {
	t.Helper()
	n := status.New{Address: acmeList, Issuer: "labels.acme.example", Size: 1024, Signed: signed, Life: 390 * 24 * time.Hour}
	if value != status.Valid {
		n.Changes = []status.Change{{Index: 7, Day: int(signed.Unix()/86400) - 1, Value: value}}
	}
	data, err := n.Sign(l.keys[key])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestPageOfPolicy holds the page of a trust policy against the Go verifier with
// the same policy, case by case.
func TestPageOfPolicy(t *testing.T) {
	l := newPageLab(t)
	const acme = "https://labels.acme.example/l"
	level := func(n int) func(*labels.Label) {
		return func(l *labels.Label) {
			l.Product.Maker.Name = "Maker Ltd"
			l.Schemes[0].Level, l.Issuer.Standing, l.Policy = n, labels.Authorised, assay.Digest("sha256:"+strings.Repeat("0", 64))
		}
	}
	at := func(s string) func(*labels.Label) {
		return func(l *labels.Label) { l.Status = &labels.Status{List: s, Index: 7} }
	}
	edition := func(s string) func(*labels.Label) { return func(l *labels.Label) { l.Schemes[0].Edition = s } }
	gtin := func(s string) func(*labels.Label) { return func(l *labels.Label) { l.Product.GTIN = s } }
	days := func(issued, until string) func(*labels.Label) {
		return func(l *labels.Label) { l.AsOf, l.Issued, l.ValidUntil = issued, issued, until }
	}
	noon := func(day string) time.Time {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		return d.Add(12 * time.Hour)
	}
	cases := []struct {
		name, text string
		list       []byte
		day        string // 2026-11-23 if empty
		page       string
		goes       verify.Status
		says       string // what the Go verifier says first
	}{
		{name: "valid", text: l.code(t, "now", acme, nil), page: "valid", goes: verify.Valid},
		{name: "level", text: l.code(t, "now", acme, level(2)), page: "valid", goes: verify.Valid},
		{name: "level too high", text: l.code(t, "now", acme, level(3)), page: "unentitled", goes: verify.NotAuthentic, says: "its highest is 2"},
		{name: "no level held", text: l.code(t, "every", "https://every.example/", level(1)), page: "unentitled", goes: verify.NotAuthentic, says: "its highest is 0"},
		{name: "scheme", text: l.code(t, "now", acme, func(l *labels.Label) { l.Schemes[1].ID, l.Schemes[1].Edition = "sg-cls", "2024" }), page: "unentitled", goes: verify.NotAuthentic, says: "for the scheme sg-cls"},
		{name: "product", text: l.code(t, "now", acme, gtin("04006381333931")), page: "unentitled", goes: verify.NotAuthentic, says: "for this product"},
		{name: "no GTIN", text: l.code(t, "now", acme, gtin("")), page: "unentitled", goes: verify.NotAuthentic, says: "for this product"},
		{name: "no GTIN, every product", text: l.code(t, "every", "https://every.example/", gtin("")), page: "valid", goes: verify.Valid},
		{name: "every product", text: l.code(t, "every", "https://every.example/", gtin("04006381333931")), page: "valid", goes: verify.Valid},
		{name: "another's address", text: l.code(t, "every", acme, nil), page: "forged", goes: verify.NotAuthentic, says: "speaks in the name of labels.acme.example"},
		{name: "unknown", text: l.code(t, "stranger", acme, nil), page: "unknown", goes: verify.NotAuthentic, says: "not signed with a key that you gave"},
		{name: "no address in the policy", text: l.code(t, "nowhere", "https://nowhere.example/", nil), page: "unknown", goes: verify.NotAuthentic, says: "no address"},
		{name: "a timestamp is demanded", text: l.code(t, "strict", "https://strict.example/", nil), page: "unknown", goes: verify.CannotTell, says: "cannot be told"},

		{name: "key is over today", text: l.code(t, "old", acme, nil), page: "unentitled", goes: verify.NotAuthentic, says: "no longer valid"},
		{name: "key was valid then", text: l.code(t, "old", acme, nil), day: "2026-10-20", page: "valid", goes: verify.Valid},
		{name: "last day of the key", text: l.code(t, "old", acme, nil), day: "2026-10-31", page: "valid", goes: verify.Valid},
		{name: "first day after it", text: l.code(t, "old", acme, nil), day: "2026-11-01", page: "unentitled", goes: verify.NotAuthentic, says: "no longer valid"},
		{name: "issued before the key", text: l.code(t, "next", acme, nil), page: "unentitled", goes: verify.NotAuthentic, says: "when its key was not valid"},
		{name: "issued after the key", text: l.code(t, "old", acme, days("2026-11-01", "2027-10-01")), page: "unentitled", goes: verify.NotAuthentic, says: "when its key was not valid"},
		{name: "issued on the key's first day", text: l.code(t, "next", acme, days("2026-11-01", "2027-10-01")), page: "valid", goes: verify.Valid},
		{name: "expired", text: l.code(t, "now", acme, nil), day: "2027-12-01", page: "expired", goes: verify.Expired},
		{name: "not yet", text: l.code(t, "now", acme, nil), day: "2026-09-01", page: "notyet", goes: verify.NotYetValid},

		{name: "listed", text: l.code(t, "now", acme, listed), list: l.list(t, "now", noon("2026-11-20"), status.Valid), page: "valid", goes: verify.Valid},
		{name: "list by the next key", text: l.code(t, "now", acme, listed), list: l.list(t, "next", noon("2026-11-20"), status.Valid), page: "valid", goes: verify.Valid},
		{name: "list by a key that is over", text: l.code(t, "now", acme, listed), list: l.list(t, "old", noon("2026-11-20"), status.Valid), page: "fresh", goes: verify.FreshnessUnknown},
		{name: "list dated back by a key that is over", text: l.code(t, "now", acme, listed), list: l.list(t, "old", noon("2026-10-20"), status.Valid), page: "fresh", goes: verify.FreshnessUnknown},
		{name: "list by a key that is not yet valid", text: l.code(t, "now", acme, listed), list: l.list(t, "next", noon("2026-10-20"), status.Valid), page: "fresh", goes: verify.FreshnessUnknown},
		{name: "list at another issuer's address", text: l.code(t, "now", acme, at("https://every.example/status/1")), page: "unentitled", goes: verify.NotAuthentic, says: "the address of Every Product Body"},
		{name: "list at nobody's address", text: l.code(t, "now", acme, at("https://lists.example/status/1")), page: "fresh", goes: verify.CannotTell},
		{name: "list at its own address with the port", text: l.code(t, "now", acme, at("https://labels.acme.example:443/status/1")), page: "fresh", goes: verify.FreshnessUnknown},
		{name: "an edition to come", text: l.code(t, "now", acme, edition("Version 4.1, May 2030")), page: "newer", goes: verify.CannotTell, says: "cannot be told"},
		{name: "list by another issuer", text: l.code(t, "now", acme, listed), list: l.list(t, "every", noon("2026-11-20"), status.Valid), page: "fresh", goes: verify.FreshnessUnknown},
		{name: "list by a stranger", text: l.code(t, "now", acme, listed), list: l.list(t, "stranger", noon("2026-11-20"), status.Revoked), page: "fresh", goes: verify.FreshnessUnknown},
		{name: "revoked", text: l.code(t, "now", acme, listed), list: l.list(t, "next", noon("2026-11-20"), status.Revoked), page: "revoked", goes: verify.Revoked},
		{name: "no list", text: l.code(t, "now", acme, listed), page: "fresh", goes: verify.FreshnessUnknown},
	}
	type ask struct {
		Text string
		List []byte
		Now  int64
	}
	var asks []ask
	for i := range cases {
		if cases[i].day == "" {
			cases[i].day = today.Format(time.DateOnly)
		}
		asks = append(asks, ask{cases[i].text, cases[i].list, noon(cases[i].day).Unix()})
	}
	known := regexp.MustCompile(`const TRUST=(\{.*\}),TEXTS=`).FindSubmatch(l.html)
	if known == nil {
		t.Fatal("the page holds no trust")
	}
	// A page tells a clock that stands before its date, and a policy has no date.
	undated := regexp.MustCompile(`"date":"[0-9-]*"`).ReplaceAllString(string(known[1]), `"date":"2026-01-01"`)
	var states []string
	labeltest.Node(t, string(page.Verifier()), `async ask => (await judge(ask.Text, `+undated+`, ask.Now, async () => ask.List && fromBase64(ask.List))).state`, asks, &states)
	for i, c := range cases {
		if states[i] != c.page {
			t.Errorf("%s: the page says %s, want %s", c.name, states[i], c.page)
		}
		r, err := verify.Compact([]byte(c.text), l.policy.Keys(), verify.Options{
			AsOf: c.day, Now: noon(c.day), Trust: l.policy,
			Status: func(string) ([][]byte, error) {
				if c.list == nil {
					return nil, fmt.Errorf("none")
				}
				return [][]byte{c.list}, nil
			},
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if r.Status != c.goes || !strings.Contains(r.Summary, c.says) {
			t.Errorf("%s: Go says %s, want %s and %q: %s", c.name, r.Status, c.goes, c.says, r.Summary)
		}
	}
	t.Logf("%d cases", len(cases))
	for _, want := range []string{`"name":"Acme Devices GmbH"`, `"name":"Every Product Body"`} {
		if !bytes.Contains(l.html, []byte(want)) {
			t.Errorf("the page does not hold %s", want)
		}
	}
	for _, note := range []string{"note: Body without an Address is left out: the policy says no address", "note: Strict Body is left out: the policy demands timestamps"} {
		if !strings.Contains(l.notes, note) {
			t.Errorf("nobody was told %q:\n%s", note, l.notes)
		}
	}
}

func tsaPEM(t *testing.T) []byte {
	return authority.New(t, today, verify.Identity{}).StampCertificates()
}
