package pdf

import (
	"fmt"

	"rsc.io/qr"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// qrText is what the QR code holds: the issuer's address and, behind "#", where
// no server sees it, the label's digest. Without an address it is the digest
// alone.
func qrText(l *labels.Label, digest assay.Digest) string {
	if l.Issuer.Address == "" {
		return string(digest)
	}
	return l.Issuer.Address + "#" + string(digest)
}

// qr draws the code as one rectangle for each run of dark modules, with sharp
// edges at every size. The quiet zone lies outside the side given.
func (s *sheet) qr(x, y, side float64, text string) error {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return fmt.Errorf("QR code: %w", err)
	}
	module := side / float64(code.Size)
	s.fill(ink)
	for row := range code.Size {
		for col := 0; col < code.Size; {
			run := 0
			for col+run < code.Size && code.Black(col+run, row) {
				run++
			}
			if run > 0 {
				s.pdf.Rect(x+float64(col)*module, y+float64(row)*module, float64(run)*module, module, "F")
			}
			col += max(run, 1)
		}
	}
	return nil
}
