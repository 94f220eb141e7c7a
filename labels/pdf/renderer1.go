package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/jung-kurt/gofpdf"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// The page of renderer 1: A5, in millimetres, on a grid of two columns.
const (
	pageWidth, pageHeight = 148.0, 210.0
	left, right           = 13.0, 135.0
	gutter                = 6.0
	column                = (right - left - gutter) / 2
	second                = left + column + gutter
)

// render1 draws a label with renderer 1, which never changes.
func render1(s *labels.Statement, bundle, compactLabel []byte) ([]byte, error) {
	payload, err := s.Payload()
	if err != nil {
		return nil, err
	}
	l, digest := &s.Predicate, assay.SHA256(sha256.Sum256(payload))
	page, err := newSheet(pageWidth, pageHeight)
	if err != nil {
		return nil, err
	}
	page.pdf.SetCreationDate(noon(l.Issued))
	page.pdf.SetModificationDate(noon(l.Issued))
	attached := []gofpdf.Attachment{{Content: bundle, Filename: "label.sigstore.json", Description: "the signed label"}}
	if compactLabel != nil {
		attached = append(attached, gofpdf.Attachment{Content: compactLabel, Filename: "label.cose", Description: "what the QR code holds"})
	}
	page.pdf.SetAttachments(attached)
	code, err := qrText(l, digest, compactLabel)
	if err != nil {
		return nil, err
	}
	if err := page.label(l, digest, code); err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if err := page.pdf.Output(&raw); err != nil {
		return nil, fmt.Errorf("draw label: %w", err)
	}
	return plain(raw.Bytes(), info{
		title:   "Security label: " + l.Product.Maker.Name + " " + l.Product.Name,
		author:  l.Issuer.Name,
		subject: string(digest),
		date:    "D:" + strings.ReplaceAll(l.Issued, "-", "") + "120000Z",
	})
}

func (s *sheet) label(l *labels.Label, digest assay.Digest, code string) error {
	if l.Demo {
		s.watermark()
	}
	s.header(l)
	s.support(l)
	s.despite(l.Despite)
	s.facts(l.Declared)
	s.principles(l.Principles)
	s.scope(l)
	if err := s.footer(l, digest, code); err != nil {
		return err
	}
	return s.err
}

// watermark lies under everything, from corner to corner.
func (s *sheet) watermark() {
	st := style{"B", 150, ghost}
	w := s.width("DEMO", st)
	s.use(st)
	s.pdf.TransformBegin()
	s.pdf.TransformRotate(52, pageWidth/2, pageHeight/2)
	s.pdf.Text(pageWidth/2-w/2, pageHeight/2+18, "DEMO")
	s.pdf.TransformEnd()
}

func (s *sheet) heading(x, y float64, text string) {
	s.spaced(x, y, strings.ToUpper(text), style{"B", 6.5, accent})
}

func (s *sheet) header(l *labels.Label) {
	s.fill(accent)
	s.pdf.Rect(0, 0, pageWidth, 2.4, "F")
	s.heading(left, 13, "Security label")
	s.kind(l)
	s.name(l.Product.Name)
	by := func(n int) string {
		if len(l.Product.Models) == 0 {
			return l.Product.Maker.Name
		}
		return l.Product.Maker.Name + "  ·  " + modelsText(l.Product.Models, n)
	}
	s.set(left, 30.8, s.fitLists(by, style{"", 9.5, quiet}, right-left, 6.5, 1))
}

// kind says at the top right what sort of label this is.
func (s *sheet) kind(l *labels.Label) {
	if l.Demo {
		st := style{"B", 7.5, white}
		w := s.width(demoWarning, st)
		s.fill(accent)
		s.pdf.RoundedRect(right-w-6, 9.2, w+6, 5.6, 2.8, "1234", "F")
		s.put(right-w-3, 13, demoWarning, st)
		return
	}
	text := "Issued by " + l.Issuer.Name
	if l.Issuer.Standing == labels.IsMaker {
		text = "Self-declared"
	}
	b := s.fit(text, style{"", 7.5, quiet}, column, 5, 1)
	s.right(right, 13, b.lines[0], b.style)
}

// name sets the product's name in one line as large as it goes, or in two.
func (s *sheet) name(text string) {
	st := style{"B", 25, ink}
	for s.width(s.clean(text), st) > right-left && st.size > 15 {
		st.size--
	}
	if s.width(s.clean(text), st) <= right-left {
		s.set(left, 24.2, s.fit(text, st, right-left, st.size, 1))
		return
	}
	s.set(left, 19.6, s.fit(text, st, right-left, 6, 2))
}

func modelsText(models []string, n int) string {
	if len(models) == 1 {
		return "model " + models[0]
	}
	return "models " + some(models, n)
}

// support is what people ask first, so it is what they see first.
func (s *sheet) support(l *labels.Label) {
	const y = 40.2
	s.line(left, y-5, right)
	s.put(left, y+2.6, "Security updates until", style{"", 9.5, ink})
	s.right(right, y+2.6, longDate(l.Product.SupportUntil), style{"B", 19, accent})
	s.line(left, y+7, right)
}

// despite says, in a band over everything else, that the issuer labelled the
// product although something is not met.
func (s *sheet) despite(list []labels.Decision) {
	if len(list) == 0 {
		return
	}
	const height = 9.6
	b := s.fitLists(despiteText(list), style{"B", 8, white}, right-left, 5, 2)
	s.fill(accent)
	s.pdf.Rect(0, 0, pageWidth, height, "F")
	s.set(left, (height-b.height())/2+b.style.size*pointMM*0.36, b)
}

func (s *sheet) facts(f labels.Face) {
	const y = 53.8
	s.heading(left, y, "What the maker says")
	for i, c := range []struct {
		what string
		text listed
	}{
		{"Updates", func(int) string { return updatesText(f) }},
		{"Passwords", func(int) string { return passwordsText(f) }},
		{"Sensors and data", sensorsText(f)},
		{"Who receives data", recipientsText(f)},
	} {
		x, top := left+float64(i%2)*(column+gutter), y+5.6+float64(i/2)*13.3
		s.put(x, top, c.what, style{"", 7, quiet})
		s.set(x, top+4.3, s.fitLists(c.text, style{"", 9, ink}, column, 6.5, 2))
	}
}

func (s *sheet) principles(list []labels.Principle) {
	const y, row = 88.5, 5.6
	s.heading(left, y, "Nine principles, and how each is known")
	for i, p := range list {
		top := y + 2.6 + float64(i)*row
		base := top + row*0.68
		s.line(left, top, right)
		s.mark(left+1.5, top+row/2, 1.45, p)
		s.put(left+6, base, principleText(p.Principle), style{"", 8.5, ink})
		st := style{"", 8.5, quiet}
		if p.Outcome == assay.Met && p.Proof >= assay.Observed {
			st = style{"B", 8.5, ink}
		}
		s.right(right, base, proofText(p), st)
	}
	end := y + 2.6 + float64(len(list))*row
	s.line(left, end, right)
	for i, e := range legend {
		x, base := left+float64(i%2)*(column+gutter), end+4.4+float64(i/2)*3.7
		s.mark(x+1.0, base-0.85, 0.95, labels.Principle{Outcome: assay.Met, Proof: e.proof})
		s.put(x+3.4, base, e.text, style{"", 6.5, quiet})
	}
}

func (s *sheet) scope(l *labels.Label) {
	const y = 156.5
	s.heading(left, y, "What was examined")
	s.bar(left, y+2.4, right-left, 2.6, l.Coverage)
	c := l.Coverage
	x := left
	for _, k := range []struct {
		class assay.CoverageClass
		text  string
	}{
		{assay.Opened, percent(c.Examined(), c.Bytes, false) + " examined"},
		{assay.DeclaredOpaque, percent(c.DeclaredOpaque, c.Bytes, true) + " declared closed"},
		{assay.Unexplained, percent(c.Unexplained, c.Bytes, true) + " unexplained"},
	} {
		s.swatch(x, y+6.6, 2.2, 2.2, k.class)
		s.put(x+3.2, y+8.5, k.text, style{"", 7, ink})
		x += 3.2 + s.width(k.text, style{"", 7, ink}) + 5
	}
	s.right(right, y+8.5, "of the software's bytes", style{"", 7, quiet})
	s.set(left, y+13.2, s.fitLists(scopeText(l), style{"", 7, ink}, right-left, 5.5, 2))
}

// bar shows the three classes side by side, to scale; a class that exists is
// never too thin to see.
func (s *sheet) bar(x, y, w, h float64, c labels.Coverage) {
	const least = 0.8
	share := func(n int64) float64 {
		if n == 0 || c.Bytes == 0 {
			return 0
		}
		return max(least, w*float64(n)/float64(c.Bytes))
	}
	opaque, open := share(c.DeclaredOpaque), share(c.Unexplained)
	examined := max(0, w-opaque-open)
	if c.Bytes == 0 {
		examined, open = 0, w
	}
	s.swatch(x, y, examined, h, assay.Opened)
	s.swatch(x+examined, y, opaque, h, assay.DeclaredOpaque)
	s.swatch(x+examined+opaque, y, open, h, assay.Unexplained)
}

// swatch fills a box as its class is shown: full, hatched, or empty.
func (s *sheet) swatch(x, y, w, h float64, class assay.CoverageClass) {
	if w <= 0 {
		return
	}
	s.draw(accent, 0.2)
	switch class {
	case assay.Opened:
		s.fill(accent)
		s.pdf.Rect(x, y, w, h, "F")
		return
	case assay.DeclaredOpaque:
		s.pdf.ClipRect(x, y, w, h, false)
		for d := -h; d < w; d += 0.8 {
			s.pdf.Line(x+d, y+h, x+d+h, y)
		}
		s.pdf.ClipEnd()
	}
	s.pdf.Rect(x+0.1, y+0.1, max(0, w-0.2), h-0.2, "D")
}

func (s *sheet) footer(l *labels.Label, digest assay.Digest, code string) error {
	const y, side = 180.0, 22.0
	s.line(left, y-2.2, right)
	if err := s.qr(left, y+1, side, code); err != nil {
		return err
	}
	x := left + side + 6
	w := right - x
	at := s.set(x, y+3, s.fitLists(schemesText(l), style{"", 7, ink}, w, 5, 3))
	dates := fmt.Sprintf("As of %s. Issued %s, valid until %s.", longDate(l.AsOf), longDate(l.Issued), longDate(l.ValidUntil))
	at = s.set(x, at+3.8, s.fit(dates, style{"B", 7, ink}, w, 5, 1))
	at = s.set(x, at+3.5, s.fit(disclaimer, style{"", 6, quiet}, w, 5, 2))
	s.put(x, at+3.4, string(digest), style{"M", 5.6, quiet})
	return nil
}
