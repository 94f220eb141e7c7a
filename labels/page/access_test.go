package page_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/assay-iot/assay/labels/status"
)

var allLanguages = map[string]string{"en": "ltr", "de": "ltr", "fr": "ltr", "ja": "ltr", "ar": "rtl"}

// Every language, on a phone and on a desk, light and dark: axe-core objects to
// nothing, nothing is cut off, and the direction is right.
func TestAxe(t *testing.T) {
	script := axeScript(t)
	key := newECDSA(t)
	list := signList(t, key, nil)
	server := serve(t, build(t, trust(key)), func() []byte { return list })
	b := startChrome(t, server)
	all := cases(t, key)
	for language, dir := range allLanguages {
		t.Run(language, func(t *testing.T) {
			b.t = t
			for _, look := range []struct {
				name          string
				width, height int
				dark          bool
				states        []string
			}{
				{"phone", 390, 844, false, []string{"valid", "forged", "nothing"}},
				{"dark", 390, 844, true, []string{"expired", "revoked", "valid"}},
				{"desk", 1280, 900, false, []string{"valid"}},
			} {
				for n, state := range look.states {
					if all := os.Getenv("SCREENSHOTS") != ""; !all && language != "en" && (n > 0 || look.name != "phone" && (testing.Short() || language != "ar")) {
						continue // every look in one language, and one in the others, will do
					}
					c := all[state]
					if list = c.list; c.now.IsZero() {
						c.now = now
					}
					b.tab(c.now, fmt.Sprintf("['%s']", language), look.width, look.height, look.dark)
					if got := b.open(c.text); got != c.want {
						t.Errorf("%s, %s: %s, want %s", look.name, state, got, c.want)
					}
					b.eval("document.querySelector('details').open=" + fmt.Sprint(look.dark))
					if found := b.axe(script); found != "" {
						t.Errorf("%s, %s: %s", look.name, state, found)
					}
					if wide := b.eval("document.documentElement.scrollWidth").(float64); int(wide) > look.width {
						t.Errorf("%s, %s: the page is %v wide", look.name, state, wide)
					}
					if got := b.eval("document.documentElement.dir+' '+document.documentElement.lang"); got != dir+" "+language {
						t.Errorf("%s: %v", look.name, got)
					}
					b.picture(strings.Join([]string{language, look.name, state}, "-"))
				}
			}
		})
	}
}

// With keys alone: the language, the question, another code; and what a screen
// reader is told.
func TestKeyboard(t *testing.T) {
	key := newECDSA(t)
	list := signList(t, key, nil)
	b := startChrome(t, serve(t, build(t, trust(key)), func() []byte { return list }))
	c := cases(t, key)["valid"]
	b.tab(now, "['en']", 390, 844, false)
	b.open(c.text)
	focus := func() string { return b.eval("document.activeElement.id||document.activeElement.tagName").(string) }
	var order []string
	for range 7 {
		b.key("Tab", 9)
		order = append(order, focus())
		if focus() != "BODY" && b.eval("getComputedStyle(document.activeElement).outlineStyle") != "solid" {
			t.Errorf("%s has no visible focus", focus())
		}
	}
	if got := strings.Join(order, " "); got != "language yes no SUMMARY code BUTTON BODY" && got != "language yes no SUMMARY code BUTTON language" {
		t.Errorf("the order of Tab: %s", got)
	}
	b.eval("document.querySelector('#no').focus()")
	b.key("Enter", 13)
	if got := b.eval("[document.querySelector('#no').getAttribute('aria-pressed'),document.querySelector('#reply').textContent].join()").(string); !strings.HasPrefix(got, "true,Then this label belongs to another product") {
		t.Errorf("No: %s", got)
	}
	b.eval("document.querySelector('#yes').focus()")
	b.key(" ", 32)
	if got := b.eval("document.querySelector('#no').getAttribute('aria-pressed')+document.querySelector('#reply').textContent").(string); got != "falseThen this label is about your product." {
		t.Errorf("Yes: %s", got)
	}
	b.eval("document.querySelector('#language').focus()")
	b.key("ArrowDown", 40)
	if got := b.eval("document.documentElement.lang+' '+document.title").(string); got != "de Dieses Label ist echt und gültig – Sicherheitslabel" {
		t.Errorf("the next language: %s", got)
	}
	// the text of another code, typed
	b.eval("document.querySelector('#code').value='https://x.example/#A0'")
	b.eval("document.querySelector('#code').focus()")
	b.key("Tab", 9)
	b.key("Enter", 13)
	b.eval("new Promise(r=>setTimeout(r,300))")
	if got := b.eval("document.body.dataset.state+' '+document.activeElement.id").(string); got != "unreadable headline" {
		t.Errorf("a code that was typed: %s", got)
	}
	told := b.eval("[...document.querySelectorAll('[role=status]')].map(e=>e.id+':'+(e.getAttribute('aria-live')||'polite')).join()").(string)
	if told != "verdict:polite,reply:polite" {
		t.Errorf("a screen reader is told of %s", told)
	}
}

// The page as a file on the device, without a network; a status list that was
// rolled back; a key and a script in the address.
func TestOnDevice(t *testing.T) {
	key := newECDSA(t)
	list := signList(t, key, nil)
	html := build(t, trust(key))
	b := startChrome(t, serve(t, html, func() []byte { return list }))
	good := cases(t, key)["valid"].text
	fragment := good[strings.IndexByte(good, '#'):]
	file := filepath.Join(t.TempDir(), "verify.html")
	if err := os.WriteFile(file, html, 0o644); err != nil {
		t.Fatal(err)
	}
	b.tab(now, "['en']", 390, 844, false)
	if got := b.open("file://" + file + fragment); got != "valid" {
		t.Errorf("as a file, with a network: %s\n%s", got, b.text())
	}
	b.offline(true)
	if got := b.open("file://" + file + fragment); got != "fresh" || !strings.Contains(b.text(), "perhaps you are offline") || !strings.Contains(b.text(), "Aurora Cam 2") {
		t.Errorf("as a file, offline: %s\n%s", got, b.text())
	}
	b.picture("file-offline")
	b.offline(false)

	b.tab(now, "['en']", 390, 844, false)
	if got := b.open(good); got != "valid" {
		t.Fatal(got)
	}
	fresh := list
	old := signList(t, key, func(n *status.New) { n.Signed = now.AddDate(0, 0, -2) })
	list = old
	if got := b.open(good); got != "fresh" || !strings.Contains(b.text(), "older than one seen here before") {
		t.Errorf("a list that was rolled back: %s\n%s", got, b.text())
	}
	list = signList(t, key, setTo(status.Revoked))
	if got := b.open(good); got != "revoked" {
		t.Errorf("a list that withdraws it: %s", got)
	}
	for what, later := range map[string][]byte{"none": nil, "an old one": old, "one that takes it back": fresh} {
		if list = later; b.open(good) != "revoked" {
			t.Errorf("revoked before, then %s of its lists: %s\n%s", what, b.answer(), b.text())
		}
	}
	b.eval("localStorage.clear()")
	list = fresh
	stranger := newECDSA(t)
	text := code(t, stranger, statement(t))
	text = strings.Replace(text, "#", "?key=abc&trust=all&lang=xx#", 1)
	if got := b.open(text); got != "unknown" {
		t.Errorf("a key in the address: %s", got)
	}
	// a second code scanned into the same tab
	b.eval("location.hash='" + fragment + "'")
	b.eval("new Promise(r=>setTimeout(r,500))")
	if got := b.answer(); got != "valid" {
		t.Errorf("another code in the same tab: %s", got)
	}
}

// Nothing but the status list is asked for, and nothing runs that is not the
// page's own script.
func TestPolicy(t *testing.T) {
	key := newECDSA(t)
	html := build(t, trust(key))
	var content atomic.Value // browsers ask for an icon too, when they like
	content.Store("")
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, content.Load().(string))
	}))
	defer server.Close()
	b := startChrome(t, server)
	b.tab(now, "['en']", 390, 844, false)
	for name, more := range map[string]string{
		"a script":  "<script>document.title='run'</script></html>",
		"a handler": "<img src=x onerror=\"document.title='run'\"></html>",
	} {
		content.Store(strings.Replace(string(html), "</html>", more, 1))
		b.open("https://labels.acme.example/l")
		if b.eval("document.title") == "run" {
			t.Errorf("%s ran", name)
		}
		if got := b.eval("fetch('https://elsewhere.example/').then(()=>'asked',()=>'refused')"); got != "refused" {
			t.Errorf("another address was %v", got)
		}
	}
}

// The published demo key in a page for shows.
func TestDemoPage(t *testing.T) {
	key := newECDSA(t)
	tr := trust(key)
	tr.Issuers[0].Keys[0].Demo = true
	list := signList(t, key, nil)
	b := startChrome(t, serve(t, build(t, tr), func() []byte { return list }))
	s := statement(t)
	s.Predicate.Demo = true
	b.tab(now, "['en']", 390, 844, false)
	if got := b.open(code(t, key, s)); got != "demo" || !strings.Contains(b.text(), "proves nothing") || strings.Contains(b.text(), "genuine") {
		t.Errorf("%s:\n%s", got, b.text())
	}
	if got := b.open(code(t, key, statement(t))); got != "forged" {
		t.Errorf("a label by the demo key that does not say demo: %s", got)
	}
}
