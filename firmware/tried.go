package firmware

import (
	"errors"

	"github.com/assay-iot/assay/firmware/format"
)

// maxInVain is how many bytes of an image are looked through in containers that
// turn out to be hollow.
const maxInVain = 4 << 30

// tried is what did not open in a run of bytes. A hollow header claims bytes in
// which everything is looked for, and when nothing was found the same bytes are
// looked through again outside of it. Headers in headers would double that every
// time.
type tried map[attempt]failure

// attempt is a container that was tried: one ends where its place does.
type attempt struct {
	format   *format.Format
	off, end int64
}

type failure struct {
	err   error
	depth int  // where it was tried
	deep  bool // the limit of depths had a part in it
}

// try opens a candidate, unless it is known that it does not open.
func (o *opener) try(p *place, c candidate, f *found) (int64, error) {
	if c.format.Start != nil {
		return o.accept(p, c, f) // what it says depends on what is in front of it
	}
	at := attempt{c.format, p.begin + c.off, p.begin + p.in.Size}
	if old, ok := (*p.tried)[at]; ok && (!old.deep || p.depth >= old.depth) {
		return 0, old.err
	}
	deep := o.tooDeep
	length, err := o.accept(p, c, f)
	if err != nil && !errors.Is(err, errTiny) && !errors.Is(err, format.ErrSpent) && o.ctx.Err() == nil {
		(*p.tried)[at] = failure{err, p.depth, o.tooDeep > deep}
	}
	return length, err
}
