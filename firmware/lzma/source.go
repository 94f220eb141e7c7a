package lzma

import "io"

// source is compressed bytes in memory, or a window of them that moves on.
//
// The decoder reads up to maxSymbol bytes without a look at what is left. At the
// end of the input these bytes are zeros of a pad, and the decoder asks
// afterwards whether it took one of them.
type source struct {
	src    []byte
	pos    int
	safe   int       // where a symbol may begin
	end    int       // of the input in src; the pad follows
	before int64     // bytes of the input in front of src
	more   io.Reader // what follows src, or nil
	pad    [2*maxSymbol + 1]byte
	inPad  bool
	window []byte
}

const windowSize = 256 << 10

func (s *source) reset(src []byte, more io.Reader) {
	s.src, s.pos, s.before, s.more = src, 0, 0, more
	s.measure()
}

// part makes the next n bytes all there is, and gives what puts it back.
func (s *source) part(n int) (back func()) {
	src, more, before, from := s.src, s.more, s.before, s.pos
	s.src, s.more, s.pos, s.before = src[from:from+n:from+n], nil, 0, 0
	s.measure()
	return func() {
		s.src, s.more, s.before, s.pos = src, more, before, from+n
		s.measure()
	}
}

func (s *source) measure() { s.end, s.safe, s.inPad = len(s.src), len(s.src)-maxSymbol-1, false }

// taken is how many bytes of the input were read.
func (s *source) taken() int64 { return s.before + int64(min(s.pos, s.end)) }

// Taken is how many bytes of the input the stream took so far.
func (d *Decoder) Taken() int64 { return d.taken() }

func (s *source) overran() bool { return s.pos > s.end }

// need gives the next n bytes without taking them.
func (s *source) need(n int) ([]byte, error) {
	if s.end-s.pos < n {
		if err := s.read(n); err != nil {
			return nil, err
		}
	}
	if s.end-s.pos < n {
		return nil, ErrShort
	}
	return s.src[s.pos : s.pos+n], nil
}

// refill sees to it that a symbol can be read.
func (s *source) refill() error {
	if !s.inPad {
		if err := s.read(maxSymbol + 1); err != nil || s.pos <= s.safe {
			return err
		}
		left := s.src[s.pos:s.end]
		s.before += int64(s.pos)
		s.pad = [2*maxSymbol + 1]byte{}
		s.src, s.pos, s.end, s.inPad = s.pad[:], 0, copy(s.pad[:], left), true
	}
	if s.pos > s.end {
		return ErrShort
	}
	s.safe = s.pos // one symbol at a time
	return nil
}

// read moves the window on, so that it holds n bytes if there are so many.
func (s *source) read(n int) error {
	if s.more == nil || s.end-s.pos >= n {
		return nil
	}
	if s.window == nil {
		s.window = make([]byte, windowSize)
	}
	s.before += int64(s.pos)
	have := copy(s.window, s.src[s.pos:s.end])
	got, err := io.ReadAtLeast(s.more, s.window[have:], n-have)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		s.more, err = nil, nil
	}
	s.src, s.pos = s.window[:have+got], 0
	s.measure()
	return err
}
