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
	case head.Width < 1 || head.Height < 1 || head.Width > MaxSide || head.Height > MaxSide || head.Width*head.Height > MaxPoints:
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

// find looks at the picture in several sizes: small ones lose the noise, large ones
// keep small codes. The first in which something is found has the answer.
func find(img *image.Gray) ([]string, error) {
	for _, size := range sizes(img.Rect.Dx(), img.Rect.Dy()) {
		scaled := scale(img, size.X, size.Y)
		for _, invert := range []bool{false, true} {
			if texts := look(scaled, invert); len(texts) > 0 {
				return texts, nil
			}
		}
	}
	return nil, ErrNoCode
}

// sizes are those in which a picture is looked at, in points: its own if that is
// not large, and some below and above.
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
