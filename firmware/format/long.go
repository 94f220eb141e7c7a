package format

import "io"

// Sink takes a content from its beginning to its end, one piece after another.
// Hole stands for that many zeros. An error ends the reading.
type Sink interface {
	io.Writer
	Hole(n int64) error
}

// Long is a Tree that can read contents that are too long for memory. What is one
// plain run of the input is read without it.
type Long interface {
	// Pour gives the content of the entry with that index to a sink, and holds a few
	// blocks of it at a time. An error means that not all of it was read.
	Pour(i int, to Sink) error
}

// PourStep is about how much of a long content is held at once.
const PourStep = 1 << 20

// Pour gives a run of the input to a sink.
func (in Input) Pour(to Sink, off, n int64) error {
	if m, ok := in.ReaderAt.(Memory); ok && off >= 0 && n >= 0 && off <= int64(len(m))-n {
		_, err := to.Write(m[off : off+n])
		return err
	}
	buf := make([]byte, min(PourStep, max(n, 0)))
	for end := off + n; off < end; off += int64(len(buf)) {
		buf = buf[:min(int64(len(buf)), end-off)]
		if err := in.Full(buf, off); err != nil {
			return err
		}
		if _, err := to.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

// Drain gives n bytes of a reader to a sink. One that ends before is an error.
func Drain(to Sink, r io.Reader, n int64) error {
	got, err := io.CopyBuffer(onlyWriter{to}, io.LimitReader(r, n), make([]byte, min(PourStep, max(n, 1))))
	if err == nil && got < n {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// onlyWriter hides what else a sink can do from package io.
type onlyWriter struct{ io.Writer }
