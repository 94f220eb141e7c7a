package stream

import (
	"context"

	"github.com/andybalholm/brotli"

	"github.com/assay-iot/assay/firmware/format"
)

// Brotli is RFC 7932. A stream has no magic and no checksum, and nearly anything begins
// as one: it is read where a file's name says that it is one, if it ends with the file.
var Brotli = &format.Format{Name: "brotli", Probe: func(format.Input) format.Likeness { return format.Likely }, Open: openBrotli}

func openBrotli(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	src := newCounter(in, 0)
	data, err := collect(ctx, brotli.NewReader(src), b, 0, src.taken)
	return opened(in, data, in.Size, "", err, nil)
}
