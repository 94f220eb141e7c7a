package page_test

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/page"
	"github.com/assay-iot/assay/labels/status"
)

const listAddress = "https://labels.acme.example/status/2026"

func newECDSA(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func trust(keys ...crypto.Signer) page.Trust {
	i := page.Issuer{
		ID: "labels.acme.example", Name: "Acme Devices GmbH", Prefixes: []string{"09506000"}, Lists: []string{"https://labels.acme.example/status/"},
		Schemes: []page.Scheme{{ID: "platform-statement"}, {ID: "uk-psti"}},
	}
	for _, k := range keys {
		i.Keys = append(i.Keys, page.Key{Public: k.Public()})
	}
	return page.Trust{
		Date: "2026-09-15", Issuers: []page.Issuer{i},
		Names: map[string]string{"platform-statement": "IoT Security Policy Platform statement", "uk-psti": "UK PSTI security requirements"},
	}
}

func build(t testing.TB, tr page.Trust) []byte {
	t.Helper()
	html, err := page.Build(tr)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

// statement is a label of another than the maker with a place in a list.
func statement(t testing.TB) *labels.Statement {
	t.Helper()
	s := labeltest.Statement(t)
	s.Predicate.Status = &labels.Status{List: listAddress, Index: 4711}
	return s
}

func code(t testing.TB, key crypto.Signer, s *labels.Statement) string {
	t.Helper()
	l, err := compact.FromStatement(s, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	message, err := l.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := compact.Code(&s.Predicate, message)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func signList(t testing.TB, key crypto.Signer, change func(*status.New)) []byte {
	t.Helper()
	n := status.New{Address: listAddress, Issuer: "labels.acme.example", Size: 131072, Signed: now.Add(-time.Hour), Life: 7 * 24 * time.Hour}
	if change != nil {
		change(&n)
	}
	data, err := n.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func setTo(v status.Value) func(*status.New) {
	return func(n *status.New) {
		n.Changes = []status.Change{{Index: 4711, Day: int(now.Unix()/86400) - 5, Value: v}}
	}
}

// shown is what the browser is shown, and what it must say.
type shown struct {
	text  string
	list  []byte
	now   time.Time
	want  string // state
	says  string // in English
	quiet bool   // nothing of the label may be shown
}

func cases(t testing.TB, key crypto.Signer) map[string]shown {
	good := code(t, key, statement(t))
	forged := []byte(good)
	if last := &forged[len(forged)-2]; *last == 'B' { // a digit of the signature
		*last = 'C'
	} else {
		*last = 'B'
	}
	demo, plain := statement(t), labeltest.Statement(t)
	demo.Predicate.Demo = true
	years := now.AddDate(5, 0, 0)
	list := signList(t, key, nil)
	return map[string]shown{
		"valid":         {text: good, list: list, want: "valid", says: "No, as of 23 November 2026"},
		"no list":       {text: code(t, key, plain), want: "valid", says: "has no status service"},
		"forged":        {text: string(forged), list: list, want: "forged", says: "not genuine", quiet: true},
		"unknown":       {text: code(t, newECDSA(t), statement(t)), list: list, want: "unknown", says: "Unknown issuer", quiet: true},
		"expired":       {text: good, list: list, now: now.AddDate(1, 0, 0), want: "expired", says: "valid until 1 October 2027"},
		"support ended": {text: good, list: list, now: years, want: "supportended", says: "since 30 June 2031"},
		"not yet":       {text: good, list: list, now: now.AddDate(0, -3, 0), want: "notyet", says: "clock of this device"},
		"a maker that does not say so": {
			text: code(t, key, with(t, func(l *labels.Label) { l.Issuer.Standing = labels.Other })), list: list, want: "unentitled", says: "", quiet: true,
		},
		"a label of somebody else's product as its maker's": {
			text: code(t, key, with(t, func(l *labels.Label) { l.Product.Maker.Name = "Samsung" })), list: list, want: "unentitled", says: "", quiet: true,
		},
		"revoked":             {text: good, list: signList(t, key, setTo(status.Revoked)), want: "revoked", says: "withdrawn it for good"},
		"suspended":           {text: good, list: signList(t, key, setTo(status.Suspended)), want: "suspended", says: "for the time being"},
		"superseded":          {text: good, list: signList(t, key, setTo(status.Superseded)), want: "superseded", says: "newer label"},
		"a newer edition":     {text: code(t, key, with(t, func(l *labels.Label) { l.Schemes[0].Edition = "2030" })), list: list, want: "newer", says: "does not know this kind of label or this edition"},
		"offline":             {text: good, want: "fresh", says: "could not be reached"},
		"stale list":          {text: good, list: signList(t, key, func(n *status.New) { n.Signed = now.AddDate(0, 0, -8) }), want: "fresh", says: "too old"},
		"future list":         {text: good, list: signList(t, key, func(n *status.New) { n.Signed = now.Add(time.Hour) }), want: "fresh", says: "dated in the future"},
		"foreign list":        {text: good, list: signList(t, key, func(n *status.New) { n.Issuer = "other.example" }), want: "fresh", says: "not this issuer’s"},
		"list by another key": {text: good, list: signList(t, newECDSA(t), nil), want: "fresh", says: "not this issuer’s"},
		"moved list":          {text: good, list: signList(t, key, func(n *status.New) { n.Address += "x" }), want: "fresh", says: "not this issuer’s"},
		"short list":          {text: good, list: signList(t, key, func(n *status.New) { n.Size = 4708 }), want: "fresh", says: "could not be read"},
		"no list at all":      {text: good, list: []byte("<html>"), want: "fresh", says: "could not be read"},
		"not entitled":        {text: code(t, key, with(t, func(l *labels.Label) { l.Product.GTIN = "04012345678901" })), list: list, want: "unentitled", says: "not recognised", quiet: true},
		"another scheme":      {text: code(t, key, with(t, func(l *labels.Label) { l.Schemes[0].ID = "sg-cls" })), list: list, want: "unentitled", says: "not recognised", quiet: true},
		"a level too high":    {text: code(t, key, with(t, func(l *labels.Label) { l.Schemes[0].Level = 1 })), list: list, want: "unentitled", says: "not recognised", quiet: true},
		"another issuer":      {text: code(t, key, with(t, func(l *labels.Label) { l.Issuer.Address = "https://elsewhere.example" })), list: list, want: "forged", says: "not genuine", quiet: true},
		"demo by another key": {text: code(t, key, demo), list: list, want: "forged", says: "not genuine", quiet: true},
		"cut off": {
			text: strings.TrimRight(good, "Z"),
			want: "unreadable", says: "end of the code’s text is missing", quiet: true,
		},
		"digest only":    {text: "https://labels.acme.example/l#sha256:" + strings.Repeat("0", 64), want: "address", says: "Nothing was verified. Get the label itself, label.pdf", quiet: true},
		"half a digest":  {text: "https://labels.acme.example/l#sha256:" + strings.Repeat("0", 60), want: "unreadable", says: "not a label", quiet: true},
		"something else": {text: "https://labels.acme.example/l#<script>alert(1)</script>", want: "unreadable", says: "not a label", quiet: true},
		"nothing":        {text: "https://labels.acme.example/l", want: "empty", says: "Check a label", quiet: true},
	}
}

func with(t testing.TB, change func(*labels.Label)) *labels.Statement {
	s := statement(t)
	change(&s.Predicate)
	return s
}

func TestBuild(t *testing.T) {
	key := newECDSA(t)
	html := build(t, trust(key, labeltest.Key()))
	if !bytes.Equal(html, build(t, trust(key, labeltest.Key()))) {
		t.Error("the same trust gave two pages")
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(html)
	_ = w.Close()
	t.Logf("the page has %d bytes, %d with gzip; the verifier alone %d", len(html), packed.Len(), len(page.Verifier()))
	if len(html) > 48<<10 || packed.Len() > 22<<10 {
		t.Errorf("the page has %d bytes, %d packed", len(html), packed.Len())
	}
	for _, bad := range []string{" src=", "href=", "http://", "innerHTML = `", "eval(", "unsafe"} {
		if bytes.Contains(html, []byte(bad)) && bad != "http://" {
			t.Errorf("the page has %q", bad)
		}
	}
	if !bytes.Contains(html, []byte("connect-src https://labels.acme.example; base-uri 'none'")) {
		t.Error("the policy lets ask more than the status list")
	}
	none := trust(key)
	none.Issuers[0].Lists = nil
	if !bytes.Contains(build(t, none), []byte("connect-src 'none';")) {
		t.Error("without lists the policy lets ask somebody")
	}
	evil := trust(key)
	evil.Issuers[0].Name = `</script><script>alert(1)</script>`
	if bytes.Contains(build(t, evil), []byte("alert(1)</script>")) {
		t.Error("a name ends the script")
	}
}

func TestRefusals(t *testing.T) {
	key := newECDSA(t)
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*page.Trust){
		"no date": func(t *page.Trust) { t.Date = "" }, "no issuer": func(t *page.Trust) { t.Issuers = nil },
		"no key": func(t *page.Trust) { t.Issuers[0].Keys = nil }, "no name": func(t *page.Trust) { t.Issuers[0].Name = " " },
		"an id with a path": func(t *page.Trust) { t.Issuers[0].ID = "a.example/x" }, "no id": func(t *page.Trust) { t.Issuers[0].ID = "" },
		"a list over http":   func(t *page.Trust) { t.Issuers[0].Lists = []string{"http://a.example/"} },
		"a list that quotes": func(t *page.Trust) { t.Issuers[0].Lists = []string{"https://a.example; script-src *"} },
		"a whole host":       func(t *page.Trust) { t.Issuers[0].Lists = []string{"https://a.example"} },
		"a short key":        func(t *page.Trust) { t.Issuers[0].Keys[0].Public = ed25519.PublicKey(make([]byte, 31)) },
		"a key on P-224":     func(t *page.Trust) { t.Issuers[0].Keys[0].Public = p224.Public() },
		"no time at all":     func(t *page.Trust) { t.Issuers[0].Keys[0].From, t.Issuers[0].Keys[0].Until = now, now },
		"a list of no age":   func(t *page.Trust) { t.Issuers[0].MaxAge = -1 },
	} {
		tr := trust(key)
		change(&tr)
		if _, err := page.Build(tr); err == nil {
			t.Errorf("%s: a page was built", name)
		}
	}
}

// Every language says everything, with the same places for values.
func TestWords(t *testing.T) {
	files, err := filepath.Glob("source/words/*.json")
	if err != nil || len(files) != 5 {
		t.Fatalf("%v, %v", files, err)
	}
	read := func(file string) map[string]string {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w map[string]string
		if err := json.Unmarshal(data, &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		return w
	}
	english := read("source/words/en.json")
	for _, file := range files {
		w := read(file)
		for key, text := range english {
			for _, place := range []string{"{0}", "{1}"} {
				if strings.Contains(text, place) != strings.Contains(w[key], place) {
					t.Errorf("%s: %s: %q, but in English %q", file, key, w[key], text)
				}
			}
			if strings.TrimSpace(w[key]) == "" {
				t.Errorf("%s has no word for %s", file, key)
			}
		}
		if len(w) != len(english) {
			t.Errorf("%s has %d words, English %d", file, len(w), len(english))
		}
	}
}

// Every case, without a browser.
func TestJudge(t *testing.T) {
	key := newECDSA(t)
	known, err := trust(key).Script()
	if err != nil {
		t.Fatal(err)
	}
	type ask struct {
		Name, Text string
		List       []byte
		Now        int64
	}
	var asks []ask
	all := cases(t, key)
	for name, c := range all {
		if c.now.IsZero() {
			c.now = now
		}
		if c.want != "empty" { // that is the page's own
			asks = append(asks, ask{name, c.text, c.list, c.now.Unix()})
		}
	}
	var answers []struct {
		State string
		Label map[string]any
	}
	labeltest.Node(t, string(page.Verifier()), `async ask => {
		const {state, label} = await judge(ask.Text, `+known+`, ask.Now, async () => ask.List && fromBase64(ask.List));
		return {state, label: label && {product: label.product}};
	}`, asks, &answers)
	for i, a := range asks {
		c := all[a.Name]
		if got := answers[i]; got.State != c.want || (got.Label == nil) != c.quiet {
			t.Errorf("%s: %s, want %s (%v)", a.Name, got.State, c.want, got.Label)
		}
	}
	t.Logf("%d cases", len(asks))
}

// inBrowser are the cases that a browser is shown; a run with -short shows the
// first ones.
var inBrowser = []string{
	"valid", "forged", "offline", "revoked", "unknown", "expired", "support ended", "not entitled", "cut off", "nothing",
	"stale list", "foreign list", "no list", "a newer edition",
}

func TestBrowser(t *testing.T) {
	key := newECDSA(t)
	var list []byte
	server := serve(t, build(t, trust(key)), func() []byte { return list })
	b := startChrome(t, server)
	all := cases(t, key)
	for n, name := range inBrowser {
		if testing.Short() && n > 6 {
			break
		}
		t.Run(name, func(t *testing.T) {
			b.t = t
			c := all[name]
			if list = c.list; c.now.IsZero() {
				c.now = now
			}
			b.tab(c.now, `["en-GB"]`, 390, 844, false)
			state := b.open(c.text)
			text := b.text()
			if state != c.want || !strings.Contains(text, c.says) {
				t.Errorf("%s, want %s and %q:\n%s", state, c.want, c.says, text)
			}
			if quiet := !strings.Contains(text, "Aurora"); quiet != c.quiet {
				t.Errorf("of the label is shown:\n%s", text)
			}
			if sign, _ := b.eval("document.querySelector('#path').getAttribute('d')").(string); !strings.HasPrefix(sign, "M") {
				t.Errorf("the sign is drawn as %q", sign)
			}
			if wide := b.eval("document.documentElement.scrollWidth").(float64); wide > 390 {
				t.Errorf("the page is %v wide on a phone of 390", wide)
			}
			if name == "valid" { // no date and no edition breaks at the end of a line
				rows, _ := b.eval("document.querySelector('#rows').textContent").(string)
				if !strings.Contains(rows, "2019\u201111") || !strings.Contains(rows, "1\u00a0October\u00a02026 to 1\u00a0October\u00a02027") {
					t.Errorf("dates can break: %q", rows)
				}
			}
			b.picture("state-" + strings.ReplaceAll(name, " ", "-"))
		})
	}
}

// A key signs in the time for which it is trusted, and its labels count no more
// once that is over.
func TestTimeOfKeys(t *testing.T) {
	key := newECDSA(t)
	text := code(t, key, labeltest.Statement(t)) // issued on 2026-10-01
	for _, c := range []struct{ from, until, want string }{
		{"", "", "valid nolist"},
		{"2026-10-01", "2027-01-01", "valid nolist"},
		{"", "2026-10-01", "unentitled key"},
		{"2026-10-03", "", "unentitled key"},
		{"", "2026-11-23", "unentitled key"},
		{"", "2026-11-24", "valid nolist"},
	} {
		tr := trust(key)
		tr.Issuers[0].Keys[0].From, tr.Issuers[0].Keys[0].Until = midnight(t, c.from), midnight(t, c.until)
		known, err := tr.Script()
		if err != nil {
			t.Fatal(err)
		}
		var answers []string
		labeltest.Node(t, string(page.Verifier()), "async ask => { const {state, why = ''} = await judge(ask, "+known+", 1795435200); return (state + ' ' + why).trim(); }", []string{text}, &answers)
		if answers[0] != c.want {
			t.Errorf("from %q until %q: %s, want %s", c.from, c.until, answers[0], c.want)
		}
	}
}

func midnight(t testing.TB, day string) time.Time {
	if day == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// A page in fewer languages is smaller, and starts with its first one.
func TestLanguages(t *testing.T) {
	tr := trust(newECDSA(t))
	all := build(t, tr)
	tr.Languages = []string{"de"}
	one := build(t, tr)
	if len(one) > len(all)-12<<10 || !bytes.Contains(one, []byte("Sicherheitslabel")) || bytes.Contains(one, []byte("This label is genuine")) {
		t.Errorf("in German alone the page has %d bytes, in all languages %d", len(one), len(all))
	}
	for _, wrong := range [][]string{{"xx"}, {"de", "de"}} {
		tr.Languages = wrong
		if _, err := page.Build(tr); err == nil {
			t.Errorf("a page in %v", wrong)
		}
	}
}

// statesOf gives what a page says of a good label at some times, with a change to
// the trust that it embeds.
func statesOf(t *testing.T, change func(*page.Trust), times ...time.Time) string {
	t.Helper()
	key := newECDSA(t)
	tr := trust(key)
	change(&tr)
	known, err := tr.Script()
	if err != nil {
		t.Fatal(err)
	}
	text := code(t, key, labeltest.Statement(t))
	type ask struct {
		Text string
		Now  int64
	}
	var asks []ask
	for _, at := range times {
		asks = append(asks, ask{text, at.Unix()})
	}
	var states []string
	labeltest.Node(t, string(page.Verifier()), "async ask => (await judge(ask.Text, "+known+", ask.Now)).state", asks, &states)
	return strings.Join(states, " ")
}

// A page of a trust list says no more that a label is valid once the list is
// over; what it knows to be wrong it still says.
func TestOverdue(t *testing.T) {
	over := func(tr *page.Trust) { tr.Until = midnight(t, "2026-11-23") }
	if got := statesOf(t, over, now, now.AddDate(0, 0, -1), now.AddDate(1, 0, 0)); got != "overdue valid expired" {
		t.Errorf("the page says %s", got)
	}
}

// A clock that stands before the page was made is wrong, so what it makes of a label
// counts for nothing: one that has expired by now may look valid.
func TestClockBeforePage(t *testing.T) {
	later := func(tr *page.Trust) { tr.Date = "2027-12-01" } // the label has expired
	if got := statesOf(t, later, now, midnight(t, "2027-12-01"), midnight(t, "2026-01-01")); got != "early expired notyet" {
		t.Errorf("the page says %s", got)
	}
}
