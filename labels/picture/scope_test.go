package picture

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture/words"
)

// What was only declared stands whole on every label, however long the versions and
// names before it are; a version keeps its beginning and its end.
func TestOnlyDeclaredIsWhole(t *testing.T) {
	const long = "2.4.1-rc.3+build.20261127.4a5b6c7d8e9f.nightly.signed"
	for name, change := range map[string]func(*labels.Label){
		"version": func(l *labels.Label) {
			l.Firmware[0].Version, l.Parts[0].Version, l.Parts[1].Version = long, long, long
		},
		"all": func(l *labels.Label) {
			l.Firmware[0].Version, l.Parts[0].Version, l.Parts[1].Version, l.Exceptions = long, long, long, 12
			l.Closed = []labels.Closed{{Firmware: "main", Range: strings.Repeat("radio ", 20), Supplier: strings.Repeat("Supplier ", 20)}}
		},
	} {
		s := labeltest.Statement(t)
		change(&s.Predicate)
		for _, f := range []Format{A5, A6, A4} {
			for _, language := range words.Languages() {
				c, err := newContent(s, nil, Variant{f, language})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.draw(); err != nil {
					t.Errorf("%s: %s %s: %v", name, f, language, err)
				}
				sheet, st, least := c.sheet(a5Width, 210, 13, 5), style{regular, 7, ink}, 5.5
				if f == A6 {
					sheet, st, least = c.sheet(105, 148, 8, 4), style{regular, 6, ink}, 4.5
				}
				b := c.scopeIn(sheet, st, least)
				text, only := strings.Join(b.lines, " "), strings.Split(c.Only, "{")[0]
				if name == "version" && !strings.Contains(squeezed(text), "AcmeCloud") {
					t.Errorf("%s: %s %s: not each part is named: %q", name, f, language, b.lines)
				}
				if cut(b) || len(b.lines) > 2 || !strings.Contains(squeezed(text), squeezed(only)) || !strings.Contains(squeezed(text), "2.4.") {
					t.Errorf("%s: %s %s: %q", name, f, language, b.lines)
				}
			}
		}
	}
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

func TestMiddle(t *testing.T) {
	for s, want := range map[string]string{"2.4.1": "2.4.1", "2.4.1-4a5b6c7d8e9f": "2.4.1-4…e9f"} {
		if got := middle(s, 11); got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}
