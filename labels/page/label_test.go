package page_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/words"
)

// The label itself as a page, which package picture draws: in every language, on a
// phone, axe-core objects to nothing, and nothing is wider than the screen.
func TestLabelAsPage(t *testing.T) {
	script := axeScript(t)
	key := newECDSA(t)
	var html []byte
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(html)
	}))
	defer server.Close()
	b := startChrome(t, server)
	for language, dir := range allLanguages {
		for name, s := range map[string]*labels.Statement{"plain": labeltest.Statement(t), "demo": with(t, func(l *labels.Label) { l.Demo = true })} {
			if testing.Short() && (name == "demo" || language != "en" && language != "ar") {
				continue
			}
			l, err := compact.FromStatement(s, key.Public())
			if err != nil {
				t.Fatal(err)
			}
			message, err := l.Sign(key)
			if err != nil {
				t.Fatal(err)
			}
			if html, err = picture.HTML(s, message, words.Language(language)); err != nil {
				t.Fatal(err)
			}
			b.tab(now, "['en']", 390, 844, false)
			b.do("Page.setBypassCSP", map[string]any{"enabled": true}) // for axe-core: the page itself runs no script
			b.do("Page.navigate", map[string]any{"url": "https://labels.acme.example/label.html"})
			for range 100 {
				if b.eval("document.readyState") == "complete" && b.eval("location.protocol") == "https:" {
					break
				}
				time.Sleep(30 * time.Millisecond)
			}
			if found := b.axe(script); found != "" {
				t.Errorf("%s, %s: %s", language, name, found)
			}
			if wide := b.eval("document.documentElement.scrollWidth").(float64); wide > 390 {
				t.Errorf("%s, %s: the page is %v wide", language, name, wide)
			}
			if hidden := b.eval("[...document.querySelectorAll('.scroll')].filter(e=>e.scrollWidth>e.clientWidth).map(e=>e.getAttribute('aria-labelledby')).join()"); hidden != "" {
				t.Errorf("%s, %s: on a phone these tables are cut: %v", language, name, hidden)
			}
			if got := b.eval("document.documentElement.dir+' '+document.documentElement.lang.slice(0,2)"); got != dir+" "+language {
				t.Errorf("%s: %v", language, got)
			}
			b.picture("label-" + language + "-" + name)
		}
	}
}
