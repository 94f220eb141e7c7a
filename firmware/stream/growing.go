package stream

import (
	"cmp"
	"context"

	"github.com/assay-iot/assay/firmware/format"
)

// proof is how much must have been unpacked before memory is allocated because a
// header says so.
const proof = 256 << 10

// maxStep is from which step on room is refused for what would exceed the limit.
const maxStep = 4 << 20

// growing is the memory that a stream is unpacked into, within the limits. What
// is there is checked before there is room for more, so that a stream exceeds
// its limit by one step at most.
type growing struct {
	ctx    context.Context
	b      *format.Budget
	packed func() int64 // how many bytes went in so far
	taken  int64        // bytes that the budget knows of
	expect int64        // how much there will be, or 0 if nothing says so
	most   int64        // how much may be in memory, or 0 for no other limit than the budget's
}

// room makes room for n more bytes behind out: for twice as many as there were,
// so that a byte is copied once on the average.
func (g *growing) room(out []byte, n int) ([]byte, error) {
	if err := cmp.Or(g.ctx.Err(), g.allowed(out)); err != nil {
		return out, err
	}
	if g.most > 0 && int64(len(out)) > g.most {
		return out, format.ErrLimit
	}
	if n <= cap(out)-len(out) {
		return out, nil
	}
	if size := int64(len(out) + n); n > maxStep && size > g.b.FileBytes {
		return out, g.b.Stream(size, g.packed())
	}
	size := max(len(out)+n, 2*cap(out))
	if g.most > 0 {
		size = max(len(out)+n, min(size, int(g.most)))
	}
	if len(out) >= proof && g.expect >= int64(len(out)+n) && g.expect <= g.b.FileBytes {
		size = int(g.expect)
	}
	bigger := make([]byte, len(out), size)
	copy(bigger, out)
	return bigger, nil
}

// allowed asks the budget for what was unpacked.
func (g *growing) allowed(out []byte) error {
	size := int64(len(out))
	if err := g.b.Stream(size, g.packed()); err != nil {
		return err
	}
	err := g.b.Bytes(size - g.taken)
	g.taken = size
	return err
}

// end takes a stream's content when it ended, well or not.
func (g *growing) end(out []byte, err error) ([]byte, error) {
	return out, cmp.Or(err, g.allowed(out))
}
