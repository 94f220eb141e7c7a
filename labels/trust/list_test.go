package trust_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
)

func newList(t testing.TB, version int64) *trust.List {
	l := &trust.List{
		Format: trust.ListFormat, Version: version, Issued: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), Expires: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC),
		Threshold: 2, Policy: *parse(t, policy),
	}
	for n := range byte(3) {
		der, err := x509.MarshalPKIXPublicKey(seeded(100 + n).Public())
		if err != nil {
			t.Fatal(err)
		}
		l.Roots = append(l.Roots, der)
	}
	return l
}

func seal(t testing.TB, l *trust.List, roots ...byte) []byte {
	t.Helper()
	message, err := l.Message()
	if err != nil {
		t.Fatal(err)
	}
	var sigs [][]byte
	for _, n := range roots {
		sigs = append(sigs, ed25519.Sign(seeded(100+n), message))
	}
	data, err := l.Sealed(sigs...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func rootKeys(t testing.TB, numbers ...byte) []verify.Key {
	t.Helper()
	var keys []verify.Key
	for _, n := range numbers {
		k, err := verify.NewKey(seeded(100 + n).Public())
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	return keys
}

func TestUpdate(t *testing.T) {
	now, roots := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), rootKeys(t, 0, 1, 2)
	first, err := trust.Update(nil, roots, seal(t, newList(t, 3), 0, 1), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Policy.Keys()) != 1 || first.Policy.Keys()[0].ID == "" {
		t.Fatalf("keys %+v", first.Policy.Keys())
	}
	if _, err := trust.Update(first, nil, seal(t, newList(t, 3), 1, 2), now); err != nil {
		t.Errorf("the same list again: %v", err)
	}
	if l, err := trust.Update(first, nil, seal(t, newList(t, 4), 0, 2), now); err != nil || l.Version != 4 {
		t.Errorf("the next list: %v", err)
	}
	rotated := newList(t, 5)
	rotated.Roots = rotated.Roots[:2]
	for n := range byte(2) {
		der, err := x509.MarshalPKIXPublicKey(seeded(110 + n).Public())
		if err != nil {
			t.Fatal(err)
		}
		rotated.Roots[n] = der
	}
	changed := newList(t, 3)
	changed.Policy.Issuers[0].MaxLevel = 4
	two := newList(t, 3)
	two.Roots = [][]byte{two.Roots[0], two.Roots[0]}
	if _, err := two.Message(); err == nil {
		t.Error("a root key counts twice")
	}
	copied := append(rootKeys(t, 0), rootKeys(t, 0)...)
	if _, err := trust.Update(nil, copied, seal(t, newList(t, 3), 0, 1), now); !errors.Is(err, trust.ErrThreshold) {
		t.Errorf("one root given twice counts as two: %v", err)
	}
	alone := newList(t, 3)
	alone.Threshold = 1
	if _, err := alone.Message(); err == nil {
		t.Error("one root key is enough")
	}
	for name, c := range map[string]struct {
		installed *trust.List
		roots     []verify.Key
		data      []byte
		now       time.Time
		want      error
	}{
		"one signature":        {nil, roots, seal(t, newList(t, 3), 0), now, trust.ErrThreshold},
		"one signature, twice": {nil, roots, seal(t, newList(t, 3), 0, 0), now, trust.ErrThreshold},
		"one root given":       {nil, rootKeys(t, 0), seal(t, newList(t, 3), 0, 1), now, trust.ErrThreshold},
		"no root given":        {nil, nil, seal(t, newList(t, 3), 0, 1), now, trust.ErrThreshold},
		"strangers":            {nil, rootKeys(t, 7, 8), seal(t, newList(t, 3), 0, 1), now, trust.ErrThreshold},
		"rolled back":          {first, nil, seal(t, newList(t, 2), 0, 1), now, trust.ErrRollback},
		"same number":          {first, nil, seal(t, changed, 0, 1), now, trust.ErrRollback},
		"expired":              {nil, roots, seal(t, newList(t, 3), 0, 1), time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC), trust.ErrExpired},
		"clock far off":        {nil, roots, seal(t, newList(t, 3), 0, 1), time.Unix(0, 0), trust.ErrClock},
		"only the new roots":   {first, nil, seal(t, rotated, 10, 11), now, trust.ErrThreshold},
		"only the old roots":   {first, nil, seal(t, rotated, 0, 1), now, trust.ErrThreshold},
		"no list":              {nil, roots, []byte("{}"), now, trust.ErrNotList},
		"large":                {nil, roots, make([]byte, trust.MaxListBytes+1), now, trust.ErrNotList},
	} {
		if _, err := trust.Update(c.installed, c.roots, c.data, c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := trust.Update(first, nil, seal(t, rotated, 0, 1, 10, 11), now); err != nil {
		t.Errorf("new roots, signed by the old and the new: %v", err)
	}
}

// No byte of a list can change unseen.
func TestListBytes(t *testing.T) {
	data, roots, now := seal(t, newList(t, 3), 0, 1), rootKeys(t, 0, 1, 2), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for i := range data {
		changed := append([]byte{}, data...)
		changed[i] ^= 1
		if _, err := trust.Update(nil, roots, changed, now); err == nil {
			t.Fatalf("byte %d", i)
		}
	}
}

// A list holds nothing that is a mistake in a written policy, whoever signs it.
func TestListRules(t *testing.T) {
	root := `{"mediaType":"x"}`
	run := trust.Run{
		Issuer: "https://token.actions.githubusercontent.com", Workflow: "assay-iot/assay/.github/workflows/label.yml", Ref: "refs/tags/v*",
		RepositoryID: "123456789", OwnerID: "987654", Trigger: "release",
	}
	runs := func(change func(*trust.Run)) func(*trust.Policy) {
		return func(p *trust.Policy) {
			r := run
			change(&r)
			p.Root, p.Issuers[0].Keyless = root, []trust.Run{r}
		}
	}
	first := func(change func(*trust.Issuer)) func(*trust.Policy) {
		return func(p *trust.Policy) { change(&p.Issuers[0]) }
	}
	for name, c := range map[string]struct {
		change func(*trust.Policy)
		want   string
	}{
		"as written":         {func(*trust.Policy) {}, ""},
		"a workflow":         {runs(func(*trust.Run) {}), ""},
		"a branch":           {runs(func(r *trust.Run) { r.Ref = "refs/heads/main" }), "is not a tag"},
		"any tag":            {runs(func(r *trust.Run) { r.Ref = "refs/tags/*" }), "neither one tag nor v*"},
		"a pull request":     {runs(func(r *trust.Run) { r.Trigger = "pull_request_target" }), "nobody has accepted"},
		"an expression":      {runs(func(r *trust.Run) { r.Workflow = "assay-iot/assay/.github/workflows/.*" }), "not the path of a workflow"},
		"no repository":      {runs(func(r *trust.Run) { r.RepositoryID = "0" }), "no number of a repository"},
		"no owner":           {runs(func(r *trust.Run) { r.OwnerID = "" }), "no number of a repository"},
		"issuer of tokens":   {runs(func(r *trust.Run) { r.Issuer = "token.example" }), "not the address"},
		"no trusted root":    {func(p *trust.Policy) { runs(func(*trust.Run) {})(p); p.Root = "" }, "no authority for its certificates"},
		"root is no JSON":    {func(p *trust.Policy) { p.Root = "x" }, "not JSON"},
		"direction":          {first(func(i *trust.Issuer) { i.Display = "Body \u202eGmbH" }), "U+202E"},
		"accent set apart":   {first(func(i *trust.Issuer) { i.Display = "Cafe\u0301" }), "not in its one form"},
		"spaces":             {first(func(i *trust.Issuer) { i.Display = "Example  Body" }), "not in its one form"},
		"no name":            {first(func(i *trust.Issuer) { i.Display = "" }), "a name has 1 to"},
		"the id self":        {first(func(i *trust.Issuer) { i.ID = "self" }), "no id of an issuer"},
		"like another":       {first(func(i *trust.Issuer) { i.Schemes = []string{"x-uk-psti"} }), "looks like uk-psti"},
		"place of lists":     {first(func(i *trust.Issuer) { i.Lists = []string{"https://lists.example"} }), "want at most 64 plain https addresses of folders"},
		"address":            {first(func(i *trust.Issuer) { i.Address = "http://body.example" }), "not a plain https address"},
		"less than none":     {first(func(i *trust.Issuer) { i.Require.Timestamp = -1 }), "requires -1 timestamps"},
		"an age of seconds":  {first(func(i *trust.Issuer) { i.Require.StatusMaxAge = 5 }), "no age of a status list"},
		"an age below zero":  {first(func(i *trust.Issuer) { i.Require.StatusMaxAge = -86400 }), "no age of a status list"},
		"logs of nobody":     {first(func(i *trust.Issuer) { i.Require.Log = 1 }), "no log is named"},
		"timestamps of none": {first(func(i *trust.Issuer) { i.Require.Timestamp = 1 }), "no authority is named"},
		"an empty prefix":    {first(func(i *trust.Issuer) { i.Prefixes = []string{""} }), "no GTIN prefix"},
		"a prefix twice":     {first(func(i *trust.Issuer) { i.Prefixes = []string{"095", "095"} }), "twice"},
		"no scheme":          {first(func(i *trust.Issuer) { i.Schemes = nil }), "0 entries"},
		"a scheme":           {first(func(i *trust.Issuer) { i.Schemes = []string{"*"} }), "no scheme"},
		"a level":            {first(func(i *trust.Issuer) { i.MaxLevel = 100 }), "no level"},
		"no key":             {first(func(i *trust.Issuer) { i.Keys = nil }), "0 keys"},
		"a key twice":        {first(func(i *trust.Issuer) { i.Keys = append(i.Keys, i.Keys[0]) }), "twice"},
		"unknown assessor":   {first(func(i *trust.Issuer) { i.Assessors = []string{"labo"} }), `no assessor "labo"`},
		"no issuer":          {func(p *trust.Policy) { p.Issuers = nil }, "no issuer"},
		"an authority":       {func(p *trust.Policy) { p.Stampers = []trust.Stamper{{Name: "tsa"}} }, "no certificate"},
	} {
		l := newList(t, 1)
		c.change(&l.Policy)
		payload, err := labels.Canonical(l)
		if err != nil {
			t.Fatal(err)
		}
		message := labels.PAE(trust.ListPayloadType, payload)
		data, err := l.Sealed(ed25519.Sign(seeded(100), message), ed25519.Sign(seeded(101), message))
		if err != nil {
			t.Fatal(err)
		}
		_, err = trust.Update(nil, rootKeys(t, 0, 1, 2), data, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, trust.ErrNotList) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// No list takes a version after which none could follow.
func TestVersionStep(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	seven := newList(t, 7)
	for version, want := range map[int64]error{8: nil, 20261127120000: trust.ErrStep, 7 + trust.MaxStep: nil, 8 + trust.MaxStep: trust.ErrStep, 1<<53 - 1: trust.ErrStep} {
		if _, err := trust.Update(seven, nil, seal(t, newList(t, version), 0, 1), now); !errors.Is(err, want) {
			t.Errorf("%d after 7: %v", version, err)
		}
	}
	for version, want := range map[int64]error{20261127120000: nil, 1<<53 - 1: trust.ErrStep} {
		if _, err := trust.Update(nil, rootKeys(t, 0, 1, 2), seal(t, newList(t, version), 0, 1), now); !errors.Is(err, want) {
			t.Errorf("first %d: %v", version, err)
		}
	}
}

// A list that is over gives no yes.
func TestListJudges(t *testing.T) {
	l, err := trust.OpenList(seal(t, newList(t, 1), 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	s, by := labelled(t, nil)
	for day, want := range map[string]string{"2026-11-01": "", "2027-05-01": "expired, its last day was 2027-03-31", "2020-01-01": "clock"} {
		r := l.Judge(s, by, day)
		if r.Refused != "" || want == "" != (r.Unsure == "") || !strings.Contains(r.Unsure, want) {
			t.Errorf("%s: %+v", day, r)
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add(seal(f, newList(f, 3), 0, 1))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, err := trust.OpenList(data); err == nil && l.Threshold < trust.MinThreshold {
			t.Error("one key is enough")
		}
	})
}
