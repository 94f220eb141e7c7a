package picture

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture/words"
)

// What an issuer calls a scheme that the program does not know stands beside its id, on
// each format, however long it is.
func TestUnknownSchemesBearTheirID(t *testing.T) {
	for _, title := range []string{"Baseline", strings.Repeat("Baseline of the best ", 15)} {
		title = strings.TrimSpace(title)
		s := labeltest.Statement(t)
		p := &s.Predicate.Schemes[0]
		p.ID, p.Title, p.Edition = "xx-one", title, "2026"
		s.Predicate.AlsoAssessed = []labels.Unclaimed{{ID: "xx-two", Title: title, Edition: "2026", Outcome: assay.NotMet}}
		for _, l := range words.Languages() {
			for _, f := range []Format{A6, A5, A4} {
				d, err := Draw(s, nil, Variant{f, l})
				if err != nil {
					t.Fatal(err)
				}
				if text := said(d); !strings.Contains(text, "xx-one") || title == "Baseline" && !strings.Contains(text, "xx-two") {
					t.Errorf("%s %s: no id of the scheme that is called %.20q", f, l, title)
				}
			}
		}
	}
}
