// Package stream reads compressed streams: gzip, xz, lzma, zstd, bzip2, lz4, lzop,
// compress, and the envelope of apk-tools.
//
// A stream may be followed by anything; each reader says where its stream ends.
// A stream is unpacked whole, through its own checksums, within the limits for
// its size and ratio. If it breaks off, what was unpacked so far is given with
// the damage.
package stream

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// maxDict is the largest dictionary that a stream may ask for.
	maxDict = 64 << 20
	// firstBuffer bounds what is allocated because a header says so.
	firstBuffer = 8 << 20
	// keepBroken is how much of a broken stream must be there to be of use.
	keepBroken = 64 << 10
	peekSize   = 1 << 10
	peekInput  = 8 << 10 // what is read for it
)

// unpacked is what a stream unpacked to: bytes in memory, or a spool.
type unpacked struct {
	data  []byte
	spool *format.Spool
	upTo  int64 // how many packed bytes it came out of, as far as that is known: 0 if it is not
	whole bool  // where the stream ends is known, and not only where it broke off
}

func (u *unpacked) size() int64 {
	if u.spool != nil {
		return u.spool.Size()
	}
	return int64(len(u.data))
}

// collect reads r to its end, within the limits. Packed is how many bytes went
// in so far; hint is the length that a header promises, or 0.
func collect(ctx context.Context, r io.Reader, b *format.Budget, hint int64, packed func() int64) (u unpacked, err error) {
	most := b.Room()
	long := b.Scratch != nil && hint > most
	if long {
		hint = 0
	}
	u.data = make([]byte, 0, max(min(hint+1, firstBuffer, most), 4<<10))
	taken := int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return u, err
		}
		if long || b.Scratch != nil && int64(len(u.data)) >= most {
			u.spool = b.Scratch.New()
			return u, u.spill(ctx, r, b, taken, packed)
		}
		if len(u.data) == cap(u.data) { // append would copy five times as much
			bigger := make([]byte, len(u.data), min(2*len(u.data), max(int(most), len(u.data)+(256<<10))))
			copy(bigger, u.data)
			u.data = bigger
		}
		n, err := r.Read(u.data[len(u.data):min(cap(u.data), len(u.data)+(256<<10))])
		u.data = u.data[:len(u.data)+n]
		if n > 0 {
			u.upTo = packed()
		}
		if size := u.size(); size-taken >= 1<<20 || err != nil {
			if limit := cmp.Or(b.Stream(size, packed()), b.Bytes(size-taken)); limit != nil {
				return u, limit
			}
			taken = size
		}
		if err == io.EOF {
			return u, nil
		}
		if err != nil {
			return u, err
		}
	}
}

// spill goes on with the spool, in which what was in memory comes first.
func (u *unpacked) spill(ctx context.Context, r io.Reader, b *format.Budget, taken int64, packed func() int64) error {
	_, err := u.spool.Write(u.data)
	u.data = nil
	buf := make([]byte, 256<<10)
	for err == nil {
		if err = ctx.Err(); err != nil {
			break
		}
		var n int
		if n, err = r.Read(buf); n > 0 {
			u.upTo = packed()
		}
		size := u.size() + int64(n)
		if limit := cmp.Or(b.Spooled(size, packed()), b.Bytes(size-taken)); limit != nil {
			err = limit
			break
		}
		taken = size
		if _, full := u.spool.Write(buf[:n]); full != nil {
			err = full
		}
	}
	if err == io.EOF {
		err = nil
	}
	return cmp.Or(err, u.spool.Close())
}

// counter counts the bytes that a decoder took. It is an io.ByteReader, so that
// decoders take no more than they need.
type counter struct {
	*bufio.Reader
	under *counting
}

type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func newCounter(in format.Input, from int64) *counter {
	under := &counting{r: io.NewSectionReader(in.ReaderAt, from, in.Size-from)}
	return &counter{bufio.NewReaderSize(under, 32<<10), under}
}

// taken is the number of bytes that were read from the counter.
func (c *counter) taken() int64 { return c.under.n - int64(c.Buffered()) }

// opened makes the result of a stream that ended well or broke off. What was not
// unpacked of one that broke off reaches up to its end, or to that of the input:
// package firmware sees what begins before.
func opened(in format.Input, u unpacked, length int64, name string, err error, attributes map[string]string) (*format.Opened, error) {
	o := &format.Opened{Stream: u.data, Spool: u.spool, Length: length, StreamName: name, Attributes: attributes}
	if err != nil {
		if u.size() < keepBroken {
			return nil, err
		}
		at, end := length, in.Size
		if u.upTo > 0 {
			at = min(at, u.upTo)
		}
		if u.whole {
			end = length
		}
		o.Damage = []format.Damage{{Offset: at, Length: end - at, Reason: fmt.Sprintf("breaks off after %d unpacked bytes: %v", u.size(), err)}}
	}
	return o, nil
}

// peek reads the first bytes of a stream.
func peek(r io.Reader, err error) []byte {
	if err != nil {
		return nil
	}
	buf := make([]byte, peekSize)
	n, _ := io.ReadFull(r, buf)
	return buf[:n]
}
