// Package pdf writes the picture of a label as a PDF.
//
// What is drawn follows from the statement alone, byte for byte, in every
// release of this program and of Go: the renderer that a statement names never
// changes, and files are written without compression (see plain.go). So anybody
// can draw a label again and compare. Which of its variants a file is stands in
// the file.
package pdf

import (
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/picture"
)

// Render draws a variant of the label of a statement, with the bundle attached.
// If there is a compact label, it is in the QR code and attached too; else pass
// nil. It fails with labels.ErrUnknownRenderer if the statement names a renderer
// that this program does not have, with labels.ErrUnknownVariant for a variant that
// the renderer does not have, and with a letters.GlyphError if a text holds a
// character that the label's fonts cannot set.
func Render(s *labels.Statement, bundle, compactLabel []byte, v picture.Variant) ([]byte, error) {
	d, err := picture.Draw(s, compactLabel, v)
	if err != nil {
		return nil, err
	}
	return write(d, s, bundle, compactLabel)
}

// Again draws the variant that a PDF label names, to be compared with it.
func Again(s *labels.Statement, bundle, compactLabel []byte, variant string) ([]byte, error) {
	v, _ := picture.ParseVariant(variant) // the renderer comes first: another one may have it
	return Render(s, bundle, compactLabel, v)
}
