package picture

import (
	"errors"
	"fmt"

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

// qr draws the code as one rectangle for each run of dark modules, with sharp
// edges at every size. The quiet zone lies outside the side given.
func (s *sheet) qr(x, y, side float64, text string) {
	code, err := encode(text)
	if err != nil {
		if s.err == nil {
			s.err = fmt.Errorf("QR code: %w", err)
		}
		return
	}
	s.modules(s.mirror(x, side), y, side, code)
}

func (s *sheet) modules(x, y, side float64, code *coding.Code) {
	module := side / float64(code.Size)
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

// QR draws the label's QR code alone, with its quiet zone, 40 mm wide.
func QR(s *labels.Statement, compactLabel []byte) (*Drawing, error) {
	c, err := newContent(s, compactLabel, Default)
	if err != nil {
		return nil, err
	}
	code, err := encode(c.code)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	const side = 40.0
	sh := c.sheet(side, side, 0, 0)
	quietZone := side * 4 / float64(code.Size+8) // ISO/IEC 18004: four modules
	sh.rect(0, 0, side, side, white)
	sh.modules(quietZone, quietZone, side-2*quietZone, code)
	sh.d.Description = c.code
	sh.d.Title = "QR code: " + c.l.Product.Maker.Name + " " + c.l.Product.Name
	return sh.d, nil
}
