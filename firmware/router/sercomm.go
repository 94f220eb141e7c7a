package router

import (
	"context"

	"github.com/assay-iot/assay/firmware/format"
)

// Sercomm is the header of 512 bytes of devices made by Sercomm, some of Netgear
// among them: the maker's name twice, hardware and version between, and a byte
// that brings the sum of the file to zero.
var Sercomm = &format.Format{
	Name:   "sercomm",
	Magics: []format.Magic{{Bytes: sercommMagic}},
	Probe:  func(in format.Input) format.Likeness { return likely(0, isSercomm(in)) },
	Open:   openSercomm,
}

const (
	sercommMagic = "sErCoMm"
	sercommSize  = 512
	sercommAgain = 63
)

func isSercomm(in format.Input) bool {
	return in.Size > sercommSize && in.Size <= maxImage && string(in.Peek(sercommAgain, len(sercommMagic))) == sercommMagic
}

func openSercomm(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	if !isSercomm(in) {
		return nil, format.Errorf(sercommAgain, "no header")
	}
	b := in.Head(sercommSize)
	m := newImage(in, in.Size)
	m.header(0, sercommSize)
	m.say("hardware", str(b[11:45]))
	m.say("hardware-version", str(b[45:55]))
	var s byteSum
	if err := feed(ctx, in, 0, in.Size, &s); err != nil {
		return nil, err
	}
	m.compared("image", "sum8", 0, in.Size, s == 0)
	return m.done(), nil
}
