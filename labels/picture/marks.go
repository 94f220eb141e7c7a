package picture

import (
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// mark draws how something is known. The five differ in shape, so that they
// can be told apart in black and white: a disc with a tick, a disc, half a
// disc, a ring, a dash. What is not followed has a cross.
func (s *sheet) mark(cx, cy, r float64, p labels.Principle) {
	cx = s.mirror(cx, 0)
	switch {
	case p.Outcome == assay.NotMet:
		s.fill(ink, bar(cx-r*0.6, cy-r*0.6, cx+r*0.6, cy+r*0.6, r*0.3)...)
		s.fill(ink, bar(cx-r*0.6, cy+r*0.6, cx+r*0.6, cy-r*0.6, r*0.3)...)
	case p.Outcome != assay.Met || p.Proof == assay.NotAssessed:
		s.fill(quiet, rect(cx-r*0.7, cy-r*0.12, r*1.4, r*0.24))
	case p.Proof == assay.Verified:
		s.fill(accent, circle(cx, cy, r, false)...)
		s.tick(cx, cy, r)
	case p.Proof == assay.Observed:
		s.fill(accent, circle(cx, cy, r, false)...)
	default:
		s.fill(accent, slices.Concat(circle(cx, cy, r, false), circle(cx, cy, r*0.76, true))...)
		if p.Proof == assay.Documented {
			s.half(cx, cy, r*0.8)
		}
	}
}

func (s *sheet) tick(cx, cy, r float64) {
	x, y := [3]float64{cx - r*0.45, cx - r*0.1, cx + r*0.48}, [3]float64{cy + r*0.03, cy + r*0.38, cy - r*0.34}
	w := r * 0.3
	s.fill(white, bar(x[0], y[0], x[1], y[1], w)...)
	s.fill(white, bar(x[1], y[1], x[2], y[2], w)...)
	for i := range x {
		s.fill(white, circle(x[i], y[i], w/2, false)...)
	}
}

// half fills the left half of a disc.
func (s *sheet) half(cx, cy, r float64) {
	k := arc * r
	s.fill(accent, move(cx, cy-r), curve(cx-k, cy-r, cx-r, cy-k, cx-r, cy), curve(cx-r, cy+k, cx-k, cy+r, cx, cy+r), closed)
}
