package pdf

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// mark draws how something is known. The five differ in shape, so that they
// can be told apart in black and white: a disc with a tick, a disc, half a
// disc, a ring, a dash. What is not followed has a cross.
func (s *sheet) mark(cx, cy, r float64, p labels.Principle) {
	s.draw(accent, r*0.24)
	ring := r * 0.88
	if p.Outcome == assay.NotMet {
		s.cross(cx, cy, r)
		return
	}
	if p.Outcome != assay.Met {
		s.dash(cx, cy, r)
		return
	}
	switch p.Proof {
	case assay.Verified:
		s.fill(accent)
		s.pdf.Circle(cx, cy, r, "F")
		s.tick(cx, cy, r)
	case assay.Observed:
		s.fill(accent)
		s.pdf.Circle(cx, cy, r, "F")
	case assay.Documented:
		s.fill(accent)
		s.pdf.Circle(cx, cy, ring, "D")
		s.half(cx, cy, ring)
	case assay.Declared:
		s.pdf.Circle(cx, cy, ring, "D")
	default:
		s.dash(cx, cy, r)
	}
}

func (s *sheet) tick(cx, cy, r float64) {
	s.draw(white, r*0.3)
	s.pdf.SetLineCapStyle("round")
	s.pdf.SetLineJoinStyle("round")
	s.pdf.MoveTo(cx-r*0.45, cy+r*0.03)
	s.pdf.LineTo(cx-r*0.1, cy+r*0.38)
	s.pdf.LineTo(cx+r*0.48, cy-r*0.34)
	s.pdf.DrawPath("D")
	s.pdf.SetLineCapStyle("butt")
	s.pdf.SetLineJoinStyle("miter")
}

// half fills the left half of a disc, in two quarters of a Bézier circle.
func (s *sheet) half(cx, cy, r float64) {
	const k = 0.5523 // the handle that makes a cubic curve a quarter of a circle
	s.pdf.MoveTo(cx, cy-r)
	s.pdf.CurveBezierCubicTo(cx-k*r, cy-r, cx-r, cy-k*r, cx-r, cy)
	s.pdf.CurveBezierCubicTo(cx-r, cy+k*r, cx-k*r, cy+r, cx, cy+r)
	s.pdf.ClosePath()
	s.pdf.DrawPath("F")
}

func (s *sheet) cross(cx, cy, r float64) {
	s.draw(ink, r*0.3)
	s.pdf.Line(cx-r*0.6, cy-r*0.6, cx+r*0.6, cy+r*0.6)
	s.pdf.Line(cx-r*0.6, cy+r*0.6, cx+r*0.6, cy-r*0.6)
}

func (s *sheet) dash(cx, cy, r float64) {
	s.draw(quiet, r*0.24)
	s.pdf.Line(cx-r*0.7, cy, cx+r*0.7, cy)
}
