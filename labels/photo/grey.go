package photo

import (
	"image"
	"image/color"
)

// grey gives a picture's brightness, with white behind what is transparent.
func grey(img image.Image) *image.Gray {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch img := img.(type) {
	case *image.Gray:
		for y := range b.Dy() {
			copy(out.Pix[y*out.Stride:][:b.Dx()], img.Pix[y*img.Stride:])
		}
		return out
	case *image.YCbCr: // a JPEG: Y is the brightness
		for y := range b.Dy() {
			copy(out.Pix[y*out.Stride:][:b.Dx()], img.Y[y*img.YStride:])
		}
		return out
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Pix[y*out.Stride+x] = over(img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// over gives the brightness of a colour over white (ITU-R BT.601, as JPEG).
func over(c color.Color) byte {
	r, g, b, a := c.RGBA()
	return byte((19595*r + 38470*g + 7471*b + (0xFFFF-a)<<16 + 1<<15) >> 24) //nolint:gosec // below 1<<32: r, g and b are at most a
}

// scale gives the picture in another size: smaller, each point is the mean of those
// that it covers; larger, of those around it, by their distance.
func scale(img *image.Gray, width, height int) *image.Gray {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	switch {
	case w == width && h == height:
		return img
	case width > w:
		return enlarge(img, width, height)
	}
	out := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		y0, y1 := span(y, height, h)
		for x := range width {
			x0, x1 := span(x, width, w)
			sum := 0
			for row := y0; row < y1; row++ {
				for _, p := range img.Pix[row*img.Stride+x0 : row*img.Stride+x1] {
					sum += int(p)
				}
			}
			out.Pix[y*out.Stride+x] = byte(sum / ((y1 - y0) * (x1 - x0)))
		}
	}
	return out
}

// span is what the i-th of n points covers of size, at least one.
func span(i, n, size int) (from, to int) {
	from = i * size / n
	return from, max(from+1, (i+1)*size/n)
}

// enlarge gives the picture larger, by linear interpolation.
func enlarge(img *image.Gray, width, height int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		y0, y1, v := between(y, height, img.Rect.Dy())
		above, below := img.Pix[y0*img.Stride:], img.Pix[y1*img.Stride:]
		for x := range width {
			x0, x1, u := between(x, width, img.Rect.Dx())
			top := int(above[x0])*(256-u) + int(above[x1])*u
			bottom := int(below[x0])*(256-u) + int(below[x1])*u
			out.Pix[y*out.Stride+x] = byte((top*(256-v) + bottom*v) >> 16)
		}
	}
	return out
}

// between gives the two points of size that the middle of the i-th of n lies
// between, and how far it is from the first, of 256.
func between(i, n, size int) (a, b, part int) {
	at := max(0, ((2*i+1)*size*256/n-256)/2)
	a = at >> 8
	return a, min(a+1, size-1), at & 255
}
