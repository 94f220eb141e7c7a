package firmware

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync/atomic"

	"github.com/assay-iot/assay/firmware/format"
)

// longHead is how much of a long file is read to see what it is.
const longHead = 128 << 10

// lengthen makes a file one that is read in pieces, if its tree can. It takes the
// file's bytes from the budget: what has to be unpacked, or stands for zeros, from that of
// all unpacked bytes too.
func (o *opener) lengthen(f *File, e *format.Entry, in format.Input, tree format.Tree) bool {
	long, ok := tree.(format.Long)
	switch {
	case e.Offset >= 0:
		f.pour = func(to format.Sink) error { return pourRun(in, to, e.Offset, f.Size) }
	case ok:
		f.pour = func(to format.Sink) error {
			return format.Guard(func() error { return long.Pour(e.Inode, to) })
		}
	default:
		return false
	}
	f.Long = true
	f.read = func() ([]byte, error) {
		return nil, fmt.Errorf("file of %d bytes, at most %d are read at once: %w", f.Size, o.opts.Limits.FileBytes, format.ErrLimit)
	}
	if f.Err = o.budget.Long(f.Size); f.Err == nil && e.Offset < 0 {
		f.Err = o.budget.Bytes(f.Size)
	}
	return true
}

// tooLong notes a file of which nothing but the digest is known, and says so.
func (o *opener) tooLong(f *File) (why string) {
	why = fmt.Sprintf("file of %d bytes: its digest was taken, and at most %d bytes of a file are looked at", f.Size, o.opts.Limits.FileBytes)
	o.skip(f.Path, 0, f.Size, why)
	return why
}

// pourRun gives a run of an input to a sink. Holes of the image are not read.
func pourRun(in format.Input, to format.Sink, off, n int64) error {
	if off < 0 || n < 0 || off > in.Size-n {
		return format.Errorf(off, "%d bytes wanted, the input ends at 0x%x", n, in.Size)
	}
	for end := off + n; off < end; {
		if hole := min(zerosAt(in, off), end-off); hole > 0 {
			if err := to.Hole(hole); err != nil {
				return err
			}
			off += hole
			continue
		}
		step := min(format.PourStep, end-off)
		if err := in.Pour(to, off, step); err != nil {
			return err
		}
		off += step
	}
	return nil
}

// longs reads the files that are too long for memory, each in one worker, when all
// others were read.
func (w *walker) longs() {
	var long []int
	for i, f := range w.files {
		if f != nil && f.Long && f.Err == nil && f.HardLink == nil {
			long = append(long, i)
		}
	}
	var next atomic.Int64
	w.parallel(len(long), func() {
		for k := next.Add(1) - 1; k < int64(len(long)); k = next.Add(1) - 1 {
			w.long(long[k])
		}
	})
}

// long takes the digest of one file. If it is worth opening in its own right, what
// is not one run of the image goes into the scratch file meanwhile.
func (w *walker) long(i int) {
	f := w.files[i]
	worth := w.worthLong(f)
	d := &digesting{ctx: w.ctx, sum: sha256.New()}
	if worth && f.Offset < 0 && w.budget.Scratch != nil {
		d.spool = w.budget.Scratch.New()
	}
	err := d.take(f)
	if err == nil && d.spool != nil {
		d.note(d.spool.Close())
	}
	w.done[i] = true
	if err != nil {
		w.seen(f, nil, err)
		return
	}
	w.inner.Lock()
	defer w.inner.Unlock()
	switch {
	case d.spool != nil && d.failed != nil:
		w.skip(f.Path, 0, f.Size, "not opened: "+d.failed.Error())
	case d.spool != nil && !f.blank:
		w.keep(i, buffered(format.Input{ReaderAt: d.spool, Size: f.Size}))
		w.inside = append(w.inside, i)
	case worth && f.Offset >= 0 && !f.blank:
		w.inside = append(w.inside, i)
	}
}

// longRaw takes the digest of a raw file that is too long for memory.
func (o *opener) longRaw(r raw) {
	if err := (&digesting{ctx: o.ctx, sum: sha256.New()}).take(r.File); err != nil {
		o.seen(r.File, nil, err)
		return
	}
	if !r.blank {
		o.tooLong(r.File)
	}
}

// worthLong reads the beginning of a file.
func (w *walker) worthLong(f *File) bool {
	head := &beginning{}
	if err := f.pour(head); err != nil && !errors.Is(err, errEnough) {
		return false // it comes again
	}
	// What is there of it may be asked for at any place.
	return w.worth(format.Input{ReaderAt: bytes.NewReader(head.Bytes()), Size: f.Size}, head.Bytes())
}

// errEnough ends the reading of a beginning.
var errEnough = errors.New("no more is wanted")

// beginning is a sink for the first bytes.
type beginning struct{ bytes.Buffer }

func (b *beginning) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), longHead-b.Len())])
	if b.Len() == longHead {
		return 0, errEnough
	}
	return len(p), nil
}

func (b *beginning) Hole(n int64) error {
	_, err := b.Write(make([]byte, min(n, longHead)))
	return err
}

// digesting is a sink that takes the digest, until the time is over.
type digesting struct {
	ctx    context.Context
	sum    hash.Hash
	n      int64
	data   bool          // something is not zero
	spool  *format.Spool // nil if the content is not kept
	failed error         // why it is not
}

// take reads a file.
func (d *digesting) take(f *File) error {
	if err := f.pour(d); err != nil {
		return err
	}
	if d.n != f.Size {
		return fmt.Errorf("%d bytes of %d: %w", d.n, f.Size, io.ErrUnexpectedEOF)
	}
	f.Digest, f.blank = [32]byte(d.sum.Sum(nil)), !d.data
	return nil
}

func (d *digesting) note(err error) {
	if err != nil && d.failed == nil {
		d.failed = err
	}
}

func (d *digesting) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if err := d.ctx.Err(); err != nil {
			return 0, err
		}
		part := rest[:min(len(rest), format.PourStep)]
		d.data = d.data || !bytes.Equal(part, zeros[:len(part)])
		_, _ = d.sum.Write(part)
		if d.spool != nil && d.failed == nil {
			_, err := d.spool.Write(part)
			d.note(err)
		}
		rest = rest[len(part):]
	}
	d.n += int64(len(p))
	return len(p), nil
}

// Hole takes zeros that need not be looked at.
func (d *digesting) Hole(n int64) error {
	if d.spool != nil && d.failed == nil {
		d.note(d.spool.Hole(n))
	}
	d.n += n
	for n > 0 {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		k := min(n, int64(len(zeros)))
		_, _ = d.sum.Write(zeros[:k])
		n -= k
	}
	return nil
}

// writing is a sink that is a writer.
type writing struct {
	w io.Writer
	n int64
}

func (s *writing) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.n += int64(n)
	return n, err
}

func (s *writing) Hole(n int64) error {
	if h, ok := s.w.(interface{ Hole(n int64) error }); ok {
		s.n += n
		return h.Hole(n)
	}
	return writeZeros(s, n)
}

// writeZeros writes what a hole stands for.
func writeZeros(w io.Writer, n int64) error {
	for n > 0 {
		k := min(n, int64(len(zeros)))
		if _, err := w.Write(zeros[:k]); err != nil {
			return err
		}
		n -= k
	}
	return nil
}
