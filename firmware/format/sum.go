package format

import (
	"context"
	"io"
)

// Sum writes spans of the input, one after another, to w: a hash. It holds little
// of them in memory and ends with ctx.
func Sum(ctx context.Context, w io.Writer, in Input, spans ...Span) error {
	const step = 1 << 20
	for _, s := range spans {
		for off, end := s.Offset, s.Offset+s.Length; off < end; {
			if err := ctx.Err(); err != nil {
				return err
			}
			n := min(step, end-off)
			b, err := in.Bytes(off, n)
			if err != nil {
				return err
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
			off += n
		}
	}
	return nil
}
