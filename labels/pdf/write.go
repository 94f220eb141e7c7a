package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jung-kurt/gofpdf"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/letters"
)

// write makes the file of a drawing.
func write(d *picture.Drawing, s *labels.Statement, bundle, compactLabel []byte) ([]byte, error) {
	l := &s.Predicate
	digest, err := s.Digest()
	if err != nil {
		return nil, err
	}
	p := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: gofpdf.SizeType{Wd: d.Width, Ht: d.Height}})
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true)
	p.SetCompression(false)
	p.SetCreationDate(noon(l.Issued))
	p.SetModificationDate(noon(l.Issued))
	attached := []gofpdf.Attachment{{Content: bundle, Filename: "label.sigstore.json", Description: "the signed label"}}
	if compactLabel != nil {
		attached = append(attached, gofpdf.Attachment{Content: compactLabel, Filename: "label.cose", Description: "what the QR code holds"})
	}
	p.SetAttachments(attached)
	addFonts(p, d)
	for _, page := range d.Pages {
		p.AddPage()
		for _, shape := range page {
			put(p, shape)
		}
	}
	var raw bytes.Buffer
	if err := p.Output(&raw); err != nil {
		return nil, fmt.Errorf("draw label: %w", err)
	}
	return plain(raw.Bytes(), info{
		title:    d.Title,
		author:   l.Issuer.Name,
		subject:  string(digest),
		date:     "D:" + strings.ReplaceAll(l.Issued, "-", "") + "120000Z",
		variant:  d.Variant.String(),
		language: string(d.Variant.Language),
		reversed: d.RightToLeft(),
	})
}

// addFonts gives the writer fonts that have the drawing's characters only.
func addFonts(p *gofpdf.Fpdf, d *picture.Drawing) {
	used := map[*letters.Font]map[rune]bool{}
	for _, page := range d.Pages {
		for _, s := range page {
			if s.Font != nil && used[s.Font] == nil {
				used[s.Font] = map[rune]bool{}
			}
			for _, r := range s.Text {
				used[s.Font][r] = true
			}
		}
	}
	for _, f := range slices.SortedFunc(maps.Keys(used), func(a, b *letters.Font) int { return strings.Compare(a.Name, b.Name) }) {
		p.AddUTF8FontFromBytes(f.Name, "", f.Subset(slices.Collect(maps.Keys(used[f]))))
	}
}

func put(p *gofpdf.Fpdf, s picture.Shape) {
	if s.Font != nil {
		p.SetFont(s.Font.Name, "", s.Size)
		p.SetTextColor(int(s.Fill.R), int(s.Fill.G), int(s.Fill.B))
		p.Text(s.X, s.Y, s.Text)
		return
	}
	p.SetFillColor(int(s.Fill.R), int(s.Fill.G), int(s.Fill.B))
	open := false
	for _, o := range s.Outline {
		switch q := o.Points; o.Op {
		case 'R':
			p.Rect(q[0][0], q[0][1], q[1][0], q[1][1], "F")
			continue
		case 'M':
			p.MoveTo(q[0][0], q[0][1])
		case 'L':
			p.LineTo(q[0][0], q[0][1])
		case 'C':
			p.CurveBezierCubicTo(q[0][0], q[0][1], q[1][0], q[1][1], q[2][0], q[2][1])
		case 'Z':
			p.ClosePath()
		}
		open = true
	}
	if open {
		p.DrawPath("F")
	}
}

func noon(date string) time.Time {
	t, _ := assay.Date(date)
	return t.Add(12 * time.Hour)
}
