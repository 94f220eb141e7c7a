package firmware

import (
	"errors"
	"strings"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
)

// readBeside reads the signatures that came with the image. What cannot be read is
// one with a Problem.
func (o *opener) readBeside(src Source) {
	for _, b := range src.Beside {
		var found []Signature
		err := format.Guard(func() (err error) {
			if src.Reader == nil {
				return errors.New("a folder has no bytes that could be signed")
			}
			found, err = detached.Parse(o.ctx, b.Data, format.Input{ReaderAt: src.Reader, Size: src.Size})
			return err
		})
		if err != nil {
			found = []Signature{{Kind: "detached", Length: int64(len(b.Data)), Problem: err.Error()}}
			if errors.Is(err, detached.ErrUnknown) {
				found[0].Problem, found[0].Value = "", b.Data[:min(len(b.Data), shown)]
			}
		}
		for _, s := range found {
			s.Name = strings.TrimSuffix(b.Name+", "+s.Name, ", ")
			o.img.Beside = append(o.img.Beside, BesideSignature{s, b.Name, b.Found})
		}
	}
}
