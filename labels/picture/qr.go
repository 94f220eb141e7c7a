package picture

import (
	"errors"
	"fmt"
	"math"

	"rsc.io/qr/coding"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
)

// Code is what the QR code holds: the compact label behind the issuer's
// address. Where there is none, it is the address and the label's digest behind
// "#", or the digest alone.
func Code(l *labels.Label, digest assay.Digest, compactLabel []byte) (string, error) {
	if compactLabel != nil {
		return compact.Code(l, compactLabel)
	}
	if l.Issuer.Address == "" {
		return string(digest), nil
	}
	return l.Issuer.Address + "#" + string(digest), nil
}

// encode makes the smallest code at level M. The two parts of the text that a
// compact label makes are each written in their own mode.
func encode(text string) (*coding.Code, error) {
	head, tail := compact.Split(text)
	segments := []coding.Encoding{coding.String(text)}
	if alpha := coding.Alpha(tail); head != "" && alpha.Check() == nil {
		segments = []coding.Encoding{coding.String(head), alpha}
	}
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		bits := 0
		for _, s := range segments {
			bits += s.Bits(v)
		}
		if bits > v.DataBytes(coding.M)*8 {
			continue
		}
		plan, err := coding.NewPlan(v, coding.M, 0)
		if err != nil {
			return nil, err
		}
		return plan.Encode(segments...)
	}
	return nil, errors.New("the text is too long")
}

// dot is what printers of 300 dots per inch can set, in mm. A module is a whole
// number of dots, so that no two differ in print.
const dot = 25.4 / 300

// qr draws the code with its corner at x and y, as large as a side allows. The
// quiet zone lies outside.
func (s *sheet) qr(x, y, side float64, text string) {
	code, err := encode(text)
	if err != nil {
		if s.err == nil {
			s.err = fmt.Errorf("QR code: %w", err)
		}
		return
	}
	s.modules(x, y, side, code)
}

// modules draws one rectangle for each run of dark modules, with sharp edges at
// every size.
func (s *sheet) modules(x, y, side float64, code *coding.Code) {
	module := max(1, math.Floor(side/float64(code.Size)/dot+1e-6)) * dot
	x = s.mirror(x, module*float64(code.Size))
	var outline []Stroke
	for row := range code.Size {
		for col := 0; col < code.Size; {
			run := 0
			for col+run < code.Size && code.Black(col+run, row) {
				run++
			}
			if run > 0 {
				outline = append(outline, rect(x+float64(col)*module, y+float64(row)*module, float64(run)*module, module))
			}
			col += max(run, 1)
		}
	}
	s.fill(ink, outline...)
}

// QR draws the label's QR code alone, with its quiet zone, with modules of half a
// millimetre.
func QR(s *labels.Statement, compactLabel []byte) (*Drawing, error) {
	c, err := newContent(s, compactLabel, Default)
	if err != nil {
		return nil, err
	}
	code, err := encode(c.code)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	const quietZone = 4 // modules, by ISO/IEC 18004
	side := float64(code.Size+2*quietZone) * 6 * dot
	sh := c.sheet(side, side, 0, 0)
	sh.rect(0, 0, side, side, white)
	sh.modules(quietZone*6*dot, quietZone*6*dot, float64(code.Size)*6*dot, code)
	sh.d.Description = c.code
	sh.d.Title = "QR code: " + c.l.Product.Maker.Name + " " + c.l.Product.Name
	return sh.d, nil
}
