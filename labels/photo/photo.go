// Package photo reads the QR codes in a picture, such as a photo of a label.
//
// It stands apart from the verifier, which stays small: whoever has a photo takes
// the text out of it here and gives that to package verify. Nothing about it is
// believed: a text that was read wrongly has no good signature.
//
//	texts, err := photo.Texts(jpeg)
package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the kinds of picture that are read
	_ "image/png"
	"slices"
)

// The limits of a picture.
const (
	MaxBytes  = 32 << 20
	MaxSide   = 16 << 10 // points of its width, and of its height
	MaxPoints = 32 << 20 // of both together: in the largest form of PNG 256 MB
	MaxScans  = 64       // of a JPEG, each of which goes over all points
)

// ErrPicture says that a picture cannot be read, or is too large.
var ErrPicture = errors.New("picture")

// ErrNoCode says that no QR code was found in a picture that can be read.
var ErrNoCode = errors.New("no QR code can be read in the picture")

// Is reports whether data begin as a PNG or a JPEG does.
func Is(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(data, []byte("\xff\xd8\xff"))
}

// Texts gives the texts of the QR codes in a PNG or JPEG, each once, in the order
// in which they were found. It fails with ErrPicture or ErrNoCode.
func Texts(data []byte) ([]string, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrPicture, len(data), MaxBytes)
	}
	head, kind, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	case kind != "png" && kind != "jpeg": // another program may have registered more
		return nil, fmt.Errorf("%w: a %s, not a PNG or a JPEG", ErrPicture, kind)
	case head.Width > MaxSide || head.Height > MaxSide:
		return nil, fmt.Errorf("%w: %d × %d points, and a side may have %d: make it smaller, or cut out the code", ErrPicture, head.Width, head.Height, MaxSide)
	case head.Width < 1 || head.Height < 1 || head.Width*head.Height > MaxPoints:
		return nil, fmt.Errorf("%w: %d × %d points, more than %d million: make it smaller, or cut out the code", ErrPicture, head.Width, head.Height, MaxPoints>>20)
	}
	if n := bytes.Count(data, []byte{0xFF, 0xDA}); kind == "jpeg" && n > MaxScans {
		return nil, fmt.Errorf("%w: a JPEG of %d scans, more than %d", ErrPicture, n, MaxScans)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return find(grey(img))
}

// find looks at the pieces of a picture, if it is long, and then at the whole: the
// code of one page of a data sheet would be too small in that.
func find(img *image.Gray) ([]string, error) {
	var found []string
	for _, piece := range pieces(img) {
		size := sizes(piece.Rect.Dx(), piece.Rect.Dy())[0]
		for _, text := range lookTwice(scale(piece, size.X, size.Y)) {
			if !slices.Contains(found, text) {
				found = append(found, text)
			}
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	for _, size := range sizes(img.Rect.Dx(), img.Rect.Dy()) {
		if texts := lookTwice(scale(img, size.X, size.Y)); len(texts) > 0 {
			return texts, nil
		}
	}
	return nil, ErrNoCode
}

// lookTwice looks for black on white, and for white on black.
func lookTwice(img *image.Gray) []string {
	if texts := look(img, false); len(texts) > 0 {
		return texts
	}
	return look(img, true)
}

// pieces cuts a picture that is more than twice as long as it is wide into sheets
// that overlap by half. One that is too narrow is its own largest size, and is not
// cut.
func pieces(img *image.Gray) []*image.Gray {
	const narrow = 400
	w, h := img.Rect.Dx(), img.Rect.Dy()
	short, long := min(w, h), max(w, h)
	if short < narrow || long <= 2*short {
		return nil
	}
	var list []*image.Gray
	side := short * 7 / 5
	for at := 0; at < long-side/2; at += side / 2 {
		from, to := min(at, long-side), min(at+side, long)
		part := image.Rect(0, from, w, to)
		if w > h {
			part = image.Rect(from, 0, to, h)
		}
		list = append(list, crop(img, part))
	}
	return list
}

func crop(img *image.Gray, part image.Rectangle) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, part.Dx(), part.Dy()))
	for y := range part.Dy() {
		copy(out.Pix[y*out.Stride:][:part.Dx()], img.Pix[(part.Min.Y+y)*img.Stride+part.Min.X:])
	}
	return out
}

// sizes are those in which a picture is looked at, in points: its own if that is
// not large, and some below and above: small ones lose the noise, large ones keep
// small codes.
func sizes(width, height int) []image.Point {
	const largest = 2400
	long := max(width, height)
	var list []image.Point
	for _, side := range []int{min(long, largest), 1600, 1000, 2 * long, 3 * long, 4 * long, 700, 400} {
		if side > largest || side > long && side%long != 0 {
			continue
		}
		p := image.Pt(max(1, width*side/long), max(1, height*side/long))
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}
