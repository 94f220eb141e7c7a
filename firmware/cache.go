package firmware

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/assay-iot/assay/firmware/format"
)

// The cache of a file: readers of file systems take a few bytes at a time, and
// each time would be a call into the kernel.
const (
	cacheBlock = 16 << 10
	cacheSlots = 128
	cacheMost  = cacheBlock / 4 // a longer read goes past the cache
)

// cache reads from a file in blocks, and keeps some of them.
type cache struct {
	file  io.ReaderAt
	slots [cacheSlots]struct {
		sync.Mutex
		number int64 // of the block that is here, counted from 1
		data   []byte
	}
}

// readWhole is how long an input may be to be read whole: no longer than the
// windows that are looked at of a longer one.
const readWhole = 4 * window

// buffered puts a cache before an input that is not in memory, or reads it.
func buffered(in format.Input) format.Input {
	if _, ok := in.ReaderAt.(format.Memory); ok {
		return in
	}
	if in.Size <= readWhole {
		data := make([]byte, in.Size)
		if in.Full(data, 0) == nil {
			return format.InMemory(data)
		}
	}
	in.ReaderAt = &cache{file: in.ReaderAt}
	return in
}

// loan is an input that is in memory as long as it is looked into: what was found in
// it is read from the file later.
type loan struct {
	file io.ReaderAt
	data atomic.Pointer[format.Memory]
}

func (l *loan) ReadAt(p []byte, off int64) (int, error) {
	if data := l.data.Load(); data != nil {
		return data.ReadAt(p, off)
	}
	return l.file.ReadAt(p, off)
}

// borrowed is as buffered, until it is given back.
func borrowed(in format.Input) (lent format.Input, giveBack func()) {
	lent = buffered(in)
	data, inMemory := lent.ReaderAt.(format.Memory)
	if _, was := in.ReaderAt.(format.Memory); was || !inMemory {
		return lent, func() {}
	}
	l := &loan{file: in.ReaderAt}
	l.data.Store(&data)
	lent.ReaderAt = l
	return lent, func() { l.data.Store(nil) }
}

// ReadAt reads from the blocks.
func (c *cache) ReadAt(p []byte, off int64) (n int, err error) {
	if len(p) > cacheMost || off < 0 {
		return c.file.ReadAt(p, off)
	}
	for n < len(p) {
		got := c.block(p[n:], off+int64(n))
		if n += got; got == 0 {
			got, err = c.file.ReadAt(p[n:], off+int64(n)) // the end, or an error, at its place
			return n + got, err
		}
	}
	return n, nil
}

// block copies what a block has of the bytes at a place.
func (c *cache) block(p []byte, off int64) int {
	number := off/cacheBlock + 1
	s := &c.slots[number%cacheSlots]
	s.Lock()
	defer s.Unlock()
	if s.number != number {
		if s.data == nil {
			s.data = make([]byte, cacheBlock)
		}
		got, err := c.file.ReadAt(s.data[:cacheBlock], off-off%cacheBlock)
		if err != nil && err != io.EOF {
			got = 0
		}
		s.number, s.data = number, s.data[:got]
	}
	from := off % cacheBlock
	if from >= int64(len(s.data)) {
		return 0
	}
	return copy(p, s.data[from:])
}
