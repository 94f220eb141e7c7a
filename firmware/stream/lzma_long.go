package stream

import (
	"cmp"
	"io"

	"github.com/assay-iot/assay/firmware/lzma"
)

// slide is how many bytes of a long stream are decoded at a time. Its window moves on
// by multiples of that: the decoder, which looks at the last four bits of a place, must
// not see that it moved.
const slide = 1 << 20

// leastKept is how much of a window stays at least, whatever the header says: some
// headers tell less than the stream looks back on.
const leastKept = 8 << 20

// sliding reads a stream that is too long for memory. Package lzma unpacks into what
// it looks back on; here that is a window of the dictionary and a little more.
type sliding struct {
	d     *lzma.Decoder
	dict  int
	size  int64 // of all, negative if a mark ends it
	taken func() int64
	out   []byte // the window
	given int    // bytes of it that were read
	past  int64  // bytes in front of it
	err   error
}

func (s *sliding) Read(p []byte) (int, error) {
	if s.given == len(s.out) && s.err == nil {
		s.more()
	}
	n := copy(p, s.out[s.given:])
	if s.given += n; n > 0 {
		return n, nil
	}
	return 0, s.err
}

// more decodes the next bytes.
func (s *sliding) more() {
	n, at := slide, s.past+int64(len(s.out))
	if s.size >= 0 {
		n = int(min(slide, s.size-at))
	}
	if n > 0 {
		s.room(n)
		s.out, s.err = s.d.Decode(s.out, len(s.out)+n)
		at = s.past + int64(len(s.out))
	}
	if s.err != nil || at == s.size {
		s.err = cmp.Or(lzmaEnd(s.d, len(s.out), at, s.size, s.taken(), s.err), io.EOF)
	}
}

// room makes room for n bytes: in a larger window, up to the dictionary's size and an
// eighth, or else where the oldest were.
func (s *sliding) room(n int) {
	keep := max(leastKept, (s.dict+slide-1)/slide*slide)
	full := keep + max(4*slide, keep/8)
	if s.size >= 0 {
		full = int(min(int64(full), s.size))
	}
	switch {
	case len(s.out)+n <= cap(s.out):
	case cap(s.out) < full:
		size := max(64<<10, 2*cap(s.out), len(s.out)+n) // chance bytes rarely get over the first
		if size > leastKept {
			size = full // once, as the one before is still in memory
		}
		bigger := make([]byte, len(s.out), min(full, size))
		copy(bigger, s.out)
		s.out = bigger
	default:
		old := (len(s.out) - keep) / slide * slide
		s.past += int64(old)
		s.out = s.out[:copy(s.out, s.out[old:])]
		s.given -= old
	}
}
