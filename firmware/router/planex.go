package router

import (
	"context"
	"crypto/sha1"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Planex is the header of Planex: the SHA-1 of a number and the data, a version,
// and the length of the data.
var Planex = &format.Format{
	Name:   "planex",
	Magics: []format.Magic{{Offset: 28, Bytes: "\x04\x08"}},
	Probe:  func(in format.Input) format.Likeness { return likely(readPlanex(in)) },
	Open:   openPlanex,
}

// planexHeader is the header; numbers are big endian.
type planexHeader struct {
	Digest  [sha1.Size]byte
	Version [8]byte
	_       [2]byte
	Length  uint32
}

const (
	planexSize = 34
	planexSalt = "\x00\x00\x00\x02"
)

func readPlanex(in format.Input) (h planexHeader, ok bool) {
	return h, decode(in, binary.BigEndian, &h) && field(h.Version[:]) && h.Length > 0 && int64(h.Length) <= in.Size-planexSize
}

func openPlanex(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readPlanex(in)
	if !ok {
		return nil, format.Errorf(0, "no Planex header")
	}
	m := newImage(in, planexSize+int64(h.Length))
	m.header(0, planexSize)
	m.say("version", str(h.Version[:]))
	d := sha1.New()
	_, _ = d.Write([]byte(planexSalt))
	if err := m.compare(ctx, "image", "sha1 with a salt", planexSize, int64(h.Length), d, h.Digest[:]); err != nil {
		return nil, err
	}
	return m.done(), nil
}
