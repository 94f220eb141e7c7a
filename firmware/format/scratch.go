package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// ScratchFile is where streams go that are too long for memory: a file that
// nobody else uses.
type ScratchFile interface {
	io.ReaderAt
	io.WriterAt
}

// Scratch hands out the places of a ScratchFile, in chunks. It may be used by
// several goroutines.
type Scratch struct {
	file ScratchFile
	most int64 // bytes

	mu   sync.Mutex
	next int64
}

// NewScratch makes a Scratch that takes at most so many bytes of a file.
func NewScratch(file ScratchFile, most int64) *Scratch { return &Scratch{file: file, most: most} }

// scratchChunk is the unit in which the file is handed out. A chunk of zeros takes
// no place.
const scratchChunk = 1 << 20

// place takes n bytes of the file.
func (s *Scratch) place(n int) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next+int64(n) > s.most {
		return 0, fmt.Errorf("more than %d bytes of streams that are too long for memory: %w", s.most, ErrSpent)
	}
	at := s.next
	s.next += int64(n)
	return at, nil
}

// Spool is a stream in a scratch file: it is written from its beginning to its end,
// then closed, then read.
type Spool struct {
	scratch *Scratch
	chunks  []int64 // where each lies in the file, or zeros
	size    int64
	tail    []byte // what is not written yet
}

// zeros stands for a chunk without any other byte.
const zeros = -1

// New makes an empty Spool.
func (s *Scratch) New() *Spool { return &Spool{scratch: s} }

// Size is the number of bytes that were written.
func (p *Spool) Size() int64 { return p.size }

// Write adds bytes at the end.
func (p *Spool) Write(b []byte) (n int, err error) {
	for n < len(b) {
		took := min(len(b)-n, scratchChunk-len(p.tail))
		if len(p.tail)+took > cap(p.tail) && len(p.tail) > 0 {
			p.tail = slices.Grow(p.tail, scratchChunk-len(p.tail)) // more comes: once for all
		}
		p.tail = append(p.tail, b[n:n+took]...)
		n += took
		p.size += int64(took)
		if len(p.tail) == scratchChunk {
			if err := p.flush(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// Close writes what is left.
func (p *Spool) Close() error {
	if len(p.tail) == 0 {
		return nil
	}
	err := p.flush()
	p.tail = nil
	return err
}

// Hole adds n zeros at the end. Whole chunks of them are not written.
func (p *Spool) Hole(n int64) error {
	for n > 0 {
		if len(p.tail) == 0 && n >= scratchChunk {
			p.chunks = append(p.chunks, zeros)
			p.size += scratchChunk
			n -= scratchChunk
			continue
		}
		k := min(n, int64(len(noBytes)), scratchChunk-int64(len(p.tail)))
		if _, err := p.Write(noBytes[:k]); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// noBytes are zeros to compare with, and to write.
var noBytes [64 << 10]byte

func allZeros(b []byte) bool {
	for len(b) > 0 {
		n := min(len(b), len(noBytes))
		if !bytes.Equal(b[:n], noBytes[:n]) {
			return false
		}
		b = b[n:]
	}
	return true
}

// Zeros is for how many bytes from a place on there are chunks without any other.
func (p *Spool) Zeros(off int64) int64 {
	if off < 0 || off >= p.size {
		return 0
	}
	end := off
	for k := off / scratchChunk; k < int64(len(p.chunks)) && p.chunks[k] == zeros; k++ {
		end = min((k+1)*scratchChunk, p.size)
	}
	return end - off
}

func (p *Spool) flush() error {
	if allZeros(p.tail) {
		p.chunks, p.tail = append(p.chunks, zeros), p.tail[:0]
		return nil
	}
	at, err := p.scratch.place(len(p.tail))
	if err != nil {
		return err
	}
	if _, err := p.scratch.file.WriteAt(p.tail, at); err != nil {
		return fmt.Errorf("scratch file: %w", err)
	}
	p.chunks, p.tail = append(p.chunks, at), p.tail[:0]
	return nil
}

// Spill puts a stream that is in memory into the scratch file, where those of the
// image have more than their share already: thousands of small ones add up.
func (b *Budget) Spill(o *Opened) error {
	if b.Scratch == nil || len(o.Stream) == 0 || MaxLive-b.live.Load()+int64(len(o.Stream)) <= maxStreams {
		return nil
	}
	spool := b.Scratch.New()
	if _, err := spool.Write(o.Stream); err != nil {
		return err
	}
	if err := spool.Close(); err != nil {
		return err
	}
	o.Stream, o.Spool = nil, spool
	return nil
}

// Unpacked gives what a stream unpacked to, and whether the container is one.
func (o *Opened) Unpacked() (in Input, is bool) {
	if o.Spool != nil {
		return Input{ReaderAt: o.Spool, Size: o.Spool.Size()}, true
	}
	return InMemory(o.Stream), o.Stream != nil
}

// ReadAt reads from a Spool that was closed.
func (p *Spool) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	for n < len(b) && off < p.size {
		within := off % scratchChunk
		part := b[n:min(int64(len(b)), int64(n)+min(scratchChunk-within, p.size-off))]
		if at := p.chunks[off/scratchChunk]; at == zeros {
			clear(part)
		} else if got, err := p.scratch.file.ReadAt(part, at+within); got < len(part) {
			return n + got, fmt.Errorf("scratch file: %w", err)
		}
		n += len(part)
		off += int64(len(part))
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
