package format

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrLimit is what every error about a limit wraps. ErrSpent is about a limit of
// the whole image: nothing more can be opened in it.
var (
	ErrLimit = errors.New("limit reached")
	ErrSpent = fmt.Errorf("%w for the whole image", ErrLimit)
)

// FreeRatio is what a stream may unpack before its ratio counts.
const FreeRatio = 16 << 20

// Budget is what is left of an image's limits. Everything is asked for before
// it is allocated. The zero Budget allows nothing.
type Budget struct {
	FileBytes int64    // of one file, or of a stream in memory
	LongBytes int64    // of all files that are longer than that, which are read in pieces
	Ratio     int64    // of one stream, beyond FreeRatio; 0 for any
	Scratch   *Scratch // for longer streams; nil if there is none

	files, names, bytes, long, tries, live atomic.Int64
	spent                                  atomic.Bool // not even little is left of bytes
}

// NewBudget makes a Budget.
func NewBudget(files, totalBytes, fileBytes, ratio int64) *Budget {
	b := &Budget{FileBytes: fileBytes, LongBytes: MaxLong, Ratio: ratio}
	b.files.Store(files)
	b.names.Store(MaxNames)
	b.bytes.Store(totalBytes)
	b.long.Store(MaxLong)
	b.tries.Store(MaxTries)
	b.live.Store(MaxLive)
	return b
}

// maxStream is how many bytes of one stream are held in memory where there is a
// scratch file for longer ones, maxStreams of all streams of an image. One of
// minStream bytes always is.
const (
	minStream  = 64 << 10
	maxStream  = 16 << 20
	maxStreams = 24 << 20
)

// Room is how many bytes the next stream may have in memory before it goes on in the
// scratch file; without one, as many as a stream may have at all.
func (b *Budget) Room() int64 {
	if b.Scratch == nil {
		return b.FileBytes
	}
	held := MaxLive - b.live.Load()
	return min(b.FileBytes/4, max(minStream, min(maxStream, maxStreams-held)))
}

// MaxTries is how many containers of one image are tried, also those that turn
// out to be none. MaxLive is how many unpacked bytes of streams are held at once.
// MaxNames is how many bytes all paths, targets of symlinks and extended
// attributes of one image have: a tree that is small on disk can have a million
// files, each with the path of all the folders above it. MaxLong is how many bytes
// all files of one image have that are too long for memory, holes included: what is
// small on disk can say that it has exabytes. Of what is unpacked they count as Bytes too.
const (
	MaxTries = 10000
	MaxLive  = 1 << 30
	MaxNames = 256 << 20
	MaxLong  = 64 << 30
)

// little is how many bytes a stream takes at a time: where not so much is left of all,
// no more containers are tried.
const little = 1 << 20

// Try takes one try at opening a container.
func (b *Budget) Try() error {
	if b.spent.Load() {
		return fmt.Errorf("unpacked bytes: %w", ErrSpent)
	}
	if b.tries.Add(-1) < 0 {
		return fmt.Errorf("more than %d containers: %w", MaxTries, ErrSpent)
	}
	return nil
}

// Live takes n bytes of an unpacked stream that stay in memory.
func (b *Budget) Live(n int64) error {
	if b.live.Add(-n) < 0 {
		b.live.Add(n)
		return fmt.Errorf("more than %d unpacked bytes in memory: %w", int64(MaxLive), ErrSpent)
	}
	return nil
}

// Files takes n entries.
func (b *Budget) Files(n int64) error {
	if b.files.Add(-n) < 0 {
		b.files.Add(n)
		return fmt.Errorf("number of files: %w", ErrSpent)
	}
	return nil
}

// Entry takes one entry of a tree, which has that path.
func (b *Budget) Entry(path string) error {
	if err := b.Files(1); err != nil {
		return err
	}
	return b.Names(len(path))
}

// Names takes n bytes of paths, targets of symlinks and extended attributes.
func (b *Budget) Names(n int) error {
	if b.names.Add(-int64(n)) < 0 {
		b.names.Add(int64(n))
		return fmt.Errorf("more than %d bytes of names: %w", int64(MaxNames), ErrSpent)
	}
	return nil
}

// Bytes takes n unpacked bytes.
func (b *Budget) Bytes(n int64) error {
	if n < 0 || b.bytes.Add(-n) < 0 {
		b.bytes.Add(n)
		if n >= 0 && n <= little {
			b.spent.Store(true)
		}
		return fmt.Errorf("unpacked bytes: %w", ErrSpent)
	}
	return nil
}

// File asks whether one file may have n bytes, and takes them.
func (b *Budget) File(n int64) error {
	if n < 0 || n > b.FileBytes {
		return fmt.Errorf("file of %d bytes, at most %d are read: %w", n, b.FileBytes, ErrLimit)
	}
	return b.Bytes(n)
}

// Long takes n bytes of a file that is too long for memory.
func (b *Budget) Long(n int64) error {
	if n < 0 || n > b.LongBytes || b.long.Add(-n) < 0 {
		if n >= 0 && n <= b.LongBytes {
			b.long.Add(n)
		}
		return fmt.Errorf("file of %d bytes: more than %d bytes of files that are over %d bytes long: %w", n, b.LongBytes, b.FileBytes, ErrLimit)
	}
	return nil
}

// Stream asks whether a stream may have unpacked so much from so much.
func (b *Budget) Stream(unpacked, packed int64) error {
	if unpacked > b.FileBytes {
		return fmt.Errorf("stream of more than %d bytes: %w", b.FileBytes, ErrLimit)
	}
	return b.Spooled(unpacked, packed)
}

// Spooled asks the same of a stream that is not held in memory.
func (b *Budget) Spooled(unpacked, packed int64) error {
	if b.Ratio > 0 && unpacked > FreeRatio && unpacked/max(packed, 1) > b.Ratio {
		return fmt.Errorf("%d bytes unpacked from %d, ratio over %d: %w", unpacked, packed, b.Ratio, ErrLimit)
	}
	return nil
}

// Guard turns a panic in f into an error.
func Guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the reader failed: %v", r)
		}
	}()
	return f()
}
