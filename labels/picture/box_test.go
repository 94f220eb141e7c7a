package picture

import (
	"fmt"
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture/words"
)

// No line of a mark for the box runs into the one above it or into the band below,
// in any language, with a long name, month and issuer.
func TestMarkLinesStandApart(t *testing.T) {
	for _, banded := range []bool{false, true} {
		for _, name := range []string{"Aurora Cam 2", "Aurora Cam 2 Outdoor Pro", "Aurora Camera Outdoor Professional 4K Night Vision Edition"} {
			for _, until := range []string{"2031-05-01", "2031-09-30", "2031-12-31"} {
				for _, issuer := range []string{"Example Body", "Example Body for the Certification of Consumer Electronics of Germany"} {
					for _, demo := range []bool{false, true} {
						s := labeltest.Statement(t)
						if banded {
							s = decided(t)
						}
						l := &s.Predicate
						l.Product.Name, l.Product.SupportUntil, l.Issuer.Name, l.Issuer.Standing, l.Demo = name, until, issuer, labels.Other, demo
						for _, language := range words.Languages() {
							d, err := Draw(s, nil, Variant{Mark, language})
							if err != nil {
								t.Fatal(err)
							}
							what := fmt.Sprint(language, " ", name, " ", until, " ", issuer, " banded ", banded, " demo ", demo)
							apart(t, what, d, banded)
						}
					}
				}
			}
		}
	}
}

// apart holds each line to the one above it: capitals and marks on them take 0.8 of
// the size, what hangs below a line 0.2.
func apart(t *testing.T, what string, d *Drawing, banded bool) {
	t.Helper()
	last, size, text := 0.0, 0.0, ""
	for _, shape := range d.Pages[0] {
		if shape.Font == nil || shape.Y == last {
			continue
		}
		top := shape.Y - 0.76*shape.Size*pointMM
		if shape.Y > last && top < last+0.1*size*pointMM {
			t.Errorf("%s: %q at %.1f runs into %q at %.1f", what, shape.Text, shape.Y, text, last)
		}
		if shape.Y < last {
			t.Errorf("%s: %q at %.1f stands above %q at %.1f", what, shape.Text, shape.Y, text, last)
		}
		if last, size, text = shape.Y, shape.Size, shape.Text; banded && shape.Y < d.Height-bands[Mark].height && shape.Y+0.2*size*pointMM > d.Height-bands[Mark].height {
			t.Errorf("%s: %q runs into the band", what, text)
		}
	}
}
