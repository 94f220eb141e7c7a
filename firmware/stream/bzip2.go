package stream

import (
	"compress/bzip2"
	"context"
	"errors"

	"github.com/assay-iot/assay/firmware/format"
)

// Bzip2 is the bzip2 stream, several one after another included.
var Bzip2 = &format.Format{
	Name:     "bzip2",
	Magics:   []format.Magic{{Offset: 4, Bytes: "1AY&SY"}},
	Anywhere: true,
	Summed:   true,
	Probe:    probeBzip2,
	Open:     openBzip2,
	Peek:     func(in format.Input) []byte { return peek(bzip2.NewReader(newCounter(in, 0)), nil) },
}

func probeBzip2(in format.Input) format.Likeness {
	h := in.Head(10)
	if len(h) < 10 || string(h[:3]) != "BZh" || h[3] < '1' || h[3] > '9' || string(h[4:]) != "1AY&SY" {
		return format.No
	}
	return format.Sure
}

func openBzip2(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	c := newCounter(in, 0)
	data, err := collect(ctx, bzip2.NewReader(c), b, 0, c.taken)
	length := c.taken()
	var follows bzip2.StructuralError
	if errors.As(err, &follows) && follows == "bad magic value in continuation file" {
		// The stream ended; the reader took two bytes of what follows.
		length, err = length-2, nil
	}
	return opened(in, data, length, "", err, nil)
}
