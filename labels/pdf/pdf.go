// Package pdf draws labels.
//
// What is drawn follows from the statement alone, byte for byte, in every
// release of this program and of Go: the renderer that a statement names never
// changes, and files are written without compression (see plain.go). So anybody
// can draw a label again and compare.
package pdf

import (
	"fmt"

	"github.com/assay-iot/assay/labels"
)

// Render draws the label of a statement as an A5 page, with the bundle
// attached. If there is a compact label, it is in the QR code and attached too;
// else pass nil. It fails with labels.ErrUnknownRenderer if the statement names a
// renderer that this program does not have, and with a [GlyphError] if a text
// holds a character that the label's fonts cannot set.
func Render(s *labels.Statement, bundle, compactLabel []byte) ([]byte, error) {
	if s.Predicate.Renderer != 1 {
		return nil, fmt.Errorf("%w %d", labels.ErrUnknownRenderer, s.Predicate.Renderer)
	}
	return render1(s, bundle, compactLabel)
}
