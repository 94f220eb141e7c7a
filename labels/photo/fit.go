package photo

import (
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// The decoder finds where a code lies by its three corners and one more mark, and
// loses tilted and small ones. What follows lays the whole pattern that every code
// of a version has (ISO/IEC 18004, 6.3: finder, timing and alignment patterns)
// over the picture, and moves it until it fits best.

// fits is how much of the pattern must be found for the code to be read.
const fits = 0.8

// quad are four places in a picture, x and y in turn: the middles of the three
// finder patterns, top left, top right and bottom left, and where a fourth would
// be.
type quad [8]float64

// fitted reads a code by its whole pattern; nothing if there is none.
func fitted(bits *gozxing.BitMatrix, hints map[gozxing.DecodeHintType]any) (string, bool) {
	info, err := detector.NewFinderPatternFinder(bits, nil).Find(hints)
	if err != nil {
		return "", false
	}
	tl, tr, bl := info.GetTopLeft(), info.GetTopRight(), info.GetBottomLeft()
	corners := quad{tl.GetX(), tl.GetY(), tr.GetX(), tr.GetY(), bl.GetX(), bl.GetY(), tr.GetX() + bl.GetX() - tl.GetX(), tr.GetY() + bl.GetY() - tl.GetY()}
	module := (tl.GetEstimatedModuleSize() + tr.GetEstimatedModuleSize() + bl.GetEstimatedModuleSize()) / 3
	across := (math.Hypot(tr.GetX()-tl.GetX(), tr.GetY()-tl.GetY()) + math.Hypot(bl.GetX()-tl.GetX(), bl.GetY()-tl.GetY())) / 2
	guess := int(math.Round((across/module + 7 - 17) / 4)) // the version
	var best pattern
	for version := max(1, guess-3); version <= min(40, guess+3); version++ {
		if p, err := newPattern(bits, version); err == nil {
			if p.place(corners, across); p.score > best.score {
				best = *p
			}
		}
	}
	if best.score < fits {
		return "", false
	}
	return best.read(hints)
}

// pattern is what every code of a version has, and where it lies in a picture.
type pattern struct {
	bits  *gozxing.BitMatrix
	side  int // modules
	at    quad
	score float64 // the part of the pattern that is found, from 0 to 1

	middles []float64 // of its modules, x and y in turn
	black   []bool
	moved   []float64
}

func newPattern(bits *gozxing.BitMatrix, version int) (*pattern, error) {
	v, err := decoder.Version_GetVersionForNumber(version)
	if err != nil {
		return nil, err
	}
	p := &pattern{bits: bits, side: v.GetDimensionForVersion()}
	for _, corner := range [][2]int{{3, 3}, {p.side - 4, 3}, {3, p.side - 4}} {
		p.square(corner[0], corner[1], 4, func(ring int) bool { return ring != 2 && ring != 4 })
	}
	for i := 8; i < p.side-8; i++ {
		p.module(i, 6, i%2 == 0)
		p.module(6, i, i%2 == 0)
	}
	centers := v.GetAlignmentPatternCenters()
	for i, y := range centers {
		for j, x := range centers {
			if last := len(centers) - 1; i == 0 && (j == 0 || j == last) || i == last && j == 0 {
				continue // there the finder patterns lie
			}
			p.square(x, y, 2, func(ring int) bool { return ring != 1 })
		}
	}
	p.moved = make([]float64, len(p.middles))
	return p, nil
}

func (p *pattern) module(x, y int, black bool) {
	p.middles = append(p.middles, float64(x)+0.5, float64(y)+0.5)
	p.black = append(p.black, black)
}

// square is made of rings around a module.
func (p *pattern) square(x, y, rings int, black func(ring int) bool) {
	for dy := -rings; dy <= rings; dy++ {
		for dx := -rings; dx <= rings; dx++ {
			if x+dx >= 0 && y+dy >= 0 && x+dx < p.side && y+dy < p.side {
				p.module(x+dx, y+dy, black(max(dx, -dx, dy, -dy)))
			}
		}
	}
}

// place looks for the fourth corner first, as far from where it would be without
// perspective as that can move it, and then moves all four, in ever smaller steps.
func (p *pattern) place(corners quad, across float64) {
	p.at, p.score = corners, p.found(corners)
	module := across / float64(p.side-7)
	reach := across / 3
	for dy := -reach; dy <= reach; dy += module {
		for dx := -reach; dx <= reach; dx += module {
			at := corners
			at[6], at[7] = at[6]+dx, at[7]+dy
			p.take(at)
		}
	}
	for step := module; step > module/16; step /= 2 {
		for range 4 {
			before := p.score
			for i := range p.at {
				for _, by := range []float64{-step, step} {
					at := p.at
					at[i] += by
					p.take(at)
				}
			}
			if p.score == before {
				break
			}
		}
	}
}

func (p *pattern) take(at quad) {
	if s := p.found(at); s > p.score {
		p.at, p.score = at, s
	}
}

// found is the part of the pattern that stands in the picture if it lies at a
// place.
func (p *pattern) found(at quad) float64 {
	copy(p.moved, p.middles)
	p.transform(at).TransformPoints(p.moved)
	n := 0
	for i, black := range p.black {
		if p.dark(p.moved[2*i], p.moved[2*i+1]) == black {
			n++
		}
	}
	return float64(n) / float64(len(p.black))
}

func (p *pattern) dark(x, y float64) bool {
	return x >= 0 && y >= 0 && x < float64(p.bits.GetWidth()) && y < float64(p.bits.GetHeight()) && p.bits.Get(int(x), int(y))
}

func (p *pattern) transform(at quad) *common.PerspectiveTransform {
	a, b := 3.5, float64(p.side)-3.5
	return common.PerspectiveTransform_QuadrilateralToQuadrilateral(a, a, b, a, b, b, a, b, at[0], at[1], at[2], at[3], at[6], at[7], at[4], at[5])
}

// read takes the modules from where the pattern lies.
func (p *pattern) read(hints map[gozxing.DecodeHintType]any) (string, bool) {
	code, err := gozxing.NewSquareBitMatrix(p.side)
	if err != nil {
		return "", false
	}
	row := make([]float64, 2*p.side)
	for y := range p.side {
		for x := range p.side {
			row[2*x], row[2*x+1] = float64(x)+0.5, float64(y)+0.5
		}
		p.transform(p.at).TransformPoints(row)
		for x := range p.side {
			if p.dark(row[2*x], row[2*x+1]) {
				code.Set(x, y)
			}
		}
	}
	r, err := decoder.NewDecoder().Decode(code, hints)
	if err != nil {
		return "", false
	}
	return r.GetText(), true
}
