package report_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

var layout = &report.Layout{
	Name: "<evil>\x1b.bin", Size: 1000, Entropy: []float64{1, 7.99, 0, 0},
	Of: func(offset, length int64) float64 { return float64(offset+length) / 1000 },
	Ranges: []assay.Range{
		{Offset: 0, Length: 100, Class: assay.Opened, What: "uimage"},
		{Offset: 100, Length: 400, Class: assay.Unexplained, What: "encrypted"},
		{Offset: 500, Length: 500, Class: assay.Padding},
	},
}

func TestLayoutText(t *testing.T) {
	var b strings.Builder
	if err := report.LayoutText(&b, layout, 10, report.Plain); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"█░░░░·····", "▂▂▂██▁▁▁▁▁ entropy", "0x00000064", " 0.50   unexplained: encrypted"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Error("a control character reaches the terminal")
	}
}

func TestLayoutSVG(t *testing.T) {
	var b strings.Builder
	if err := report.LayoutSVG(&b, layout); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(b.String()))
	parts := map[string]int{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("no XML: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			parts[e.Name.Local]++
			if e.Name.Local == "script" || e.Name.Local == "evil" {
				t.Errorf("element %s", e.Name.Local)
			}
		}
	}
	if parts["title"] != 5 || parts["desc"] != 1 { // the picture, three ranges, the curve
		t.Errorf("elements %v", parts)
	}
}
