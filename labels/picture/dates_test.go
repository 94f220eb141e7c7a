package picture

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture/letters"
	"github.com/assay-iot/assay/labels/picture/words"
)

// said is the text of a drawing in the order of its runs, without spaces.
func said(d *Drawing) string {
	var text strings.Builder
	for _, page := range d.Pages {
		for _, shape := range page {
			text.WriteString(shape.Text)
		}
	}
	return strings.ReplaceAll(text.String(), " ", "")
}

// shown is how a text stands on a line, without spaces.
func shown(text string, rtl bool) string {
	var out strings.Builder
	for _, run := range letters.Bold.Line(text, rtl) {
		out.WriteString(run.Text)
	}
	return strings.ReplaceAll(out.String(), " ", "")
}

// No date of any variant is shortened, in any month, and an issuer's name never
// leaves the first page.
func TestDatesAreWhole(t *testing.T) {
	for _, v := range Variants() {
		w := words.Of(v.Language)
		for month := 1; month <= 12; month++ {
			s, date := labeltest.Statement(t), fmt.Sprintf("2031-%02d-28", month)
			s.Predicate.Product.SupportUntil = date
			s.Predicate.Issuer.Name, s.Predicate.Issuer.Standing = strings.Repeat("W", 90), labels.Other
			d, err := Draw(s, nil, v)
			if err != nil {
				t.Fatalf("%s, %s: %v", v, date, err)
			}
			text := said(d)
			for _, part := range strings.Fields(w.Long(date)) { // which may stand on two lines
				if want := shown(part, w.RightToLeft); !strings.Contains(text, want) {
					t.Errorf("%s: does not say %q of %s", v, want, date)
				}
			}
			if !strings.Contains(text, strings.Repeat("W", 4)) {
				t.Errorf("%s: does not name the issuer", v)
			}
		}
	}
}

// A foreign name that is broken over lines in Arabic keeps the order of its
// words, its numbers and its brackets on each line.
func TestForeignNamesKeepTheirOrder(t *testing.T) {
	w := words.Of(words.Arabic)
	const title = "UK PSTI (Security Requirements) Regulations 2023, Schedule 1"
	name := w.Titled(title, "SI 2023/1007 as amended by SI 2025/211 and SI 2025/1267")
	st := style{regular, 7, ink}
	unmark := strings.NewReplacer("\u200E", "", "\u200F", "")
	for limit := 12.0; limit < 120; limit += 1.5 {
		lines := wrap(w.Fill("{a}", "a", name), st, limit)
		for _, line := range lines {
			var got strings.Builder
			for _, run := range st.face.Line(line, true) {
				got.WriteString(run.Text)
			}
			if want := unmark.Replace(line); got.String() != want {
				t.Errorf("%.1f mm: %q stands as %q", limit, want, got.String())
			}
		}
	}
}
