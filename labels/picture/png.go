package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"golang.org/x/image/vector"
)

// MaxDPI is the finest that PNG draws, in dots per inch.
const MaxDPI = 1200

// PNG writes the drawing as one image of so many dots per inch, its pages one
// under the other.
func (d *Drawing) PNG(dpi int) ([]byte, error) {
	if dpi < 1 || dpi > MaxDPI {
		return nil, fmt.Errorf("a picture of %d dots per inch: 1 to %d can be drawn", dpi, MaxDPI)
	}
	scale := float64(dpi) / 25.4
	high := float64(len(d.Pages))*(d.Height+pageGap) - pageGap
	c := &canvas{scale: scale, image: image.NewRGBA(image.Rect(0, 0, int(math.Ceil(d.Width*scale)), int(math.Ceil(high*scale)))), known: map[glyph][]Stroke{}}
	draw.Draw(c.image, c.image.Bounds(), image.White, image.Point{}, draw.Src)
	for i, page := range d.Pages {
		for _, s := range page {
			c.top = float64(i) * (d.Height + pageGap)
			if err := c.shape(s); err != nil {
				return nil, err
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, c.image); err != nil {
		return nil, fmt.Errorf("draw label: %w", err)
	}
	return out.Bytes(), nil
}

type canvas struct {
	image *image.RGBA
	scale float64 // pixels in a millimetre
	top   float64 // of the page, in mm
	known map[glyph][]Stroke
	ras   vector.Rasterizer
}

func (c *canvas) shape(s Shape) error {
	if s.Font == nil && len(s.Outline) > 0 && s.Outline[0].Op == 'R' {
		c.boxes(s)
		return nil
	}
	if s.Font == nil {
		c.fill(s.Outline, s.Fill, func(p [2]float64) [2]float64 { return p })
		return nil
	}
	em, x := s.Size*pointMM, s.X
	for _, r := range s.Text {
		g := glyph{s.Font, r}
		outline, ok := c.known[g]
		if !ok {
			var err error
			if outline, err = outlineOf(s.Font, r); err != nil {
				return err
			}
			c.known[g] = outline
		}
		c.fill(outline, s.Fill, func(p [2]float64) [2]float64 { return [2]float64{x + p[0]*em, s.Y - p[1]*em} })
		x += float64(s.Font.Advance(r)) / 1000 * em
	}
	return nil
}

// boxes fills rectangles, each with its edges on the grid of pixels, so that the
// modules of a code stay sharp, and at least one pixel wide.
func (c *canvas) boxes(s Shape) {
	fill := image.NewUniform(color.RGBA{s.Fill.R, s.Fill.G, s.Fill.B, 255})
	for _, o := range s.Outline {
		var edge [2][2]int
		for k := range 2 {
			from := o.Points[0][k]
			if k == 1 {
				from += c.top
			}
			edge[0][k] = int(math.Round(from * c.scale))
			edge[1][k] = max(edge[0][k]+1, int(math.Round((from+o.Points[1][k])*c.scale)))
		}
		draw.Draw(c.image, image.Rect(edge[0][0], edge[0][1], edge[1][0], edge[1][1]), fill, image.Point{}, draw.Src)
	}
}

// fill draws an outline. Only the box round it is touched.
func (c *canvas) fill(outline []Stroke, colour Colour, place func([2]float64) [2]float64) {
	if len(outline) == 0 {
		return
	}
	points := make([]Stroke, 0, len(outline))
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, s := range outline {
		for i := range s.Points {
			p := place(s.Points[i])
			p = [2]float64{p[0] * c.scale, (p[1] + c.top) * c.scale}
			if i < used(s.Op) {
				for k := range p {
					low[k], high[k] = min(low[k], p[k]), max(high[k], p[k])
				}
			}
			s.Points[i] = p
		}
		points = append(points, s)
	}
	box := image.Rect(int(math.Floor(low[0])), int(math.Floor(low[1])), int(math.Ceil(high[0])), int(math.Ceil(high[1]))).Intersect(c.image.Bounds())
	if box.Empty() {
		return
	}
	c.ras.Reset(box.Dx(), box.Dy())
	at := func(p [2]float64) (float32, float32) {
		return float32(p[0] - float64(box.Min.X)), float32(p[1] - float64(box.Min.Y))
	}
	for _, s := range points {
		x, y := at(s.Points[0])
		switch s.Op {
		case 'M':
			c.ras.MoveTo(x, y)
		case 'L':
			c.ras.LineTo(x, y)
		case 'C':
			x2, y2 := at(s.Points[1])
			x3, y3 := at(s.Points[2])
			c.ras.CubeTo(x, y, x2, y2, x3, y3)
		case 'Z':
			c.ras.ClosePath()
		}
	}
	c.ras.Draw(c.image, box, image.NewUniform(color.RGBA{colour.R, colour.G, colour.B, 255}), image.Point{})
}

// used is how many points a piece of an outline has.
func used(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'C':
		return 3
	}
	return 0
}
